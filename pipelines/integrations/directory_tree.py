"""The files of a folder as keys, sizes and versions."""

import errno
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pipelines.core.errors import DataError, Refused, Unavailable
from pipelines.core.upload import ObjectVersion

RESERVED = ".store"


def object_versions(root: Path, prefix: str) -> Iterator[ObjectVersion]:
    """Every regular file whose key begins with `prefix`; links and vanished files are left out."""
    folder = prefix.rpartition("/")[0]
    for key, entry in _files(root / folder, f"{folder}/" if folder else ""):
        if key.startswith(prefix):
            try:
                yield version_of(key, entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue


def _files(folder: Path, above: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        key = above + entry.name
        if key == RESERVED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), f"{key}/")
        elif entry.is_file(follow_symlinks=False):
            yield _utf8(key), entry


def _utf8(key: str) -> str:
    """The key, with U+FFFD for what is no UTF-8: it can be listed and named, and not be read."""
    return os.fsencode(key).decode(errors="replace")


def folder_changed(folder: Path) -> datetime:
    """When a name was last added to or taken from `folder` or a folder below it."""
    latest = folder.stat().st_ctime_ns
    for path, _, _ in os.walk(folder):
        # A folder may vanish meanwhile; its parent has changed then.
        with suppress(FileNotFoundError):
            latest = max(latest, Path(path).stat().st_ctime_ns)
    return _moment(latest)


def version_of(key: str, status: os.stat_result) -> ObjectVersion:
    """The file's version: any write, replacement or renaming gives another one."""
    return ObjectVersion(
        key=key,
        size=status.st_size,
        version=f"{status.st_ino}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_size}",
        # Every write changes it, and nobody can set it: a copy may bring any other time along.
        modified=_moment(status.st_ctime_ns),
        owner=_account(status.st_uid),
    )


def _moment(nanoseconds: int) -> datetime:
    """Exact to the microsecond, which a float is not."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)


def _account(number: int) -> str:
    """The account that owns a file: its name, or its number where it has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def open_regular(path: Path) -> int:
    """A descriptor to read `path` from; a link or a device in its place is Refused."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise Refused(f"object {path.name}", "is a regular file", "something else", "Put a file in its place.")


@contextmanager
def disk_faults(key: str) -> Iterator[None]:
    """Failures of the file system in the product's terms."""
    try:
        yield
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise DataError(
            f"object {key}",
            "is a file below folders",
            _reason(error),
            "Use a key that no other key contains.",
        ) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise DataError(
                f"object {key}", "fits the file system", _reason(error), "Use shorter segments."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP):
            raise Refused(
                f"object {key}",
                "may be used by this user",
                _reason(error),
                "Correct owner and mode of the file.",
            ) from error
        raise Unavailable(
            f"object {key}",
            "can be read and written",
            _reason(error),
            "Check the disk and run the step again.",
        ) from error


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__

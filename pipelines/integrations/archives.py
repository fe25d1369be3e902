"""What a file's name and first bytes say it is, and the text files inside .gz and .zip archives."""

import gzip
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipelines.core.errors import UnreadableFile
from pipelines.integrations.limits import Allowance, Metered, Unpacking, size_of
from pipelines.integrations.unreadable import unreadable

TEXT_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
TABLE_ENDINGS = (".parquet", ".xlsx")
PACKED_ENDINGS = (".gz", ".zip")
_ACCEPTED = (
    "Upload a .csv, .tsv, .jsonl, .ndjson, .json, .parquet or .xlsx file; "
    "text files may be packed as .gz or .zip."
)
_LONGEST_NAME = 1_024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MAGIC = {
    "a gzip archive": (b"\x1f\x8b",),
    "a zip archive or an Excel workbook": _ZIP,
    "a Parquet file": (b"PAR1",),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0",),
    "a PDF document": (b"%PDF",),
    "a web page": (b"<!DOC", b"<!doc", b"<html", b"<HTML"),
    "XML": (b"<?xml",),
    "a picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    "an archive of another kind": (b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"),
    "a database": (b"SQLite f",),
}
_EXPECTED = {".gz": _MAGIC["a gzip archive"], ".zip": _ZIP, ".xlsx": _ZIP, ".parquet": (b"PAR1",)}
# What file managers add to an archive without being asked, and hidden files, as in the inbox.
_CLUTTER = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)")
# Control characters, and those that turn the reading direction of what follows.
_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class TextFile(NamedTuple):
    """A text file to read: the name that a steward knows it by, its ending, its metered bytes."""

    name: str
    ending: str
    stream: Metered


def ending_of(name: str) -> str:
    """The lower-case ending with its dot. Raises UnreadableFile (`format`) for one that is not accepted."""
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in TEXT_ENDINGS + TABLE_ENDINGS + PACKED_ENDINGS:
        raise unreadable("this kind of file is not accepted", code="format", fix=_ACCEPTED)
    return ending


def check_magic(path: Path, ending: str) -> None:
    """Raises UnreadableFile (`empty`, `mislabelled`) when the first bytes are not what the ending says."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise _empty()
    found = next((what for what, magic in _MAGIC.items() if head.startswith(magic)), "another file")
    expected = _EXPECTED.get(ending)
    right = head.startswith(expected) if expected else found == "another file"
    if not right:
        raise unreadable(
            f"the name ends in {ending}, but the content is {found}",
            code="mislabelled",
            fix="Save the file again in the format that its name says.",
        )


def text_files(name: str, path: Path, allowance: Allowance) -> Iterator[TextFile]:
    """The text file itself, or those that its archive holds. Raises UnreadableFile."""
    ending = ending_of(name)
    with path.open("rb") as raw:
        if ending == ".gz":
            inner = ending_of(name[: -len(ending)])
            _check_inner(inner)
            with gzip.GzipFile(fileobj=raw) as unpacked:
                unpacking = Unpacking(size_of(raw), allowance.limits)
                yield TextFile(name, inner, Metered(unpacked, allowance, unpacking=unpacking))  # type: ignore[arg-type]
        elif ending == ".zip":
            yield from _members(name, path, allowance)
        else:
            yield TextFile(name, ending, Metered(raw, allowance))


@contextmanager
def damage_named() -> Iterator[None]:
    """Turns what the archive modules raise on broken bytes into UnreadableFile (`damaged`)."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise damaged() from error


def damaged() -> UnreadableFile:
    """The refusal of a file whose bytes do not follow its own format."""
    return unreadable(
        "the file is damaged or was cut off",
        code="damaged",
        fix="Save or export it again and repeat the upload.",
    )


def open_zip(path: Path, allowance: Allowance) -> zipfile.ZipFile:
    """An archive whose member names and flags are safe. Raises UnreadableFile (`zip`, `damaged`)."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise damaged() from error
    names = archive.namelist()
    if len(names) > allowance.limits.members:
        raise _unsafe(f"the archive holds more than {allowance.limits.members:,} files")
    if len(set(names)) != len(names):
        raise _unsafe("the archive holds two files of the same name")
    if sum(info.compress_size for info in archive.infolist()) > path.stat().st_size:
        raise _unsafe("the archive holds files that share their bytes")
    for info in archive.infolist():
        if not 0 <= info.header_offset < path.stat().st_size:
            raise damaged()
        _check_member(info)
    return archive


def member_stream(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, allowance: Allowance, unpacking: Unpacking
) -> Metered:
    """A member's true bytes: its declared size is ignored, its checksum is verified at the end."""
    info.file_size = 1 << 62
    try:
        return Metered(archive.open(info), allowance, unpacking=unpacking)  # type: ignore[arg-type]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as error:
        raise damaged() from error


def _members(name: str, path: Path, allowance: Allowance) -> Iterator[TextFile]:
    with open_zip(path, allowance) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and not _CLUTTER.search(i.filename)]
        if not infos:
            raise _empty()
        for info in infos:
            _check_inner(ending_of(info.filename))
        unpacking = Unpacking(path.stat().st_size, allowance.limits)
        for info in sorted(infos, key=lambda info: info.filename):
            stream = member_stream(archive, info, allowance, unpacking)
            yield TextFile(f"{name}!{info.filename}", ending_of(info.filename), stream)


def _check_inner(ending: str) -> None:
    if ending not in TEXT_ENDINGS:
        raise unreadable(
            f"the archive holds a {ending} file, and only text files may be packed",
            code="nested",
            fix="Upload that file by itself, unpacked.",
        )


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if name.startswith(("/", "\\")) or ":" in name or "\0" in name or ".." in re.split(r"[\\/]", name):
        raise _unsafe("the archive holds a file whose name leads out of it")
    if not name or _UNSEEN.search(name) or len(info.filename.encode(errors="replace")) > _LONGEST_NAME:
        raise _unsafe("the archive holds a file whose name is missing, too long or has invisible characters")
    if info.flag_bits & 0x1:
        raise _unsafe("the archive is protected by a password")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _unsafe("the archive holds a link instead of a file")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _unsafe("the archive is packed by an unusual method")


def _unsafe(problem: str) -> UnreadableFile:
    return unreadable(problem, code="zip", fix="Pack the files again, plainly, or upload them unpacked.")


def _empty() -> UnreadableFile:
    return unreadable("the file is empty", code="empty", fix="Upload the file with its rows.")

"""The shared git repository: created once, cloned afresh for every use, written by atomic pushes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipelines.core.errors import DataError, Unavailable
from pipelines.integrations.git import Outcome, attempt, git
from pipelines.integrations.workspace import workspace

BRANCH = "main"
SCP_ADDRESS = re.compile(r"[^/]+:")


def create(url: str, files: Mapping[str, bytes], scratch: Path) -> None:
    """Creates a bare repository whose first commit holds `files`, unless there is one.

    Built beside its place and renamed into it, so of many processes one wins and nobody sees half of it. A
    repository on another machine must exist already: DataError says so; Unavailable when it does not answer.
    """
    folder = local_folder(url)
    if folder is not None and not (folder.exists() and any(folder.iterdir())):
        with workspace(folder.parent) as work:
            first = work / "first"
            first.mkdir()
            git(first, "init", "-q", "-b", BRANCH)
            commit(first, files, "data registry")
            bare = work / "bare"
            git(work, "clone", "-q", "--bare", "--", str(first), str(bare))
            git(bare, "config", "core.fsync", "all")
            take_place(bare, folder)
    with workspace(scratch) as work:
        clone(url, work)


def take_place(bare: Path, folder: Path) -> None:
    """Renames `bare` to `folder`; does nothing when another process was faster."""
    try:
        bare.rename(folder)
    except OSError:
        if not (folder / "HEAD").is_file():
            raise


def clone(url: str, work: Path) -> Path:
    """A fresh clone of the branch below `work`, with all tags.

    Raises DataError when there is no repository or no branch, Unavailable when it does not answer.
    """
    folder = local_folder(url)
    if folder is not None and not folder.exists():
        raise not_created(url, "no such folder")
    cloned = attempt(work, "clone", "-q", "--no-local", "-b", BRANCH, "--", url, "clone")
    if not cloned.ok:
        if f"branch {BRANCH} not found" in cloned.complaint:
            raise not_created(url, f"no branch {BRANCH}")
        raise unreachable(url, cloned)
    return work / "clone"


def commit(repository: Path, files: Mapping[str, bytes], message: str) -> None:
    """Writes the files and commits them, also when nothing changed."""
    for name, data in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    git(repository, "add", "-f", "--", *files)
    git(repository, "commit", "-q", "--allow-empty", "-m", message)


def push(repository: Path, tag: str) -> Outcome:
    """Offers HEAD as the branch and under the tag: both are taken, or neither."""
    return attempt(
        repository, "push", "-q", "--atomic", "origin", f"HEAD:refs/heads/{BRANCH}", f"HEAD:refs/tags/{tag}"
    )


def catch_up(repository: Path, url: str) -> None:
    """Drops what the clone has added and takes over what others pushed. Raises Unavailable."""
    fetched = attempt(repository, "fetch", "-q", "--tags", "--force", "origin", BRANCH)
    if not fetched.ok:
        raise unreachable(url, fetched)
    git(repository, "reset", "-q", "--hard", "FETCH_HEAD")


def local_folder(url: str) -> Path | None:
    """The folder that a git address names on this machine; None for an address elsewhere."""
    if url.startswith("file://"):
        return Path(url.removeprefix("file://"))
    if "://" in url or SCP_ADDRESS.match(url):
        return None
    return Path(url).absolute()


def not_created(url: str, found: str) -> DataError:
    """The error for a data registry that nobody set up."""
    return DataError(f"data registry {url}", "must exist", found, "Create it by `DvcRegistry.ensure()`.")


def unreachable(url: str, outcome: Outcome) -> Unavailable:
    """The error for a repository that does not answer."""
    return Unavailable(
        f"data registry {url}",
        "must answer",
        outcome.complaint,
        "Check address and access; try again.",
    )

"""Folders that live as long as the process that works in them."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

PREFIX = "perennial-workspace-"
READ_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW

log = logging.getLogger(__name__)


@contextmanager
def workspace(scratch: Path) -> Iterator[Path]:
    """A new empty folder directly below `scratch`, removed at the end.

    Folders that dead processes left there are removed first. An owner holds a lock on its folder, which the
    kernel drops when the owner dies: so a folder in use is never taken for a stale one, nor across
    containers.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    sweep(scratch)
    folder, lock = owned_folder(scratch)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def owned_folder(scratch: Path) -> tuple[Path, int]:
    """A folder made by mkdtemp and the descriptor that holds its lock."""
    while True:
        folder = Path(mkdtemp(prefix=PREFIX, dir=scratch))
        try:
            lock = os.open(folder, READ_FOLDER)
        except FileNotFoundError:
            continue  # A sweeper was faster than the lock: make another one.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def sweep(scratch: Path) -> None:
    """Removes the workspaces directly below `scratch` whose owners are dead, and nothing else."""
    for folder in scratch.glob(f"{PREFIX}*"):
        if folder.parent == scratch and folder.is_dir() and not folder.is_symlink():
            remove_if_stale(folder)


def remove_if_stale(folder: Path) -> None:
    """Removes the workspace unless its owner lives. What cannot be removed now waits for the next sweep."""
    try:
        lock = os.open(folder, READ_FOLDER)
    except FileNotFoundError:
        return  # Another sweeper was faster.
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except (BlockingIOError, FileNotFoundError):
        return
    except OSError as busy:
        log.warning("workspace %s: left for the next sweep: %s", folder.name, busy)
    finally:
        os.close(lock)

"""The files of a declaration folder, and those that nothing would read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pipelines.declarations.problems import Problems

PAGES = (".md", ".schema.json")
PICTURES = "pictures"
"""Pages for people, published schemas and a folder of pictures may stand beside declarations."""


def declared_files(
    folder: Path, project: Path, suffix: str, problems: Problems, *, besides: Collection[str] = ()
) -> dict[str, Path]:
    """{name without suffix: file} of a folder. Every other entry is a problem, pages, dotfiles and `besides`
    excepted."""
    entries = _entries(folder, project, problems)
    found: dict[str, Path] = {}
    for entry in entries:
        if entry.name in besides:
            continue
        if entry.name.endswith(suffix) and entry.name != suffix and entry.is_file():
            found[entry.name.removesuffix(suffix)] = entry
        else:
            remedy = f"Rename it to end in `{suffix}`, or move it away."
            _stray(entry, project, f"a file named <name>{suffix}", remedy, problems)
    return found


def declared_folders(folder: Path, project: Path, problems: Problems) -> dict[str, Path]:
    """{name: folder} of a folder of folders. Every other entry is a problem."""
    found: dict[str, Path] = {}
    for entry in _entries(folder, project, problems):
        if entry.is_dir():
            found[entry.name] = entry
        else:
            _stray(entry, project, "a folder", "Move it into the folder of its suite, or away.", problems)
    return found


def relative(path: Path, project: Path) -> str:
    """How messages name a file: relative to the project."""
    return path.relative_to(project).as_posix()


def _entries(folder: Path, project: Path, problems: Problems) -> list[Path]:
    if not folder.is_dir():
        name = relative(folder, project)
        problems.add(name, 1, "the folder", "exists", "nothing", "Create it, or name another project folder.")
        return []
    return sorted(entry for entry in folder.iterdir() if not _for_people(entry))


def _for_people(entry: Path) -> bool:
    page = entry.name.endswith(PAGES) and entry.is_file()
    return page or entry.name.startswith(".") or (entry.name == PICTURES and entry.is_dir())


def _stray(entry: Path, project: Path, rule: str, remedy: str, problems: Problems) -> None:
    kind = "a folder" if entry.is_dir() else f"the file `{entry.name}`"
    problems.add(relative(entry, project), 1, "what stands here", f"is {rule}", kind, remedy)

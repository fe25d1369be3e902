"""How a reader refuses a steward's file: one sentence on what is wrong, one on what to do."""

from pipelines.core.errors import UnreadableFile


def unreadable(problem: str, *, code: str, fix: str, line: int | None = None) -> UnreadableFile:
    """The error to raise; `found` and `remedy` are what the letter says beside the file's name."""
    return UnreadableFile(code, "the file", "must be what its name says it is", problem, fix, line)

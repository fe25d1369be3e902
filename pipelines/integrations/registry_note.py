"""The note of a registered version: what its page shows a reviewer."""

from pipelines.core.review.note import LIMIT

NOTICE = "\n\n(Cut here. The whole text is among the artifacts of the run.)"


def bounded(note: str) -> str:
    """The note in at most 4900 characters; one that was cut ends by saying so."""
    return note if len(note) <= LIMIT else note[: LIMIT - len(NOTICE)] + NOTICE

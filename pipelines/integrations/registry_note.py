"""The note of a registered version: what its page shows a reviewer."""

# MLflow refuses more than 5000 characters when it keeps its tables in PostgreSQL.
LIMIT = 4900
NOTICE = "\n\n(Cut here. The whole text is among the artifacts of the run.)"


def bounded(note: str) -> str:
    """The note in at most 4900 characters; one that was cut ends by saying so."""
    return note if len(note) <= LIMIT else note[: LIMIT - len(NOTICE)] + NOTICE

"""The status for people: four short tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.local.status import ModelStatus, Status

Row = Sequence[object]


def table(status: Status) -> str:
    """Plain text, one block for each of services, sources, models and runs."""
    parts = [
        _block(
            ("SERVICE", "STATE", "PID", "URL"),
            ((s.name, s.state, s.pid, s.url) for s in status.services.values()),
        ),
        _block(
            ("SOURCE", "LAST UPLOAD", "VERDICT", "LETTER"),
            ((name, (s.upload or "")[:12], s.verdict, s.letter) for name, s in status.sources.items()),
        ),
        _block(
            ("MODEL", "CHAMPION", "SERVED", "MLFLOW", "LAST GATE"),
            (_model(name, m) for name, m in status.models.items()),
        ),
        _block(
            ("DAG", "STATE", "BEGAN", "DATA"),
            ((r.dag, r.state, (r.began or "")[:19], (r.data or "")[:40]) for r in status.runs),
        ),
        *status.troubles,
    ]
    return "\n\n".join(part for part in parts if part)


def _model(name: str, model: ModelStatus) -> Row:
    projected = {True: "agrees", False: "differs", None: None}[model.aliases_projected]
    champion, served = (v and f"v{v}" for v in (model.champion, model.served))
    return (name, champion, served, projected, model.last_verdict)


def _block(head: Row, rows: Iterable[Row]) -> str:
    """Columns as wide as their widest cell; empty without rows."""
    cells = [[str(cell) if cell not in (None, "") else "-" for cell in row] for row in rows]
    if not cells:
        return ""
    lines = [[str(title) for title in head], *cells]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )

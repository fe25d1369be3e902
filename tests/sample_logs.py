"""Sample logs in the form of lm-evaluation-harness, written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.value import sha256_hex


def a_sample(number: int, score: float, **changes: Any) -> dict[str, Any]:
    """The line of one item, with one metric `acc`."""
    values: dict[str, Any] = {
        "doc_id": number,
        "doc": {"question": f"q{number}", "slice": f"s{number % 2}", "fact": number // 4},
        "target": "0",
        "arguments": {"gen_args_0": {"arg_0": f"q{number}", "arg_1": " yes"}},
        "resps": [[["-1.0", "False"]]],
        "filtered_resps": [["-1.0", "False"]],
        "filter": "none",
        "metrics": ["acc"],
        "doc_hash": sha256_hex(f"d{number}".encode()),
        "prompt_hash": sha256_hex(f"p{number}".encode()),
        "target_hash": sha256_hex(b"0"),
        "acc": score,
    }
    return values | changes


def samples(scores: Sequence[float], **changes: Any) -> list[dict[str, Any]]:
    return [a_sample(number, score, **changes) for number, score in enumerate(scores)]


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path

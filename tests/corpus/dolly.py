"""Rows with the keys of the Dolly dataset: taken where the contract has a column for each of their texts."""

from __future__ import annotations

import json
from typing import Any

from corpus.case import Case, faulty, taken
from upload_samples import contract

from pipelines.core.contract import Column, Roles

ROLES = Roles(prompt="question", completion="answer", context="source")
TEXTS = tuple(Column(name=name, type="string") for name in ("question", "answer", "source"))
PLACED = contract(columns=TEXTS, roles=ROLES)
SORTED = contract(columns=(*TEXTS, Column(name="category", type="string")), roles=ROLES)
BARE = contract(columns=TEXTS[:2])
ROW = {"instruction": "q1", "context": "c1", "response": "a1", "category": "open_qa"}
READ = ("q1", "a1", "c1")


def dolly(**changes: Any) -> bytes:
    return json.dumps(ROW | changes).encode() + b"\n"


def _without(key: str) -> bytes:
    return json.dumps({k: v for k, v in ROW.items() if k != key}).encode() + b"\n"


def _bad(name: str, row: bytes, column: str | None, code: str) -> Case:
    return faulty(name, {"a.jsonl": dolly() + row + dolly()}, (2, column, code), rows=2, of=PLACED)


CASES = (
    taken("a row", {"a.jsonl": dolly()}, [READ], "`category`", of=PLACED),
    taken("a row in a list", {"a.json": b"[" + dolly() + b"]"}, [READ], of=PLACED),
    taken("a category that has a column", {"a.jsonl": dolly()}, [(*READ, "open_qa")], of=SORTED),
    taken("no context", {"a.jsonl": dolly(context="")}, [("q1", "a1", None)], of=PLACED),
    taken("a context that is nothing", {"a.jsonl": dolly(context=None)}, [("q1", "a1", None)], of=PLACED),
    taken(
        "beside a plain row",
        {"a.jsonl": b'{"question": "q", "answer": "a"}\n' + dolly()},
        [("q", "a", None), READ],
        of=PLACED,
    ),
    _bad("a list as a response", dolly(response=["a1"]), "answer", "type"),
    _bad("a flag as an instruction", dolly(instruction=True), "question", "type"),
    _bad("a NUL in the context", dolly(context="a\0"), "source", "characters"),
    _bad("a key too many", dolly(note="n"), None, "unknown_key"),
    _bad("a key too few", _without("category"), None, "unknown_key"),
    _bad("a key in another case", _without("response")[:-2] + b', "Response": "a1"}\n', None, "unknown_key"),
    _bad("a key twice", dolly()[:-2] + b', "context": "c2"}\n', None, "json"),
    faulty(
        "a contract without a place for the context", {"a.jsonl": dolly()}, (1, None, "unknown_key"), of=BARE
    ),
)

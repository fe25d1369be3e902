"""JSON files as their readers see them: rows with lines, faults and notes, or a refusal."""

import io
from typing import Any, NamedTuple

import pytest
from examples import a_contract

from pipelines.core.contract import Column, Contract, Roles
from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import Batch, RowFault
from pipelines.integrations.archives import TextFile
from pipelines.integrations.json_reader import read_json
from pipelines.integrations.jsonl_reader import read_jsonl
from pipelines.integrations.limits import Allowance, Limits, Metered

NAMES = ("question", "answer", "year")
A, B = b'{"question": "a"}', b'{"question": "b"}'


def contract(
    *names: str, context: str | None = None, roles: tuple[str, str] = NAMES[:2], personal: bool = False
) -> Contract:
    columns = tuple(Column(name=name, type="string", personal=personal) for name in names or NAMES)
    return a_contract(
        columns=columns, rules=(), roles=Roles(prompt=roles[0], completion=roles[1], context=context)
    )


PLAIN = contract()
WITH_CONTEXT = contract(*NAMES, "background", context="background")


class Dribble(io.BytesIO):
    """A stream that hands out a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._step if size is None or size < 0 else min(size, self._step))


class Read(NamedTuple):
    rows: list[tuple[int, tuple[object, ...]]]
    faults: list[RowFault]
    notes: list[str]

    def places(self) -> list[tuple[int, str]]:
        return [(fault.line, fault.code) for fault in self.faults]


def read(
    ending: str, data: bytes, held: Contract = PLAIN, *, step: int = 1 << 20, limits: Limits | None = None
) -> Read:
    allowance = Allowance(limits or Limits())
    file = TextFile("a" + ending, ending, Metered(Dribble(data, step), allowance))
    notes: list[str] = []
    found = Read([], [], notes)
    for record in (read_json if ending == ".json" else read_jsonl)(file, held, allowance, notes):
        if isinstance(record, Batch):
            found.rows.extend(zip(record.lines, zip(*record.columns, strict=True), strict=True))
        else:
            found.faults.append(record)
    return found


def refusal(ending: str, data: bytes, **options: Any) -> tuple[str, int | None]:
    with pytest.raises(UnreadableFile) as caught:
        read(ending, data, **options)
    return caught.value.code, caught.value.line

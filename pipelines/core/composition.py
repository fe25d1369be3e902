"""Turns current snapshots into training examples and a golden set. Order depends on content alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from pipelines.core.contract import Roles
from pipelines.core.decontamination import GoldenIndex
from pipelines.core.golden_set import GoldenItem, Split
from pipelines.core.permission import ROW_HASH, TableRow
from pipelines.core.rotation import rotated
from pipelines.core.training_set import Example, Message, Removal


def examples_of(source: str, rows: Iterable[TableRow], roles: Roles) -> tuple[Example, ...]:
    """One example a row: the context, if any, before the question, as one user message."""
    return tuple(
        Example(
            source=source,
            row=str(row[ROW_HASH]),
            part=str(row[roles.slice]) if roles.slice else "",
            prompt=(Message(role="user", content=_prompt(row, roles)),),
            completion=(Message(role="assistant", content=str(row[roles.completion])),),
        )
        for row in rows
    )


def golden_items_of(rows: Iterable[TableRow], roles: Roles) -> tuple[GoldenItem, ...]:
    """One item a row; the contract guarantees that `roles.item` is there and unique."""
    return tuple(
        GoldenItem(
            id=str(row[roles.item]) if roles.item else str(row[ROW_HASH]),
            prompt=_prompt(row, roles),
            completion=str(row[roles.completion]),
            slice=str(row[roles.slice]) if roles.slice else "all",
            choices=tuple(str(row[c]) for c in roles.choices),
            cluster=str(row[roles.cluster]) if roles.cluster else "",
            follow_up=str(row[roles.follow_up] or "").strip() if roles.follow_up else "",
        )
        for row in rows
    )


def decontaminate(
    examples: Iterable[Example], golden: Sequence[GoldenItem]
) -> tuple[tuple[Example, ...], tuple[Removal, ...]]:
    """Split examples into those safe to train on and those that give golden items away."""
    index = GoldenIndex({g.id: (g.prompt, f"{g.prompt} {g.completion}") for g in golden})
    kept: list[Example] = []
    removed: list[Removal] = []
    for example in examples:
        question, answer = example.prompt[-1].content, example.completion[-1].content
        if leak := index.leak(question, f"{question} {answer}"):
            reason = f"{leak.how} golden item {leak.item}"
            removed.append(Removal(source=example.source, row=example.row, reason=reason))
        else:
            kept.append(example)
    return tuple(kept), tuple(removed)


def shuffled(examples: Iterable[Example], seed: int) -> tuple[Example, ...]:
    """A seeded order that does not depend on the order of the rows in the files."""
    return tuple(sorted(examples, key=lambda e: (_draw(seed, e.source, e.row), e.row)))


def split_of(item: GoldenItem, dev_share: float, rotation: int = 0) -> Split:
    """An item keeps its split, until a rotation moves it, for as long as it keeps its id. Items of one
    cluster stay together: the dev items must not give the locked ones away.
    """
    draw = int(_draw(0, "golden", item.cluster or item.id)[:8], 16) / 0x1_0000_0000
    return "dev" if rotated(draw, rotation) < dev_share else "gate"


def _draw(seed: int, source: str, key: str) -> str:
    return hashlib.sha256(f"{seed}/{source}/{key}".encode()).hexdigest()


def _prompt(row: TableRow, roles: Roles) -> str:
    question = str(row[roles.prompt])
    context = row[roles.context] if roles.context else None
    return f"{context}\n\n{question}" if context else question

"""A first contract for a source, written out from what a sample file shows. People go on from there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml

from pipelines.core.contract import ColumnType

SLACK = 2
"""How much longer texts and larger uploads may get than those of the sample."""
SHORT = 60


class ColumnSketch(NamedTuple):
    """What a sample shows of a column. `shortest` and `longest` are lengths in characters of a text, `least`
    the smallest number; `values` are all there are, where they are few."""

    name: str
    type: ColumnType
    required: bool
    unique: bool = False
    personal: bool = False
    shortest: int = 0
    longest: int = 0
    least: float = 0
    pattern: str | None = None
    values: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Sketch(NamedTuple):
    """What a sample shows of a source. `incomplete` counts the rows without a prompt or completion."""

    source: str
    steward: str
    file: str
    rows: int
    columns: tuple[ColumnSketch, ...]
    roles: Mapping[str, str]
    incomplete: int = 0


def contract_yaml(sketch: Sketch) -> str:
    """The contract as text. It passes lint, and accepts the sample."""
    return "\n".join([*_head(sketch), *_table(sketch), *_team(sketch), *_properties(sketch), ""])


def _head(sketch: Sketch) -> Iterator[str]:
    yield f"# A first contract for {sketch.source}, proposed from a file of {sketch.rows:,} rows."
    yield "# Read every line: what the sample shows is not always what is meant. data_contracts/README.md"
    yield "# explains each field, and `perennial lint` says whether the contract can be kept."
    yield "apiVersion: v3.2.0"
    yield "kind: DataContract"
    yield f"id: urn:datacontract:{sketch.source}"
    yield f"name: {_text(sketch.source)}"
    yield "version: 1.0.0"
    yield "status: active"
    yield "description:"
    yield f"  purpose: {_text(f'The rows of {sketch.source}.')}  # say in one sentence what they are for"
    yield "  usage: Each upload replaces the one before it."


def _table(sketch: Sketch) -> Iterator[str]:
    yield ""
    yield "schema:"
    yield f"  - name: {_text(sketch.source)}"
    yield "    logicalType: object"
    yield "    properties:"
    completion = sketch.roles["completion"]
    for column in sketch.columns:
        yield from _column(column, required=column.required or column.name in _parts(sketch))
        if column.name == completion and column.type == "string":
            yield "        quality:"
            yield from _check("          ", "answers_say_something", "{check: substantial}")
    yield "    quality:"
    least, most = max(1, sketch.rows // SLACK), _round_up(sketch.rows * 10)
    yield f"      - {{id: enough_rows, metric: rowCount, mustBeBetween: [{least}, {most}]}}"
    yield "      # Warnings are told and stop nothing: write `severity: error` where one should."
    for id_, check in (
        ("one_answer_each", "{check: one_answer}"),
        ("nobody_is_named", "{check: no_personal_data}"),
        ("no_secrets", "{check: no_secrets}"),
    ):
        yield from _check("      ", id_, check)


def _check(indent: str, id_: str, implementation: str) -> Iterator[str]:
    yield f"{indent}- id: {id_}"
    yield f"{indent}  type: custom"
    yield f"{indent}  engine: perennial"
    yield f"{indent}  implementation: {implementation}"
    yield f"{indent}  severity: warning"


def _column(column: ColumnSketch, *, required: bool) -> Iterator[str]:
    yield f"      - name: {_text(column.name)}"
    yield "        description: ''  # what stands here, in a sentence"
    yield f"        logicalType: {column.type}"
    yield f"        required: {'true' if required else 'false  # the sample has empty ones'}"
    if column.unique:
        yield "        unique: true  # no value stands twice in the sample"
    if column.personal:
        yield "        classification: personal  # values are masked in every report"
    if column.values:
        yield "        enum:  # all values of the sample"
        yield from (f"          - value: {_text(value)}" for value in column.values)
    elif column.pattern is not None:
        yield f"        logicalTypeOptions: {{pattern: {_text(column.pattern)}}}  # all values have this form"
        if column.examples:
            yield f"        examples: [{', '.join(map(_text, column.examples))}]"
    elif column.type == "string" and column.longest:
        least, most = max(1, column.shortest // SLACK), _round_up(column.longest * SLACK)
        yield f"        logicalTypeOptions: {{minLength: {least}, maxLength: {most}}}"
    elif column.type != "string" and column.least >= 0:
        yield "        logicalTypeOptions: {minimum: 0}"


def _team(sketch: Sketch) -> Iterator[str]:
    yield ""
    yield "team:"
    yield "  members:"
    yield f"    - {{username: {_text(sketch.steward)}, role: data steward}}  # who answers for the source"


def _properties(sketch: Sketch) -> Iterator[str]:
    budget = math.ceil(1000 * sketch.incomplete / sketch.rows) / 10 if sketch.rows else 0
    roles = ", ".join(f"{part}: {_text(column)}" for part, column in sketch.roles.items())
    yield ""
    yield "customProperties:"
    yield "  - {property: purpose, value: training}"
    yield "  - {property: quietPeriodSeconds, value: 600}"
    if sketch.incomplete:
        yield f"  # {sketch.incomplete:,} rows of the sample lack a question or an answer: they are left out."
    yield f"  - {{property: rowErrorBudgetPercent, value: {min(budget, 99.9):g}}}"
    yield f"  - {{property: roles, value: {{{roles}}}}}  # which column plays which part"
    yield "  - {property: privacyClass, value: internal}"
    grouped = [column.name for column in sketch.columns if column.values and not column.personal]
    listed = ", ".join(map(_text, grouped))
    yield f"  - {{property: hold, value: {{shrinkPercent: 50, categoryColumns: [{listed}]}}}}"


def _parts(sketch: Sketch) -> set[str]:
    return {column for part, column in sketch.roles.items() if part != "context"}


def _round_up(number: int) -> int:
    """The next number with one digit that is not zero."""
    unit = int("1" + "0" * (len(str(number)) - 1))
    return math.ceil(number / unit) * unit


def _text(text: str) -> str:
    """A text as YAML that reads as just this text, within brackets too."""
    if text.isprintable():
        simple = all(sign not in text for sign in ",[]{}#:&*!|>'\"%@`")
        if simple and text == text.strip() and _reads_as(text, text):
            return text
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text)


def _reads_as(written: str, text: str) -> bool:
    try:
        return bool(yaml.safe_load(written) == text)
    except yaml.YAMLError:
        return False

"""An upload of any size for the benchmark: its contract of twelve rules, and its files."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from pipelines.core.contract import Check, Column, Contract, Roles, Rule

TOPICS = ("income", "deductions", "credits", "filing", "penalties", "retirement", "property", "business")
LANGUAGES = ("en", "de", "fr", "es")
FORMATS = ("csv", "jsonl", "parquet")
BAD_IN = 1_000
"""One row in so many is wrong."""

_WORDS = (
    "standard deduction taxable income amount filing status dependent care credit premium retirement plan "
    "contribution limit annual return extension interest penalty property basis depreciation method employer "
    "household adjusted gross threshold schedule surviving spouse qualified education expense mortgage"
)


def _rule(check: Check, column: str, **bounds: object) -> Rule:
    values = {"id": f"{column}.{check}", "check": check, "severity": "critical", "column": column}
    return Rule.model_validate(values | bounds)


CONTRACT = Contract(
    source="questions",
    id="urn:bench:questions",
    version="1.0.0",
    steward="steward@example.com",
    purpose="training",
    description="Questions with their answers.",
    columns=(
        *(Column(name=name, type="string") for name in ("id", "question", "answer", "topic", "language")),
        Column(name="year", type="integer"),
        Column(name="weight", type="number"),
        Column(name="origin", type="string"),
    ),
    rules=(
        _rule("not_null", "id"),
        _rule("unique", "id"),
        _rule("matches", "id", pattern="^Q-[0-9]{8}$"),
        _rule("not_null", "question"),
        _rule("length_between", "question", minimum=20, maximum=300),
        _rule("not_null", "answer"),
        _rule("length_between", "answer", minimum=20, maximum=2000),
        _rule("not_matches", "answer", pattern="(?i)lorem ipsum"),
        _rule("in_set", "topic", values=TOPICS),
        _rule("in_set", "language", values=LANGUAGES),
        _rule("value_between", "year", minimum=1990, maximum=2030),
        _rule("value_between", "weight", minimum=0, maximum=1),
    ),
    roles=Roles(prompt="question", completion="answer", origin="origin"),
    quiet_seconds=10,
    row_error_budget_percent=1,
)


def write(path: Path, rows: int) -> None:
    """The rows as CSV, JSON Lines or Parquet, as the ending of `path` says."""
    options = {".csv": "(FORMAT csv, HEADER)", ".jsonl": "(FORMAT json)", ".parquet": "(FORMAT parquet)"}
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'; SET threads = 2")
        connection.execute(f"COPY ({_rows(rows)}) TO '{path}' {options[path.suffix]}")


def _rows(rows: int) -> str:
    """Every kind of wrong row in turn, one row in BAD_IN."""
    kind = f"CASE WHEN i % {BAD_IN} = 7 THEN (i // {BAD_IN}) % 5 END"
    return f"""
        SELECT 'Q-' || lpad((i + 1)::VARCHAR, 8, '0') AS id,
            'What is the ' || {_words(6, 1)} || ' in case ' || i || '?' AS question,
            CASE bad WHEN 0 THEN 'short' WHEN 1 THEN 'Lorem ipsum dolor sit amet, consectetur.'
                ELSE 'In short, the ' || {_words(12, 7)} || ', "as stated"; see ' || {_words(10, 19)} || '.'
            END AS answer,
            CASE bad WHEN 2 THEN 'unknown' ELSE {_pick(TOPICS, 31)} END AS topic,
            {_pick(LANGUAGES, 37)} AS language,
            CASE bad WHEN 3 THEN 1066 ELSE 1990 + hash(i, 41) % 40 END::BIGINT AS year,
            CASE bad WHEN 4 THEN 7.5 ELSE (hash(i, 43) % 1000) / 1000 END AS weight,
            {_pick(("human", "synthetic"), 47)} AS origin
        FROM (SELECT i, {kind} AS bad FROM range({rows}) AS t(i))"""  # noqa: S608


def _words(count: int, seed: int) -> str:
    return " || ' ' || ".join(_pick(_WORDS.split(), seed + place) for place in range(count))


def _pick(choices: tuple[str, ...] | list[str], seed: int) -> str:
    listed = ", ".join(f"'{choice}'" for choice in choices)
    return f"([{listed}])[1 + (hash(i, {seed}) % {len(choices)})::BIGINT]"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))

"""Personal data and secrets in an upload come to light nowhere: not in letters, reports, logs or errors."""

from __future__ import annotations

import csv
import io
import json
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from examples import a_contract
from leaks import KINDS, Marker, Planted, found, marker, planted, search
from memory_world import MINUTE, Walk, World
from upload_samples import gzipped, sheet_row, xlsx

from pipelines.core.contract import Column, ColumnType, Contract, Rule
from pipelines.core.errors import DataError
from pipelines.integrations.memory import MemoryStore

# Where a steward's own rows may be: what was dropped, its copies, the tables, and the rows to repair.
RAW = ("inbox/", "landing/", "blobs/", "*/rows_to_repair.csv", "*/rows_to_repair.jsonl")
COLUMNS: dict[str, ColumnType] = {
    "id": "integer",
    "question": "string",
    "answer": "string",
    "contact": "string",
    "amount": "number",
}
NAMES = tuple(COLUMNS)
NUMBERED = "^(What is the rule|The answer) number [0-9]+[?.]$"
PLANTED = planted()
ODD = {kind: marker(kind, 900 + number, "an odd place") for number, kind in enumerate(KINDS)}


def _rule(check: str, column: str | None = None, **changes: object) -> Rule:
    name = f"{column or 'rows'}.{check}"
    return Rule.model_validate(
        {"id": name, "check": check, "severity": "critical", "column": column, **changes}
    )


def _contract(budget: float, personal: tuple[str, ...]) -> Contract:
    """Every kind of rule that shows a value, or speaks about it."""
    return a_contract(
        columns=tuple(Column(name=n, type=t, personal=n in personal) for n, t in COLUMNS.items()),
        row_error_budget_percent=budget,
        rules=(
            _rule("not_null", "question"),
            _rule("unique", "question"),
            _rule("length_between", "contact", maximum=3),
            _rule("in_set", "contact", values=("nobody",)),
            _rule("matches", "question", pattern=NUMBERED),
            _rule("not_matches", "answer", pattern="@"),
            _rule("no_personal_data"),
            _rule("no_personal_data", "answer"),
            _rule("no_secrets"),
            _rule("no_terms", values=("zelda",)),
            _rule("near_unique", minimum=0.9, severity="warning"),
            _rule("one_answer"),
            _rule("substantial", severity="warning"),
            _rule("language", values=("en",), severity="warning"),
            _rule("tokens_between", maximum=5, severity="warning"),
        ),
    )


STRICT = _contract(0.0, ("contact",))


def _csv(rows: Sequence[Mapping[str, str]], header: Sequence[str] = NAMES) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows([row[name] for name in NAMES] for row in rows)
    return stream.getvalue().encode()


def _harmless(count: int) -> list[dict[str, str]]:
    return [
        {
            "id": f"{n}",
            "question": f"What is the rule number {n}?",
            "answer": f"The answer number {n}.",
            "contact": "",
            "amount": "1",
        }
        for n in range(1000, 1000 + count)
    ]


def _ragged() -> bytes:
    """Fields too many and too few, and the same question answered twice."""
    more = "".join(f"1,q,a,,2,{mark.value}\r\n" for mark in ODD.values())
    fewer = "".join(f"1,{mark.value}\r\n" for mark in ODD.values())
    twice = "".join(f"7,What is the rule number 7?,call {mark.value},,2\r\n" for mark in ODD.values())
    return _csv(_harmless(3)) + (more + fewer + twice).encode()


def _jsonl() -> bytes:
    """Keys that nobody knows, wrong types, nested values, and lines that are no JSON."""
    lines = []
    for mark in ODD.values():
        row = {"id": 1, "question": "q", "answer": "a", "contact": None, "amount": 1}
        lines += [json.dumps(row | {mark.value: "x"}), json.dumps(row | {"id": mark.value})]
        lines += [json.dumps(row | {"answer": {"to": [mark.value]}}), json.dumps(mark.value)]
        lines += [json.dumps(row | {"answer": mark.value})]
    return "\n".join(lines).encode()


def _broken_jsonl() -> bytes:
    """Lines that are no JSON."""
    lines = (f'{{"id": 1, "question": {mark.value}, "answer": "a"}}\n' for mark in ODD.values())
    return "".join(lines).encode()


def _repeated() -> list[dict[str, str]]:
    """The same few values again and again: they are the groups that a letter draws."""
    rows = _harmless(60)
    for number, row in enumerate(rows):
        row["contact"] = ODD[KINDS[number % len(KINDS)]].value
    return rows


def _workbook() -> bytes:
    """Values in formulas, in error cells, and in cells of the wrong type."""
    rows = [sheet_row(1, NAMES)]
    for number, mark in enumerate(ODD.values(), start=2):
        formula = f'<c r="B{number}" t="str"><f>"{mark.value}"</f><v>{mark.value}</v></c>'
        error = f'<c r="C{number}" t="e"><v>#{mark.value}</v></c>'
        rows.append(f'<row r="{number}"><c r="A{number}"><v>1</v></c>{formula}{error}</row>')
    rows += [
        sheet_row(20 + n, (mark.value, "q", "a", mark.value, mark.value))
        for n, mark in enumerate(ODD.values())
    ]
    return xlsx("".join(rows))


def _header(*extra: str) -> bytes:
    return _csv(PLANTED.rows, (*NAMES[:-1], *extra))


UPLOADS: dict[str, Callable[[], dict[str, bytes]]] = {
    "rows.csv": lambda: {"rows.csv": _csv(PLANTED.rows)},
    "ragged.csv": lambda: {"rows.csv": _ragged()},
    "rows.jsonl": lambda: {"rows.jsonl": _jsonl()},
    "cut.jsonl": lambda: {"rows.jsonl": _jsonl()[:-9]},
    "broken.jsonl": lambda: {"rows.jsonl": _broken_jsonl()},
    "rows.json": lambda: {"rows.json": b"[" + b",".join(_jsonl().splitlines()) + b"]"},
    "broken.json": lambda: {"rows.json": b"[" + b",".join(_broken_jsonl().splitlines()) + b"]"},
    "repeated.csv": lambda: {"rows.csv": _csv(_repeated())},
    "rows.xlsx": lambda: {"rows.xlsx": _workbook()},
    "unknown_column": lambda: {f"{n}.csv": _header("amount", m.value) for n, m in enumerate(ODD.values())},
    "missing_column": lambda: {f"{n}.csv": _header(m.value) for n, m in enumerate(ODD.values())},
    "repeated_column": lambda: {f"{n}.csv": _header(m.value, m.value) for n, m in enumerate(ODD.values())},
    "no_header": lambda: {"rows.csv": _csv(PLANTED.rows).split(b"\r\n", 1)[1]},
    "open_quote": lambda: {"rows.csv": _csv(PLANTED.rows) + f'1,"{ODD["email"].value},a\n'.encode()},
    "quoting": lambda: {"rows.csv": _csv(PLANTED.rows) + f'1,"q"{ODD["email"].value},a,,\n'.encode()},
    "encoding": lambda: {"rows.csv": _csv(PLANTED.rows) + b"1,\xff\xfe\x81,a,,\n"},
    "truncated": lambda: {"rows.csv.gz": gzipped(_csv(PLANTED.rows))[:-20]},
}
ALL: tuple[Marker, ...] = (*PLANTED.markers, *ODD.values())


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path / "home"))


def _answered(walk: Walk, files: Mapping[str, bytes], contract: Contract) -> str:
    """Drop an upload, let it be judged, and return all that was said about it: messages and tracebacks."""
    walk.world.contracts["rules"] = contract
    for name, data in files.items():
        walk.world.store.put(f"inbox/rules/{name}", data)
    walk.world.clock.advance(MINUTE)
    said = []
    try:
        walk.ingest("rules")
    except DataError as error:
        said = [repr(error), *traceback.format_exception(error)]
    return "\n".join((*said, *walk.said))


def _dump(store: MemoryStore, folder: Path) -> Path:
    """Everything that the bucket holds, as files."""
    for prefix in ("inbox/", "outbox/", "landing/", "ledger/", "values/", "results/", "blobs/"):
        for version in store.list(prefix):
            path = folder / version.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(store.get(version.key) or b"")
    return folder


@pytest.mark.parametrize(
    "contract",
    [STRICT, _contract(100.0, ("contact",)), _contract(0.0, ())],
    ids=["strict", "lenient", "nothing_personal"],
)
@pytest.mark.parametrize("upload", UPLOADS)
def test_what_is_planted_in_an_upload_appears_only_in_the_stewards_own_rows(
    walk: Walk, tmp_path: Path, caplog: pytest.LogCaptureFixture, upload: str, contract: Contract
) -> None:
    caplog.set_level(logging.DEBUG)
    said = _answered(walk, UPLOADS[upload](), contract)
    bucket = _dump(walk.world.store, tmp_path / "dump")
    assert list(bucket.glob("outbox/rules/*/report.html"))
    assert search(bucket, ALL, RAW) == []
    assert found(f"{said}\n{caplog.text}".encode(), ALL) == []


def test_a_letter_still_says_where_and_what_kind(walk: Walk, tmp_path: Path) -> None:
    _answered(walk, UPLOADS["rows.csv"](), STRICT)
    bucket = _dump(walk.world.store, tmp_path / "dump")
    errors = next(bucket.glob("outbox/rules/*/errors.csv")).read_text()
    for kind in ("e-mail address", "social security number", "credit card number", "bank account number"):
        assert f"[{kind}]" in errors
    assert "a phone number" in errors
    assert "(masked)" in errors


def test_the_search_finds_every_planted_value_where_it_may_stand(walk: Walk, tmp_path: Path) -> None:
    _answered(walk, UPLOADS["rows.csv"](), STRICT)
    leaks = search(_dump(walk.world.store, tmp_path / "dump"), PLANTED.markers)
    inbox = [leak for leak in leaks if leak.startswith("inbox/")]
    assert len(inbox) == len(PLANTED.markers)


@pytest.mark.parametrize("form", ["{}", "<b>{}</b>", '"{}"'])
def test_the_search_sees_through_escapes_and_compression(form: str) -> None:
    sample: Planted = planted(500)
    for mark in sample.markers:
        text = form.format(mark.value.replace("+", "&#43;")).encode()
        assert found(text, sample.markers) == [mark.place]
        assert found(gzipped(text), sample.markers) == [mark.place]

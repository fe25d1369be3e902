"""A small contract and files of every format for tests of reading and judging uploads."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.contract import Column, Contract, Roles, Rule
from pipelines.core.findings import Finding, Findings, row_numbers
from pipelines.core.report import RuleOutcome
from pipelines.core.rows import Reading, Row, RowFault
from pipelines.integrations.files import read_files
from pipelines.integrations.limits import Limits

COLUMNS = (
    Column(name="question", type="string"),
    Column(name="answer", type="string"),
    Column(name="year", type="integer"),
    Column(name="amount", type="number"),
)
NAMES = tuple(column.name for column in COLUMNS)
CELLS = (("q1", "a1", 2024, 1.5), ("q2", "a2", 2025, None))
HEADER = "question,answer,year,amount\n"
CSV = (HEADER + "q1,a1,2024,1.5\nq2,a2,2025,\n").encode()
JSONL = "".join(json.dumps(dict(zip(NAMES, cells, strict=True))) + "\n" for cells in CELLS).encode()


def rule(check: str, column: str | None = "question", **changes: Any) -> Rule:
    """A critical rule named after its check."""
    values: dict[str, Any] = {"id": check, "check": check, "severity": "critical", "column": column}
    return Rule(**values | changes)


def contract(*rules: Rule, **changes: Any) -> Contract:
    """The contract of the sample columns with exactly these rules."""
    values: dict[str, Any] = {
        "source": "rules",
        "id": "urn:test:rules",
        "version": "1.0.0",
        "steward": "steward@example.com",
        "purpose": "training",
        "description": "test rules",
        "columns": COLUMNS,
        "rules": rules,
        "roles": Roles(prompt="question", completion="answer"),
        "quiet_seconds": 10.0,
    }
    return Contract(**values | changes)


def personal(*names: str) -> tuple[Column, ...]:
    """The sample columns, these of them personal."""
    return tuple(c.model_copy(update={"personal": c.name in names}) for c in COLUMNS)


def read(folder: Path, files: Mapping[str, bytes], limits: Limits | None = None, **changes: Any) -> Reading:
    """Read named bytes as one upload."""
    pairs = []
    for number, (name, data) in enumerate(files.items()):
        path = folder / f"file{number}"
        path.write_bytes(data)
        pairs.append((name, path))
    return read_files(pairs, contract(**changes), folder / "spool.parquet", limits or Limits())


def rows_of(reading: Reading) -> tuple[Row, ...]:
    """The rows that were read, in their order."""
    if reading.table is None:
        return ()
    table = pq.read_table(reading.table.path).to_pylist()
    return tuple(Row(row.pop("_file"), row.pop("_line"), tuple(row.values())) for row in table)


def faults_of(reading: Reading) -> list[RowFault]:
    """The places that could not be read, one kind after the other."""
    return [fault for group in reading.faults for fault in group.first]


def findings(of: Contract, violating: Mapping[str, Iterable[int]], rows: int) -> Findings:
    """What a checker would say: these rows break these rules; `{id: ()}` fails a rule about the upload."""
    return tuple(
        Finding(_outcome(r, violating, rows), row_numbers(violating.get(r.id, ()))) for r in of.rules
    )


def _outcome(of: Rule, violating: Mapping[str, Iterable[int]], rows: int) -> RuleOutcome:
    count = len(tuple(violating.get(of.id, ())))
    passed = of.id not in violating if of.column is None else rows - count >= of.mostly * rows
    return RuleOutcome(
        rule=of.id,
        text=of.text,
        severity=of.severity,
        column=of.column,
        checked=rows,
        violations=count,
        passed=passed,
    )


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A deflated zip archive with a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def parquet(columns: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), buffer)
    return buffer.getvalue()


def sample_parquet() -> bytes:
    return parquet({name: [cells[place] for cells in CELLS] for place, name in enumerate(NAMES)})


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION = '<Relationship Id="r{0}" Type="' + _TYPES + '/worksheet" Target="worksheets/sheet{0}.xml"/>'
STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="4"/></cellXfs>'
    "</styleSheet>"
)


def xlsx(*sheets: str, **parts: bytes | str) -> bytes:
    """A workbook of sheets, each given as the XML of its rows; `parts` replaces or adds parts by name."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    related = "".join(map(_RELATION.format, numbers))
    spaces = f'xmlns="{_MAIN}" xmlns:r="{_TYPES}"'
    members: dict[str, bytes | str] = {
        "xl/workbook.xml": f"<workbook {spaces}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
        "xl/styles.xml": STYLES,
    }
    for number, rows in zip(numbers, sheets, strict=True):
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    members |= parts
    return zipped({n: part.encode() if isinstance(part, str) else part for n, part in members.items()})


def sheet_row(number: int, cells: Sequence[object]) -> str:
    """The XML of one row; texts are written in the cells, None leaves a cell out."""
    return f'<row r="{number}">{"".join(_cell(number, n, value) for n, value in enumerate(cells))}</row>'


def _cell(row: int, place: int, value: object) -> str:
    reference = f"{chr(65 + place)}{row}"
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value}</v></c>'


def sample_xlsx(start: int = 1) -> bytes:
    rows = [NAMES, *CELLS]
    return xlsx("".join(sheet_row(number, cells) for number, cells in enumerate(rows, start)))

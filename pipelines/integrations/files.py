"""The files of an upload as typed rows. Whatever a steward drops ends as rows, faults or refusals."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from pipelines.core.contract import Contract
from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import Reading, Records, Refusal, Row, RowFault, is_blank, typed_row
from pipelines.integrations.archives import check_magic, damage_named, ending_of, text_files
from pipelines.integrations.csv_reader import read_csv
from pipelines.integrations.jsonl_reader import read_jsonl
from pipelines.integrations.limits import Allowance, Limits
from pipelines.integrations.parquet_reader import read_parquet
from pipelines.integrations.xlsx_reader import read_xlsx

_TEXT_READERS = {".csv": read_csv, ".tsv": read_csv, ".jsonl": read_jsonl, ".ndjson": read_jsonl}
_LIMITS = Limits()


def read_files(files: Sequence[tuple[str, Path]], contract: Contract, limits: Limits = _LIMITS) -> Reading:
    """Read (name, path) pairs, in their order, under one set of limits.

    A file that cannot be trusted as a whole is a refusal, and then no row of any file is returned: what
    its rows would have said is unknown.
    """
    allowance = Allowance(limits)
    rows: list[Row] = []
    faults: list[RowFault] = []
    refusals: list[Refusal] = []
    for name, path in files:
        for named, records in _sources(name, path, contract, allowance, refusals):
            try:
                with closing(records), damage_named():
                    _collect(named, records, contract, allowance, rows, faults)
            except UnreadableFile as error:
                refusals.append(_refusal(named, error))
    if refusals:
        return Reading((), (), tuple(refusals))
    return Reading(tuple(rows), tuple(faults), ())


def _sources(
    name: str, path: Path, contract: Contract, allowance: Allowance, refusals: list[Refusal]
) -> Iterator[tuple[str, Records]]:
    """(name, records) of a file, or of each text file in an archive."""
    columns = contract.columns
    try:
        with damage_named():
            ending = ending_of(name)
            check_magic(path, ending)
            if ending == ".parquet":
                yield name, read_parquet(path, columns, allowance)
            elif ending == ".xlsx":
                yield name, read_xlsx(name, path, columns, allowance)
            else:
                for file in text_files(name, path, allowance):
                    yield file.name, _TEXT_READERS[file.ending](file, columns, allowance)
    except UnreadableFile as error:
        refusals.append(_refusal(name, error))


def _collect(
    name: str,
    records: Records,
    contract: Contract,
    allowance: Allowance,
    rows: list[Row],
    faults: list[RowFault],
) -> None:
    for record in records:
        if isinstance(record, RowFault):
            faults.append(record)
            continue
        for value in record.values:
            allowance.check_cell(value, record.line)
        if is_blank(record.values):
            continue
        typed = typed_row(name, record, contract.columns)
        if isinstance(typed, Row):
            rows.append(typed)
        else:
            faults.extend(typed)


def _refusal(name: str, error: UnreadableFile) -> Refusal:
    return Refusal(name, error.line, error.code, error.found, error.remedy)

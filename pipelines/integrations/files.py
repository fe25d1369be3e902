"""The files of an upload as typed rows on disk. Whatever a steward drops ends as rows, faults or refusals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from pipelines.core.contract import Contract
from pipelines.core.errors import UnreadableFile
from pipelines.core.object_key import trouble_with
from pipelines.core.rows import Reading, Records, Refusal
from pipelines.integrations.archives import TextFile, check_magic, damage_named, ending_of, text_files
from pipelines.integrations.csv_reader import read_csv
from pipelines.integrations.cut_off import doubt_about
from pipelines.integrations.json_reader import read_json
from pipelines.integrations.jsonl_reader import read_jsonl
from pipelines.integrations.limits import Allowance, Limits
from pipelines.integrations.parquet_reader import read_parquet
from pipelines.integrations.row_taker import RowTaker
from pipelines.integrations.spool import Spool
from pipelines.integrations.unreadable import unreadable
from pipelines.integrations.xlsx_reader import read_xlsx

TextReader = Callable[[TextFile, Contract, Allowance, list[str]], Records]
_TEXT_READERS: Mapping[str, TextReader] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
}
_LIMITS = Limits()


def read_files(
    files: Sequence[tuple[str, Path]], contract: Contract, spool: Path, limits: Limits = _LIMITS
) -> Reading:
    """Read (name, path) pairs, in their order, under one set of limits, into the Parquet file `spool`.

    A file that cannot be trusted as a whole is a refusal, and then no row of any file is returned: what
    its rows would have said is unknown. Memory does not grow with the files.
    """
    upload = _Upload(contract, Allowance(limits))
    texts = [column.model_copy(update={"type": "string"}) for column in contract.columns]
    unread = spool.with_suffix(".misfits")
    with Spool(spool, contract.columns) as rows, Spool(unread, texts) as misfits:
        taker = RowTaker(contract.columns, upload.allowance, rows, misfits)
        for name, path in files:
            for named, records in upload.sources(name, path):
                upload.take(named, records, taker)
    if upload.refusals:
        spool.unlink()
        unread.unlink()
        return Reading(None, refusals=tuple(upload.refusals))
    return Reading(
        table=rows.table,
        faults=taker.faults.groups(),
        unread=taker.faults.unread,
        notes=tuple(upload.notes),
        misfits=misfits.table,
        doubts=tuple(doubt for name, path in files if (doubt := doubt_about(name, path))),
    )


class _Upload:
    """The files of one upload: what is left of its limits, what was refused, what is worth a remark."""

    def __init__(self, contract: Contract, allowance: Allowance) -> None:
        self.allowance = allowance
        self.refusals: list[Refusal] = []
        self.notes: list[str] = []
        self._contract = contract

    def sources(self, name: str, path: Path) -> Iterator[tuple[str, Records]]:
        """(name, records) of a file, or of each text file in an archive."""
        try:
            _check_name(name)
            with damage_named():
                yield from self._opened(name, path)
        except UnreadableFile as error:
            self._refuse(name, error)

    def take(self, name: str, records: Records, taker: RowTaker) -> None:
        """All records of one file, or the reason why it is refused."""
        try:
            with closing(records), damage_named():
                for record in records:
                    taker.take(name, record)
        except UnreadableFile as error:
            self._refuse(name, error)

    def _opened(self, name: str, path: Path) -> Iterator[tuple[str, Records]]:
        ending = ending_of(name)
        check_magic(path, ending)
        if ending == ".parquet":
            yield name, read_parquet(path, self._contract, self.allowance)
        elif ending == ".xlsx":
            yield name, read_xlsx(name, path, self._contract, self.allowance)
        else:
            for file in text_files(name, path, self.allowance):
                read = _TEXT_READERS[file.ending]
                yield file.name, read(file, self._contract, self.allowance, self.notes)

    def _refuse(self, name: str, error: UnreadableFile) -> None:
        shown = name if name.isprintable() else ascii(name)[1:-1]
        self.refusals.append(Refusal(shown, error.line, error.code, error.found, error.remedy))


def _check_name(name: str) -> None:
    """Raises UnreadableFile (`file_name`) for a name that would be another path, or none, somewhere else."""
    trouble = trouble_with(name)
    long = any(len(segment.encode(errors="replace")) > 255 for segment in name.split("/"))
    if trouble or long or "\\" in name or name[1:2] == ":":
        raise unreadable(
            trouble or "the name holds a part that is too long, or names a folder of another system",
            code="file_name",
            fix="Give the file a plain name, such as questions-2024.csv.",
        )

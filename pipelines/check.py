"""Check files on the steward's own machine: the same verdict and the same letter, without a stack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pipelines.core.contract import Contract
from pipelines.core.errors import UsageError
from pipelines.core.findings import Surroundings
from pipelines.core.letter import Letter
from pipelines.core.report import ValidationReport
from pipelines.core.upload import LandedFile, Upload, is_furniture
from pipelines.desk import open_desk
from pipelines.integrations.folder_digest import file_sha256
from pipelines.integrations.gx_auditor import GxAuditor
from pipelines.settings import Settings
from pipelines.specs import contracts, load_contract
from pipelines.stages.examine import examine, report_of
from pipelines.stages.letter import LETTER_FILES, write_letter


class Checked(NamedTuple):
    """What would be answered if the files were dropped."""

    report: ValidationReport
    letter: Letter


def contract_of(name: str, settings: Settings) -> Contract:
    """A contract by its file, or by the name of its source in this project. Raises UsageError."""
    if name.endswith((".yaml", ".yml")):
        if not Path(name).is_file():
            raise UsageError(f"contract {name}", "must be a file", "none of this name", "Check the spelling.")
        return load_contract(Path(name))
    declared = contracts(settings.project)
    if name not in declared:
        raise UsageError(
            f"contract {name}",
            "is a file, or a source of this project",
            f"only {', '.join(sorted(declared)) or 'no source'}",
            "Check the spelling, or give the path of the contract.",
        )
    return declared[name]


def check_files(contract: Contract, paths: Sequence[Path], out: Path) -> Checked:
    """Judge files, or all files of a folder, as one upload, and write the letter into `out`.

    Nothing is compared with earlier uploads: those lie where the product runs. Raises UsageError for a
    file that is not there.
    """
    files = _named(paths)
    desk = open_desk(GxAuditor())
    out.mkdir(parents=True, exist_ok=True)
    for name in LETTER_FILES:
        (out / name).unlink(missing_ok=True)
    upload = Upload(
        source=contract.source,
        files=tuple(
            LandedFile(name=name, size=path.stat().st_size, sha256=file_sha256(path))
            for name, path in sorted(files.items())
        ),
    )
    with TemporaryDirectory() as name:
        folder = Path(name)
        reading = desk.read_files(sorted(files.items()), contract, folder / "spool.parquet")
        examination = examine(reading, contract, Surroundings(), desk=desk, folder=folder)
        report = report_of(examination, contract, upload=upload.digest)
        letter = write_letter(upload, report, examination, contract, desk=desk, folder=out)
    return Checked(report, letter)


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """{name as in an inbox: file}; hidden files and markers of a folder are left out, as there."""
    files: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            inside = (found for found in sorted(path.rglob("*")) if found.is_file())
            named = {f.relative_to(path).as_posix(): f for f in inside}
            named = {name: found for name, found in named.items() if not is_furniture(name)}
        elif path.is_file():
            named = {path.name: path}
        else:
            raise UsageError(f"file {path}", "must be there", "nothing of this name", "Check the spelling.")
        if twice := sorted(named.keys() & files.keys()):
            raise UsageError(
                f"file {path}",
                "has a name of its own within the upload",
                f"{twice[0]} twice",
                "Put the files into one folder and name that.",
            )
        files |= named
    if not files:
        raise UsageError("the files", "hold an upload", "no file", "Name at least one file.")
    return files

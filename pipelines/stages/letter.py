"""Letter: answer the steward at once, and complete the answer when it is known what became of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.decision import GateDecision
from pipelines.core.errors_csv import errors_csv
from pipelines.core.explanation_words import in_words
from pipelines.core.golden_set import GoldenSet
from pipelines.core.intake import Accepted
from pipelines.core.letter import Letter, letter_of
from pipelines.core.notice import Notice
from pipelines.core.outcome import TrainingOutcome
from pipelines.core.promotion import Standing
from pipelines.core.repair import MOST_REPAIRED, Repair, repair_format
from pipelines.core.report import ValidationReport
from pipelines.core.report_json import report_json
from pipelines.core.training_set import TrainingSet
from pipelines.core.upload import Upload
from pipelines.ports import ObjectStore
from pipelines.stages.examine import Desk, Examination
from pipelines.stages.explain import explanation_of

LETTERS, NOTICES = "letters", "notices"
LETTER_FILES = ("report.html", "errors.csv", "rows_to_repair.csv", "rows_to_repair.jsonl", "report.json")
"""Every file that a letter may have."""


Tell = Callable[[Notice], Sequence[str]]
"""Sends word that a letter was written, and says how that went."""


def outbox(source: str, upload: str) -> str:
    """Where the steward finds the letter on an upload, given by its digest."""
    return f"outbox/{source}/{upload[:12]}/"


def write_letter(
    upload: Upload,
    report: ValidationReport,
    examination: Examination,
    contract: Contract,
    *,
    desk: Desk,
    folder: Path,
) -> Letter:
    """Write `report.html`, `report.json` and what stands beside them into a folder of this machine."""
    repair = _repair(upload, examination, contract, desk, folder)
    if examination.errors:
        (folder / "errors.csv").write_bytes(errors_csv(examination.errors))
    letter = letter_of(report, repair=repair)
    (folder / "report.html").write_bytes(desk.letter_page(letter))
    (folder / "report.json").write_bytes(report_json(report))
    return letter


def send(letter: Letter, folder: Path, *, archive: Archive, store: ObjectStore, report: str) -> None:
    """Put a written letter into the outbox. `report.json` comes last: where it stands, the letter is whole.

    Files of an earlier letter on the same upload, checked under another contract, are emptied: what they
    say holds no more, and no stage can delete.
    """
    prefix = outbox(letter.source, letter.upload)
    written = sorted(path for path in folder.iterdir() if path.name != "report.json")
    for path in (*written, folder / "report.json"):
        store.upload_file(path, prefix + path.name)
    names = {path.name for path in folder.iterdir()}
    for stale in store.list(prefix):
        if stale.key.removeprefix(prefix) not in names and stale.size:
            store.put(stale.key, b"")
    archive.settle(LETTERS, report, letter)


def announce(notice: Notice, report: str, *, archive: Archive, tell: Tell) -> Sequence[str]:
    """Send word of a letter, once a report: a retry says nothing new. Returns how that went, in sentences."""
    if archive.settled(NOTICES, report, Notice) is not None:
        return ()
    sent = tell(notice)
    archive.settle(NOTICES, report, notice)
    return sent


def complete(
    current: Mapping[str, Accepted],
    standings: Mapping[str, Standing],
    *,
    archive: Archive,
    store: ObjectStore,
    page: Callable[[Letter], bytes],
) -> None:
    """Write into the letters on what is current how the models that learnt from it were judged."""
    for source, accepted in current.items():
        letter = archive.settled(LETTERS, accepted.report, Letter)
        outcomes = tuple(_outcomes(accepted.snapshot, standings, archive))
        if letter is not None and outcomes:
            whole = letter.model_copy(update={"outcomes": outcomes})
            store.put(f"{outbox(source, accepted.upload)}report.html", page(whole))


def _outcomes(
    snapshot: str, standings: Mapping[str, Standing], archive: Archive
) -> Iterator[TrainingOutcome]:
    for model, standing in sorted(standings.items()):
        decision = standing.last_decision
        if decision is None:
            continue
        learnt = {share.snapshot for share in archive.fetch(TrainingSet, decision.training_set).shares}
        if snapshot not in learnt | {archive.fetch(GoldenSet, decision.golden).snapshot}:
            continue
        carried = standing.carried_out
        blocked = carried is not None and carried.version in standing.blocked
        yield TrainingOutcome(
            model=model,
            verdict=decision.verdict,
            version=carried.version if carried and not blocked else None,
            sentence=_sentence(decision, standing, blocked=blocked),
            findings=_findings(decision, archive),
        )


def _sentence(decision: GateDecision, standing: Standing, *, blocked: bool) -> str:
    if blocked:
        return "It was taken back from production."
    if standing.refusal:
        return f"A reviewer decided against it: {standing.refusal.text}."
    return " ".join(decision.why)


def _findings(decision: GateDecision, archive: Archive) -> tuple[str, ...]:
    explanation = explanation_of(decision.digest, archive)
    return in_words(explanation) if explanation else ()


def _repair(
    upload: Upload, examination: Examination, contract: Contract, desk: Desk, folder: Path
) -> Repair | None:
    """Write the rows to repair, where there are any."""
    reading, out = examination.reading, examination.decision.out
    misfits = reading.misfits.rows if reading.misfits else 0
    wrong = sum(out) + misfits
    if reading.table is None or wrong == 0:
        return None
    rows = reading.table.rows + misfits
    complete = rows <= MOST_REPAIRED
    repair = Repair(
        format=repair_format(tuple(file.name for file in upload.files)),
        wrong=wrong,
        rows=rows if complete else wrong,
        complete=complete,
        missing=reading.unread - misfits,
    )
    desk.write_repair(reading.table, out, reading.misfits, contract, folder / repair.name)
    return repair

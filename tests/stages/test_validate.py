"""Validate answers the steward, keeps the good rows, and closes what it rejects, the same way every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from upload_samples import contract, personal, rule

from pipelines.archive import Archive
from pipelines.core.contract import Contract, Rule
from pipelines.core.errors import Tampered
from pipelines.core.findings import Surroundings, Table
from pipelines.core.intake import HELD, REJECTED, TAKEN, Taken, intake
from pipelines.core.report import ValidationReport
from pipelines.core.upload import LandedFile, LeftFile, Upload
from pipelines.core.value import sha256_hex
from pipelines.desk import open_desk
from pipelines.integrations.canonical_table import read_table
from pipelines.integrations.memory import FixedClock, MemoryAuditor, MemorySigner, MemoryStore
from pipelines.ledger import Ledger
from pipelines.stages.ingest import landed
from pipelines.stages.letter import outbox
from pipelines.stages.validate import validate

HEADER = "question,answer,year,amount\n"
GOOD = HEADER + "".join(f"question {n},answer {n},{n},1.5\n" for n in range(8))
ONE_WRONG = GOOD + ",answer,9,1\n"
FILLED = rule("not_null", text="question must be filled in", fix="Fill it in.")
ENOUGH = rule("row_count", None, minimum=9.0, text="the number of rows must be at least 9")
STRICT = contract(FILLED)
LENIENT = contract(FILLED, row_error_budget_percent=50)


class Office:
    """A source whose uploads have landed, and everything that validation writes to."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryStore()
        self.archive = Archive(self.store)
        self.ledger = Ledger(self.store, "ledger/ingest/rules/", signer=MemorySigner(), clock=FixedClock())
        self.auditor = MemoryAuditor()
        self.around = Surroundings()
        self.scratch = folder / "scratch"
        self.tables = folder / "tables"
        self.tables.mkdir()

    def land(self, **files: str) -> Upload:
        """Land texts as `<name>.csv` and take them in the ledger."""
        data = {f"{name}.csv": text.encode() for name, text in files.items()}
        files_landed = tuple(LandedFile(name=n, size=len(d), sha256=sha256_hex(d)) for n, d in data.items())
        upload = Upload(source="rules", files=files_landed)
        for file in upload.files:
            self.store.put(landed(upload, file), data[file.name])
        self.take(upload)
        return upload

    def take(self, upload: Upload, *, confirmed: bool = False) -> None:
        entries = self.ledger.entries()
        taken = Taken(
            source="rules",
            fingerprint=sha256_hex(str(len(entries)).encode()),
            upload=upload.digest,
            contract=STRICT.digest,
            confirmed=confirmed,
        )
        self.ledger.append(entries, TAKEN, taken, op=f"taken/{len(entries)}")

    def validate(self, upload: Upload, of: Contract) -> ValidationReport:
        return validate(
            upload,
            contract=of,
            store=self.store,
            archive=self.archive,
            ledger=self.ledger,
            desk=open_desk(self.auditor),
            neighbourhood=lambda *_: self.around,
            scratch=self.scratch,
        )

    def previous(self, text: str) -> Path:
        """The table of an upload that was accepted earlier."""
        report = self.validate(self.land(earlier=text), contract())
        assert report.table is not None
        self.archive.fetch_file(report.table, self.tables / "previous")
        return self.tables / "previous"

    def letter_of(self, text: str, of: Contract) -> dict[str, bytes]:
        upload = self.land(a=text)
        self.validate(upload, of)
        return self.letter(upload)

    def letter(self, upload: Upload) -> dict[str, bytes]:
        prefix = outbox(upload.source, upload.digest)
        return {o.key.removeprefix(prefix): self.store.get(o.key) or b"" for o in self.store.list(prefix)}

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.ledger.entries()]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_good_rows_are_kept_as_a_table_with_their_places(office: Office) -> None:
    report = office.validate(office.land(a=GOOD), STRICT)
    assert (report.verdict, report.rows_read, report.rows_accepted) == ("accepted", 8, 8)
    assert report.table is not None
    office.archive.fetch_file(report.table, office.tables / "t")
    rows = read_table(office.tables / "t")
    assert [(row["question"], row["_file"], row["_line"]) for row in rows][:2] == [
        ("question 0", "a.csv", 2),
        ("question 1", "a.csv", 3),
    ]
    assert office.archive.fetch(ValidationReport, report.digest) == report


def test_the_content_does_not_depend_on_how_rows_are_spread_over_files(office: Office) -> None:
    lines = GOOD.splitlines(keepends=True)
    whole = office.validate(office.land(a=GOOD), STRICT)
    spread = office.validate(office.land(b=HEADER + "".join(lines[5:]), a="".join(lines[:5])), STRICT)
    assert whole.content == spread.content
    assert whole.table != spread.table


def test_an_accepted_upload_gets_a_letter_without_an_error_list(office: Office) -> None:
    upload = office.land(a=GOOD)
    office.validate(upload, STRICT)
    letter = office.letter(upload)
    assert sorted(letter) == ["report.html", "report.json"]
    assert b"all 8 rows of rules are in use" in letter["report.html"]


def test_an_accepted_upload_stays_open_until_its_snapshot_is_made(office: Office) -> None:
    office.validate(office.land(a=GOOD), STRICT)
    assert office.kinds() == [TAKEN]
    assert intake(office.ledger.entries()).open


def test_a_rejected_upload_gets_a_letter_with_every_wrong_place_and_no_table(office: Office) -> None:
    upload = office.land(a=ONE_WRONG, b=HEADER + "q,a,x,1\n")
    report = office.validate(upload, STRICT)
    assert (report.verdict, report.table, report.content, report.rows_accepted) == ("rejected", None, None, 0)
    letter = office.letter(upload)
    assert b"Rejected" in letter["report.html"]
    lines = letter["errors.csv"].decode("utf-8-sig").splitlines()
    assert lines[0] == "file,line,column,value,rule,problem,fix,suggestion"
    assert sorted(line[:12] for line in lines[1:]) == ["a.csv,10,que", "b.csv,2,year"]


def test_a_rejection_closes_the_upload_in_the_ledger_once(office: Office) -> None:
    upload = office.land(a=ONE_WRONG)
    report = office.validate(upload, STRICT)
    office.validate(upload, STRICT)
    assert office.kinds() == [TAKEN, REJECTED]
    settled = intake(office.ledger.entries()).settled
    assert settled is not None
    assert settled.report == report.digest


def test_a_rejection_does_not_close_a_newer_upload(office: Office) -> None:
    old = office.land(a=ONE_WRONG)
    office.land(a=GOOD)
    office.validate(old, STRICT)
    assert office.kinds() == [TAKEN, TAKEN]


def test_wrong_rows_within_the_budget_are_left_out(office: Office) -> None:
    upload = office.land(a=ONE_WRONG)
    report = office.validate(upload, LENIENT)
    assert (report.verdict, report.rows_read, report.rows_accepted) == ("accepted", 9, 8)
    assert report.content == office.validate(office.land(a=GOOD), STRICT).content
    assert b"a.csv,10,question" in office.letter(upload)["errors.csv"]


def test_what_is_left_after_wrong_rows_must_still_keep_the_contract(office: Office) -> None:
    of = contract(FILLED, ENOUGH, row_error_budget_percent=50)
    report = office.validate(office.land(a=ONE_WRONG), of)
    assert report.verdict == "rejected"
    assert report.reasons == ("Without the wrong rows: the number of rows must be at least 9. It is 8.",)


def test_a_file_that_cannot_be_read_is_all_that_the_letter_speaks_of(office: Office) -> None:
    upload = office.land(a=ONE_WRONG, b=HEADER + 'q,"never closed,1,1\n')
    report = office.validate(upload, STRICT)
    assert [(error.file, error.line, error.rule) for error in report.errors] == [("b.csv", 2, "open_quote")]
    assert (report.rules, report.rows_read) == ((), 0)


def test_personal_values_appear_nowhere_in_the_letter(office: Office) -> None:
    of = contract(rule("unique"), columns=personal("question"))
    upload = office.land(a=HEADER + "Jane Doe,a,1,1\nJane Doe,b,x,1\nJane Doe,c,2,1\n")
    assert office.validate(upload, of).error_count == 3
    letter = office.letter(upload)
    repair = letter.pop("rows_to_repair.csv")
    assert repair.count(b"Jane") == 3, "the steward's own rows come back as they are"
    assert sorted(letter) == ["errors.csv", "report.html", "report.json"]
    assert all(b"Jane" not in page for page in letter.values())
    assert b"(masked)" in letter["errors.csv"]


def test_the_same_upload_and_contract_give_the_same_bytes(office: Office, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other")
    for text, of in ((ONE_WRONG, STRICT), (ONE_WRONG, LENIENT)):
        first, second = office.land(a=text), other.land(a=text)
        assert office.validate(first, of).to_json() == other.validate(second, of).to_json()
        assert office.letter(first) == other.letter(second)
        before = office.letter(first)
        office.validate(first, of)
        assert office.letter(first) == before


def test_what_an_earlier_contract_said_is_emptied(office: Office) -> None:
    upload = office.land(a=ONE_WRONG)
    office.validate(upload, STRICT)
    assert all(office.letter(upload).values())
    office.validate(upload, contract())
    stale = [name for name, data in office.letter(upload).items() if not data]
    assert stale == ["errors.csv", "rows_to_repair.csv"]


def test_landed_bytes_that_changed_are_never_read(office: Office) -> None:
    upload = office.land(a=GOOD)
    office.store.put(landed(upload, upload.files[0]), ONE_WRONG.encode())
    with pytest.raises(Tampered):
        office.validate(upload, STRICT)
    assert office.letter(upload) == {}


def test_an_upload_that_its_contract_cannot_judge_is_answered_and_closed(office: Office) -> None:
    upload = office.land(a=GOOD)
    broken: Rule = rule("matches", pattern="(")
    report = office.validate(upload, contract(broken))
    assert (report.verdict, report.table) == ("rejected", None)
    assert "Tell the owner of the contract" in report.reasons[0]
    assert b"could not be judged" in office.letter(upload)["report.html"]
    assert office.kinds() == [TAKEN, REJECTED]


def test_nothing_is_left_in_the_scratch_folder(office: Office) -> None:
    office.validate(office.land(a=GOOD), STRICT)
    office.validate(office.land(a=ONE_WRONG), contract(rule("matches", pattern="(")))
    assert list(office.scratch.iterdir()) == []


def test_a_confirmation_under_an_earlier_contract_is_none(office: Office) -> None:
    office.around = Surroundings(previous=Table(office.previous(GOOD), 8))
    upload = office.land(a=HEADER + "question 1,answer 1,1,1.5\n")
    office.take(upload, confirmed=True)
    assert office.validate(upload, LENIENT).verdict == "held"
    assert office.validate(upload, STRICT).verdict == "accepted"


def test_rows_to_repair_can_be_corrected_and_dropped_again_as_they_are(office: Office) -> None:
    bad = GOOD + ",answer,9,1\n" + 'last,"a, ""b""",1 200,=1+1\n'
    repair = office.letter_of(bad, STRICT)["rows_to_repair.csv"].decode("utf-8-sig")
    assert repair.splitlines()[1:3] == ['last,"a, ""b""",1 200,=1+1', ",answer,9,1.0"]
    mended = repair.replace(",answer,9", "found,answer,9").replace("1 200,=1+1", "1200,2")
    report = office.validate(office.land(a=mended), STRICT)
    assert (report.verdict, report.rows_accepted) == ("accepted", 10)


def test_an_upload_that_shrank_is_held_until_its_steward_confirms_it(office: Office) -> None:
    office.around = Surroundings(previous=Table(office.previous(GOOD), 8))
    upload = office.land(a=HEADER + "question 1,answer 1,1,1.5\n")
    held = office.validate(upload, STRICT)
    assert (held.verdict, held.table, held.rows_accepted) == ("held", None, 0)
    assert b"_CONFIRM" in office.letter(upload)["report.html"]
    assert office.kinds()[-2:] == [TAKEN, HELD]
    office.take(upload, confirmed=True)
    accepted = office.validate(upload, STRICT)
    assert (accepted.verdict, accepted.confirmed, accepted.rows_accepted) == ("accepted", True, 1)
    assert b"as you confirmed" in office.letter(upload)["report.html"]


def test_a_file_that_was_cut_off_while_it_was_copied_is_held(office: Office) -> None:
    rows = "".join(f"question {n},answer {n},{n},1.5\n" for n in range(1000))
    report = office.validate(office.land(a=(HEADER + rows)[: 4 * 4096]), LENIENT)
    assert report.verdict == "held"
    assert "the copy may have been interrupted" in report.reasons[0]


def test_a_file_name_that_names_a_person_is_masked_in_the_letter(office: Office) -> None:
    upload = office.land(**{"jane.roe@example.org": ONE_WRONG, "b": HEADER + 'q,"never closed,1,1\n'})
    office.validate(upload, STRICT)
    assert not any(b"jane.roe" in page for page in office.letter(upload).values())
    only = office.land(**{"jane.roe@example.org": ONE_WRONG})
    office.validate(only, STRICT)
    assert not any(b"jane.roe" in page for page in office.letter(only).values())


def test_files_of_a_stranger_are_quarantined_unread(office: Office) -> None:
    upload = Upload(
        source="rules", files=(), left=(LeftFile(name="a.csv", code="wrong_steward", found="mallory"),)
    )
    office.take(upload)
    report = office.validate(upload, STRICT)
    assert (report.verdict, report.rows_read) == ("quarantined", 0)
    assert b"mallory" in office.letter(upload)["report.html"]
    assert office.kinds() == [TAKEN, REJECTED]


def test_rows_are_not_accepted_against_an_independent_opinion(office: Office) -> None:
    office.auditor = MemoryAuditor("An independent check disagrees: there are 7 rows, not 8.")
    report = office.validate(office.land(a=GOOD), STRICT)
    assert (report.verdict, report.table) == ("rejected", None)
    assert report.reasons == office.auditor.reasons


def test_the_report_describes_the_rows_and_what_changed(office: Office) -> None:
    office.around = Surroundings(previous=Table(office.previous(GOOD), 8))
    report = office.validate(office.land(a=GOOD + "one more,answer,9,1\n"), STRICT)
    assert report.profile is not None
    assert report.profile.rows == 9
    assert report.changes is not None
    assert (report.changes.same, report.changes.added, report.changes.removed) == (8, 1, 0)

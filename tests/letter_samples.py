"""Letters of every kind, of a small tax desk, for tests of the page and for looking at it."""

from __future__ import annotations

from typing import Any

from pipelines.core.letter import Letter, letter_of
from pipelines.core.outcome import TrainingOutcome
from pipelines.core.profile import LENGTH_EDGES, Categories, Category, Changes, Lengths, Profile
from pipelines.core.repair import Repair
from pipelines.core.report import RowError, RuleOutcome, ValidationReport


def _profile(rows: int, questions: tuple[int, ...], answers: tuple[int, ...], **groups: int) -> Profile:
    """Counts by LENGTH_EDGES, of which the last ones are 0; `groups` are the rows of each category."""
    lengths = tuple(
        Lengths(column=column, counts=counts + (0,) * (len(LENGTH_EDGES) - len(counts)))
        for column, counts in (("question", questions), ("answer", answers))
    )
    largest = tuple(Category(name=name.replace("_", " "), rows=count) for name, count in groups.items())
    return Profile(rows=rows, lengths=lengths, categories=(Categories(column="category", largest=largest),))


BEFORE = _profile(
    1180,
    (0, 0, 0, 120, 610, 400, 50),
    (0, 0, 30, 90, 240, 420, 300, 90, 10),
    income_tax=480,
    VAT=390,
    payroll=230,
    property=80,
)
NOW = _profile(
    1240,
    (0, 0, 4, 180, 596, 405, 55),
    (0, 0, 22, 81, 230, 460, 330, 105, 12),
    income_tax=560,
    VAT=410,
    payroll=262,
    customs_duties=8,
)
CHANGES = Changes(same=1089, added=96, removed=36, updated=55, lost_categories=("property",))


def a_report(**changes: Any) -> ValidationReport:
    values: dict[str, Any] = {
        "source": "tax_rules",
        "upload": "7c9e04b1d2aa" + "0" * 52,
        "contract": "c0" * 32,
        "contract_version": "1.3.0",
        "verdict": "accepted",
        "reasons": (),
        "rows_read": 1240,
        "rows_accepted": 1240,
        "rules": (),
        "errors": (),
        "error_count": 0,
        "profile": NOW,
        "previous": BEFORE,
        "changes": CHANGES,
    }
    return ValidationReport(**values | changes)


def a_place(line: int | None, value: str | None, **changes: Any) -> RowError:
    values: dict[str, Any] = {
        "file": "rules-2026.csv",
        "line": line,
        "column": "amount",
        "value": value,
        "rule": "type",
        "problem": "the value is not a number",
        "fix": "Write a number such as 1200 or 0.5, without separators or units.",
    }
    return RowError(**values | changes)


def an_outcome(rule: str, text: str, violations: int, **changes: Any) -> RuleOutcome:
    values: dict[str, Any] = {
        "rule": rule,
        "text": text,
        "severity": "critical",
        "column": None,
        "checked": 1240,
        "violations": violations,
        "passed": False,
    }
    return RuleOutcome(**values | changes)


def accepted() -> Letter:
    outcome = TrainingOutcome(
        model="tax_desk",
        verdict="PASS",
        version=4,
        sentence="It answers 96 of 100 questions of the golden set; the version before answered 88.",
    )
    notes = ("rules-2026.csv: the column “internal note” is not in the contract and was ignored.",)
    return letter_of(a_report(notes=notes), [outcome])


def left_out() -> Letter:
    text = "category must be one of income tax, VAT, payroll, property, customs duties"
    places = [
        a_place(
            line,
            value,
            column="category",
            rule="category.known",
            problem=text,
            fix="Use one of the listed values, spelt exactly so.",
            suggestion=meant,
        )
        for line, value, meant in (
            (18, "Vat", "VAT"),
            (233, "income  tax", "income tax"),
            (234, "incometax", "income tax"),
            (871, "miscellaneous", None),
        )
    ]
    like = "answer should say something of its own"
    places.append(
        a_place(
            990,
            "See above.",
            column="answer",
            rule="answer.substantial",
            problem=like,
            fix="Write the answer in full.",
            severity="warning",
        )
    )
    report = a_report(
        rows_accepted=1236,
        error_count=5,
        errors=tuple(places),
        rules=(
            an_outcome("category.known", text, 4),
            an_outcome("answer.substantial", like, 1, severity="warning"),
        ),
        reasons=("4 of 1,240 rows were left out.", f"Note: {like}, and 1 of 1,240 rows break this."),
    )
    pending = TrainingOutcome(model="tax_desk", verdict="pending", sentence="The run started at 9:40.")
    return letter_of(report, [pending], Repair(format="csv", wrong=4, rows=1240, complete=True))


def held() -> Letter:
    report = a_report(
        verdict="held",
        rows_accepted=0,
        rows_read=512,
        reasons=(
            "The upload has 512 rows and the last accepted one had 1,180: 57 % fewer.",
            "The category “property” is gone.",
        ),
        profile=NOW.model_copy(update={"rows": 512}),
        changes=Changes(same=470, added=42, removed=668, updated=0, lost_categories=("property",)),
    )
    return letter_of(report)


def rejected() -> Letter:
    money = [a_place(line, f"{line * 7:,} USD", suggestion=str(line * 7)) for line in range(300, 340)]
    missing = "question must be filled in"
    empty = [
        a_place(
            line, None, column="question", rule="question.required", problem=missing, fix="Fill in the value."
        )
        for line in (5, 6, 90, 412)
    ]
    answer = "answer must be filled in"
    both = [
        error.model_copy(update={"rule": "answer.required", "problem": answer, "column": "answer"})
        for error in empty
    ]
    few = "a source must hold at least 2,000 rows"
    whole = a_place(None, None, column=None, file="(the whole upload)", rule="rows.enough", problem=few)
    whole = whole.model_copy(update={"fix": "Upload the complete source."})
    report = a_report(
        verdict="rejected",
        rows_accepted=0,
        error_count=49,
        reasons=("44 of 1,240 rows are wrong, and 1 % are allowed.", f"{few}, and it is 1,240."),
        errors=(*money, *empty, *both, whole),
        rules=(
            an_outcome("type", "every value must be of its column's type", 40),
            an_outcome("question.required", missing, 4, column="question"),
            an_outcome("answer.required", answer, 4, column="answer"),
            an_outcome("rows.enough", few, 0),
        ),
    )
    return letter_of(report, (), Repair(format="csv", wrong=44, rows=1240, complete=True))


def quarantined() -> Letter:
    report = a_report(
        verdict="quarantined",
        rows_read=0,
        rows_accepted=0,
        profile=None,
        previous=None,
        changes=None,
        reasons=(
            "rules-2026.csv was dropped by “mallory”, and the contract takes files of steward.tax only.",
        ),
    )
    return letter_of(report)


LETTERS = {
    "accepted": accepted,
    "left_out": left_out,
    "held": held,
    "rejected": rejected,
    "quarantined": quarantined,
}

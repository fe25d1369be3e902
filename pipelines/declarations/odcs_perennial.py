"""The checks of this product under `quality`: what a schema cannot say about language data.

Written as `{type: custom, engine: perennial, implementation: {check: ..., ...}}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from pipelines.core.contract import Check, Rule
from pipelines.declarations.document import Field, Said
from pipelines.declarations.fields import number, whole
from pipelines.declarations.odcs_entry import Entry
from pipelines.declarations.odcs_operator import mostly, operator_of
from pipelines.declarations.odcs_subject import refuse_unknown

LONGEST_TERM = 200
KINDS = ("email", "credit_card", "iban", "ip_address", "us_ssn", "phone")


class Wanted(NamedTuple):
    """What an argument must be: the rule in words, an example, the test."""

    rule: str
    example: str
    holds: Callable[[Any], bool]


class Argument(NamedTuple):
    """An argument and the field of a Rule that it fills. `default` None means that it stays out."""

    field: str
    wanted: Wanted
    default: tuple[str, ...] | None = None


class Kind(NamedTuple):
    """A check: where it may stand, its arguments, those of which one must be written."""

    place: Literal["column", "table", "either"]
    arguments: Mapping[str, Argument]
    needs: tuple[str, ...] = ()


def _texts(value: object) -> bool:
    listed = value if isinstance(value, list) else []
    sound = all(isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_TERM for text in listed)
    return bool(listed) and sound and len(set(listed)) == len(listed)


def _language(code: object) -> bool:
    return isinstance(code, str) and len(code) == 2 and code.isascii() and code.islower()


SHARE = Wanted("is above 0 and at most 1", "0.8", lambda value: number(value) and 0 < value <= 1)
PERCENT = Wanted("is from 0 to 100", "40", lambda value: number(value) and 0 <= value <= 100)
COUNT = Wanted("is a whole number, 0 or more", "20", lambda value: whole(value) and 0 <= value <= 2**53)
TEXTS = Wanted("lists texts, each once", "[one, two]", _texts)
LANGUAGES = Wanted(
    "lists languages by their two letters",
    "[en, de]",
    lambda value: _texts(value) and all(map(_language, value)),
)
PERSONAL = Wanted(
    f"lists some of {', '.join(KINDS)}",
    "[email, phone]",
    lambda value: _texts(value) and set(value) <= set(KINDS),
)
CHECKS: Mapping[Check, Kind] = {
    "near_unique": Kind("either", {"similarity": Argument("minimum", SHARE)}),
    "one_answer": Kind("table", {}),
    "substantial": Kind(
        "either", {"minLength": Argument("minimum", COUNT), "boilerplate": Argument("values", TEXTS)}
    ),
    "language": Kind("either", {"languages": Argument("values", LANGUAGES)}, ("languages",)),
    "tokens_between": Kind(
        "either",
        {"minimum": Argument("minimum", COUNT), "maximum": Argument("maximum", COUNT)},
    ),
    "no_personal_data": Kind("either", {"kinds": Argument("values", PERSONAL, KINDS)}),
    "no_secrets": Kind("either", {}),
    "no_terms": Kind("either", {"terms": Argument("values", TEXTS)}, ("terms",)),
    "no_golden": Kind("table", {}),
    "teacher_share": Kind("table", {"maximumPercent": Argument("maximum", PERCENT)}, ("maximumPercent",)),
    "category_share": Kind(
        "column",
        {
            "maximumPercent": Argument("maximum", PERCENT),
            "required": Argument("values", TEXTS),
            "minimumPercent": Argument("minimum", PERCENT),
        },
        ("maximumPercent", "required"),
    ),
}
OF_UPLOADS = ("teacher_share", "category_share")
THRESHOLD = ("mustBe", "mustBeLessThan", "mustBeLessOrEqualTo", "unit")


def perennial_rules(entry: Entry, written: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rule of an entry; none after its problems were kept."""
    check: Any = written.get("check")
    if not isinstance(check, str) or check not in CHECKS:
        remedy = f"Write one of: {', '.join(CHECKS)}."
        entry.problem(("implementation", "check"), "is a check of this product", check, remedy)
        return ()
    name: Check = check  # type: ignore[assignment]
    kind = CHECKS[name]
    shares = () if check in OF_UPLOADS else THRESHOLD
    field = (*entry.field, "implementation")
    known = ("check", *kind.arguments, *shares)
    if not _stands_right(entry, check, kind) or not refuse_unknown(
        entry.subject.document, field, written, known
    ):
        return ()
    filled = _arguments(entry, kind, written)
    share = _mostly(entry, written)
    if filled is None or share is None:
        return ()
    return (entry.rule(name, check, mostly=share, **filled),)


def _stands_right(entry: Entry, check: str, kind: Kind) -> bool:
    """Whether a check stands at what it is about, a column of texts where it reads them."""
    field: Field = ("implementation", "check")
    table = entry.subject.column is None
    if kind.place == "column" and table:
        entry.problem(field, "is about a column", check, "Move the rule below its column.")
    elif kind.place == "table" and not table:
        entry.problem(field, "is about whole rows", check, "Move it to the `quality` of the table.")
    elif not table and entry.subject.type != "string":
        found = Said(f"a column of type {entry.subject.type}")
        entry.problem(field, "is a check for string columns", found, "Remove it, or change `logicalType`.")
    else:
        return True
    return False


def _arguments(entry: Entry, kind: Kind, written: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments as fields of a Rule; None after their problems were kept."""
    if kind.needs and not any(name in written for name in kind.needs):
        listed = " or ".join(f"`{name}`" for name in kind.needs)
        example = kind.arguments[kind.needs[0]].wanted.example
        remedy = f"Add it, such as `{kind.needs[0]}: {example}`."
        entry.problem(("implementation",), f"says {listed}", Said("nothing"), remedy)
        return None
    filled: dict[str, Any] = {}
    sound = True
    for name, argument in kind.arguments.items():
        value = written.get(name, argument.default)
        if name in written and not argument.wanted.holds(value):
            remedy = f"Write it like `{name}: {argument.wanted.example}`."
            entry.problem(("implementation", name), argument.wanted.rule, value, remedy)
            sound = False
        elif value is not None:
            filled[argument.field] = tuple(value) if isinstance(value, list | tuple) else float(value)
    return filled if sound and _ordered(entry, filled) and _complete(entry, written) else None


def _ordered(entry: Entry, filled: Mapping[str, Any]) -> bool:
    if "minimum" in filled and "maximum" in filled and filled["minimum"] > filled["maximum"]:
        rule = "has a lower bound that is not above the upper one"
        entry.problem(("implementation",), rule, Said("the reverse"), "Swap the two.")
        return False
    return True


def _complete(entry: Entry, written: Mapping[str, Any]) -> bool:
    if "minimumPercent" in written and "required" not in written:
        remedy = "Add `required:` with the values that must reach it."
        entry.problem(("implementation", "minimumPercent"), "is about `required`", Said("none"), remedy)
        return False
    return True


def _mostly(entry: Entry, written: Mapping[str, Any]) -> float | None:
    """The share of rows, 0..1, that must keep the rule: all of them where no threshold is written."""
    threshold = Entry(entry.subject, (*entry.field, "implementation"), written)
    operators = [name for name in THRESHOLD if name in written and name != "unit"]
    if not operators:
        return 1.0
    if len(operators) > 1:
        remedy = "Write one, such as `mustBeLessThan: 5` with `unit: percent`."
        threshold.problem((operators[1],), "is the only threshold", written[operators[1]], remedy)
        return None
    operator = operator_of(threshold)
    return None if operator is None else mostly(threshold, operator)

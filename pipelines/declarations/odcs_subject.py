"""What a rule of a contract is about: one column, or the whole upload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import Check, ColumnType, Rule, Severity
from pipelines.declarations.document import Document, Field, Said
from pipelines.declarations.fields import instead, number, whole
from pipelines.declarations.odcs_rule import Form, worded
from pipelines.declarations.patterns import demand_re2

LARGEST = 2**53
TYPES: Mapping[str, tuple[ColumnType, ...]] = {
    "length_between": ("string",),
    "matches": ("string",),
    "not_matches": ("string",),
    "value_between": ("number", "integer"),
}
WORDS: Mapping[ColumnType, str] = {
    "string": "text, as its column",
    "number": "a number, as its column",
    "integer": "a whole number, as its column",
}


class Subject(NamedTuple):
    """A column, or the upload when `column` is None; then `columns` are the names of all."""

    document: Document
    column: str | None = None
    type: ColumnType = "string"
    required: bool = False
    form: Form = Form()
    columns: tuple[str, ...] = ()

    def rule(
        self, id_: str, check: Check, *, said: str | None = None, severity: Severity = "critical", **more: Any
    ) -> Rule:
        """A rule about this, with its sentences."""
        rule = Rule(id=id_, check=check, severity=severity, column=self.column, **more)
        return worded(rule, said, self.form)

    def fits(self, check: Check, field: Field) -> bool:
        """Whether the column is of a type that this check can be made on."""
        types = TYPES.get(check, (self.type,))
        if self.type not in types:
            rule, remedy = (
                f"is a check for {' and '.join(types)} columns",
                "Remove it, or change `logicalType`.",
            )
            self.document.problem(field, rule, Said(f"a column of type {self.type}"), remedy)
        return self.type in types

    def values(self, values: object, field: Field) -> tuple[str | float | int, ...] | None:
        """The listed values, each of the column's type."""
        if not isinstance(values, list) or not values:
            self.document.problem(
                field, "lists at least one value", values, "Write a list, such as [en, de]."
            )
            return None
        wrong = [place for place, value in enumerate(values) if not self._typed(value)]
        for place in wrong:
            remedy = "Put it in quotes." if self.type == "string" else "Write a number without quotes."
            self.document.problem((*field, place), f"is {WORDS[self.type]}", values[place], remedy)
        return None if wrong else tuple(values)

    def _typed(self, value: object) -> bool:
        if self.type == "string":
            return isinstance(value, str)
        return number(value) if self.type == "number" else whole(value)

    def bounded(
        self, options: Mapping[str, Any], least: str, most: str, field: Field, *, counts: bool = False
    ) -> dict[str, Any] | None:
        """The bounds written as `least` and `most` among the options, as fields of a Rule."""
        written = {
            name: options[key] for name, key in (("minimum", least), ("maximum", most)) if key in options
        }
        keys = {"minimum": least, "maximum": most}
        for name, value in written.items():
            sound = number(value) and abs(value) <= LARGEST
            if not sound or (counts and not (float(value).is_integer() and value >= 0)):
                rule = "is a whole number, 0 or more" if counts else "is a number"
                self.document.problem((*field, keys[name]), rule, value, "Write a number without quotes.")
                return None
        if not written:
            remedy = f"Write `{least}`, `{most}` or both."
            self.document.problem(field, "has a bound", Said("none"), remedy)
            return None
        if len(written) == 2 and written["minimum"] > written["maximum"]:
            rule = f"is at least {written['minimum']}, the lower bound"
            self.document.problem((*field, most), rule, written["maximum"], "Swap the two.")
            return None
        return {name: float(value) for name, value in written.items()}

    def pattern(self, pattern: object, field: Field) -> str | None:
        """A regular expression that can be used."""
        remedy = "Write it in single quotes, such as '^[A-Z]{3}$'."
        if not isinstance(pattern, str) or not pattern:
            self.document.problem(field, "is a regular expression", pattern, remedy)
            return None
        unfit = demand_re2(pattern)
        if unfit is not None:
            rule = "is a regular expression that can be checked quickly on every text"
            self.document.problem(field, rule, Said(f"{unfit} in `{pattern}`"), remedy)
            return None
        return pattern


def refuse_unknown(document: Document, field: Field, keys: Mapping[str, Any], known: tuple[str, ...]) -> bool:
    """Keep a problem for each key that nothing would check; whether there was none."""
    unknown = [key for key in keys if key not in known]
    for key in unknown:
        rule = "is a field that can be honoured"
        document.problem((*field, key), rule, Said(f"`{key}`"), instead(key, known))
    return not unknown

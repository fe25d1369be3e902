"""One enforceable rule, with the sentence and the mending that its steward reads."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.core.contract import Check, Rule

MOST_LISTED = 12
PROMISES: Mapping[Check, str] = {
    "not_null": "`{column}` must be filled in.",
    "unique": "`{column}` must be different on every row.",
    "length_between": "`{column}` must have {span} characters.",
    "value_between": "`{column}` must be {span}.",
    "matches": "`{column}` must have the form {pattern}",
    "not_matches": "`{column}` must not hold anything of the form {pattern}",
    "in_set": "`{column}` must be one of: {values}.",
    "not_in_set": "`{column}` must be none of: {values}.",
    "row_count": "The upload must have {span} rows.",
}
FIXES: Mapping[Check, str] = {
    "not_null": "Fill in `{column}`.",
    "unique": "Remove the repeated row, or give it a `{column}` of its own.",
    "length_between": "Write {span} characters.",
    "value_between": "Write a number that is {span}.",
    "matches": "Write it in the form {pattern}",
    "not_matches": "Take out what has the form {pattern}",
    "in_set": "Write exactly one of: {values}.",
    "not_in_set": "Write the real value in its place.",
    "row_count": "Upload the whole source: {span} rows.",
}
SHOWN: tuple[Check, ...] = ("not_null", "length_between", "value_between", "not_in_set")
ROWS_SOME = Rule(
    id="rows.some",
    check="row_count",
    severity="critical",
    minimum=1,
    text="The upload must have at least one row.",
    fix="Upload files that hold the rows of the source.",
)


def worded(rule: Rule, said: str | None, examples: tuple[str, ...] = ()) -> Rule:
    """The rule with `text` and `fix` filled in. `said` is the contract's own sentence, `examples` are values
    of the right form."""
    text = said.strip() if said and said.strip() else _text(rule)
    return rule.model_copy(update={"text": text, "fix": _fix(rule, examples)})


def _text(rule: Rule) -> str:
    promise = _filled(PROMISES[rule.check], rule)
    if rule.mostly >= 1:
        return promise
    return f"On at least {_plain(rule.mostly * 100)} percent of the rows, {promise}"


def _fix(rule: Rule, examples: tuple[str, ...]) -> str:
    like = " or ".join(examples[:2])
    if rule.check == "matches" and like:
        return f"Write it like {like}."
    return _filled(FIXES[rule.check], rule) + (f" Examples: {like}." if like and rule.check in SHOWN else "")


def _filled(template: str, rule: Rule) -> str:
    return template.format(column=rule.column, span=span(rule), pattern=rule.pattern, values=_listed(rule))


def span(rule: Rule) -> str:
    """Bounds in words: exactly, between, at least or at most."""
    if rule.minimum is None:
        return f"at most {_plain(rule.maximum)}"
    if rule.maximum is None:
        return f"at least {_plain(rule.minimum)}"
    if rule.minimum == rule.maximum:
        return f"exactly {_plain(rule.minimum)}"
    return f"between {_plain(rule.minimum)} and {_plain(rule.maximum)}"


def _plain(number: float | None) -> str:
    """A number without exponent and trailing zeros, to six places."""
    return f"{number or 0:.6f}".rstrip("0").rstrip(".")


def _listed(rule: Rule) -> str:
    values = [str(value) if str(value).strip() else "empty text" for value in rule.values]
    more = f" and {len(values) - MOST_LISTED} more" if len(values) > MOST_LISTED else ""
    return ", ".join(values[:MOST_LISTED]) + more

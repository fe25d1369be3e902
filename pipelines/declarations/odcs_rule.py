"""One enforceable rule, with the sentence and the mending that its steward reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.core.contract import Check, Rule

MOST_NAMED = 12
# How far the next number that a computer knows lies from a plain one, as a share of it.
NEIGHBOUR = 1e-12
PROMISES: Mapping[Check, str] = {
    "not_null": "`{column}` must be filled in.",
    "unique": "`{column}` must be different on every row.",
    "length_between": "`{column}` must have {span} characters.",
    "value_between": "`{column}` must be {span}.",
    "matches": "`{column}` must have the form {pattern}",
    "not_matches": "`{column}` must not hold anything of the form {pattern}",
    "in_set": "`{column}` must be one of: {values}.",
    "not_in_set": "`{column}` must be none of: {values}.",
    "near_unique": "No two rows may say almost the same{within}.",
    "one_answer": "The same question must have the same answer on every row.",
    "substantial": "{Place} must say something of its own.",
    "language": "{Place} must be written in {values}.",
    "tokens_between": "{Place} must have {span} tokens, the word pieces that a model reads.",
    "no_personal_data": "{Place} must hold no personal data such as {values}.",
    "no_secrets": "{Place} must hold no passwords, keys or other secrets.",
    "no_terms": "{Place} must not hold any of the words that the contract rules out.",
    "no_golden": "No row may repeat a question of the golden set, by which models are judged.",
    "row_count": "The upload must have {span} rows.",
    "sql": "The number that this rule works out must be {span}.",
    "duplicate_share": "Repeated values of `{column}` must be {span} percent of the rows.",
    "teacher_share": "Rows written by a teacher model must be {span} percent of the upload.",
    "category_share": "{shares}",
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
    "near_unique": "Keep one of the two rows, or say clearly how they differ.",
    "one_answer": "Decide which answer is right and write it on every row, or remove the others.",
    "substantial": "Write the real text, or remove the row.",
    "language": "Write it in {values}, or remove the row.",
    "tokens_between": "Make the text shorter or longer, or split the row in two.",
    "no_personal_data": "Remove it, or write what it stands for in its place, such as [name].",
    "no_secrets": "Remove it, and change that password or key wherever it is in use.",
    "no_terms": "Say it without that word, or remove the row.",
    "no_golden": "Remove the row: a model must not train on what it is judged by.",
    "row_count": "Upload the whole source: {span} rows.",
    "sql": "Look at what the rule describes, and correct the rows that it is about.",
    "duplicate_share": "Remove the repeated rows.",
    "teacher_share": "Add rows that people wrote, or remove some that a model wrote.",
    "category_share": "Add rows to the groups that are too small, or remove some from the largest.",
}
WORDS: Mapping[Check, Mapping[str, str]] = {
    "language": {
        "de": "German",
        "en": "English",
        "es": "Spanish",
        "fr": "French",
        "it": "Italian",
        "nl": "Dutch",
        "pl": "Polish",
        "pt": "Portuguese",
    },
    "no_personal_data": {
        "email": "e-mail addresses",
        "credit_card": "credit card numbers",
        "iban": "bank account numbers",
        "ip_address": "internet addresses",
        "us_ssn": "social security numbers",
        "phone": "phone numbers",
    },
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


class Form(NamedTuple):
    """How a column shows the right form of its values: examples, else a description."""

    examples: tuple[str, ...] = ()
    description: str = ""


def worded(rule: Rule, said: str | None, form: Form) -> Rule:
    """The rule with `text` and `fix` filled in. `said` is the contract's own sentence."""
    text = said.strip() if said and said.strip() else _text(rule, form)
    return rule.model_copy(update={"text": text, "fix": _fix(rule, form)})


def _text(rule: Rule, form: Form) -> str:
    promise = _filled(PROMISES[rule.check], rule)
    if rule.check == "tokens_between" and rule.minimum is rule.maximum is None:
        promise = _filled("{Place} must fit into what the model can read at once.", rule)
    elif rule.check == "matches" and form.examples:
        promise = f"`{rule.column}` must look like {_like(form)}."
    elif rule.check == "matches" and form.description:
        promise = f"`{rule.column}` must be what its description says: {_sentence(form.description)}"
    if rule.mostly >= 1:
        return promise
    return f"On at least {_plain(rule.mostly * 100)} percent of the rows, {promise}"


def _fix(rule: Rule, form: Form) -> str:
    if rule.check == "matches" and form.examples:
        return f"Write it like {_like(form)}."
    if rule.check == "matches" and form.description:
        return f"Write it as the column asks: {_sentence(form.description)}"
    shown = rule.check in SHOWN and form.examples
    return _filled(FIXES[rule.check], rule) + (f" Examples: {_like(form)}." if shown else "")


def _like(form: Form) -> str:
    return " or ".join(form.examples[:2])


def _sentence(description: str) -> str:
    text = " ".join(description.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _filled(template: str, rule: Rule) -> str:
    place = f"`{rule.column}`" if rule.column else "a row"
    return template.format(
        column=rule.column,
        within=f" in {place}" if rule.column else "",
        Place=place[0].upper() + place[1:],
        span=span(rule),
        pattern=rule.pattern,
        values=_listed(rule),
        shares=_shares(rule),
    )


def span(rule: Rule) -> str:
    """Bounds in words: exactly, between, at least, at most, more than or less than."""
    least, most = _bound(rule.minimum, upwards=True), _bound(rule.maximum, upwards=False)
    if least is None or most is None:
        return f"{most or least or ''}"
    if rule.minimum == rule.maximum:
        return f"exactly {_plain(rule.minimum)}"
    if least.startswith("at least") and most.startswith("at most"):
        return f"between {_plain(rule.minimum)} and {_plain(rule.maximum)}"
    return f"{least} and {most}"


def _bound(number: float | None, *, upwards: bool) -> str | None:
    """A bound in words. The neighbour of a plain number stands for that number, left out."""
    if number is None:
        return None
    plain = float(_plain(number))
    left_out = 0 < abs(number - plain) <= NEIGHBOUR * max(1.0, abs(plain))
    if upwards:
        return f"{'more than' if left_out else 'at least'} {_plain(number)}"
    return f"{'less than' if left_out else 'at most'} {_plain(number)}"


def _plain(number: float | None) -> str:
    """A number without exponent and trailing zeros, to six places."""
    return f"{number or 0:.6f}".rstrip("0").rstrip(".")


def _shares(rule: Rule) -> str:
    """The bounds of the groups in a column."""
    said = []
    if rule.maximum is not None:
        said.append(f"No `{rule.column}` may make up more than {_plain(rule.maximum)} percent of the rows.")
    if rule.values:
        least = f" on at least {_plain(rule.minimum)} percent of the rows" if rule.minimum else ""
        said.append(f"Each of these `{rule.column}` values must be there{least}: {_listed(rule)}.")
    return " ".join(said)


def _listed(rule: Rule) -> str:
    words = WORDS.get(rule.check, {})
    values = [
        words.get(str(value), str(value)) if str(value).strip() else "empty text" for value in rule.values
    ]
    more = f" and {len(values) - MOST_NAMED} more" if len(values) > MOST_NAMED else ""
    return ", ".join(values[:MOST_NAMED]) + more

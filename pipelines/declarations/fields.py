"""The fields of a declaration checked against a frozen value, each breach told in plain words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipelines.core.value import Name, Value
from pipelines.declarations.document import Document, Field, Said, spelled

V = TypeVar("V", bound=Value)

LARGEST_SEED = 2**32 - 1
# How alike two spellings are before one is proposed for the other, from 0 to 1.
ALIKE = 0.78
NAME = "is a name of lower-case letters, digits, `-` and `_` that begins with a letter"
WORDS = {
    "string_type": ("is text", "Write text; put what looks like a number or date in quotes."),
    "int_type": ("is a whole number", "Write a whole number without quotes."),
    "int_from_float": ("is a whole number", "Write a whole number without quotes."),
    "float_type": ("is a number", "Write a number without quotes, such as 0.05; 1e-4 is written 0.0001."),
    "bool_type": ("is true or false", "Write true or false."),
    "tuple_type": ("is a list", "Write a list, such as [one, two]."),
    "list_type": ("is a list", "Write a list, such as [one, two]."),
    "model_type": ("is a mapping of fields", "Write its fields below it, indented."),
    "dict_type": ("is a mapping of fields", "Write its fields below it, indented."),
}


class Limit(NamedTuple):
    """What a number or text must be besides its type."""

    rule: str
    holds: Callable[[Any], bool]


def at_least(least: int) -> Limit:
    return Limit(f"is at least {least}", lambda value: value >= least)


def above_zero() -> Limit:
    return Limit("is above 0", lambda value: value > 0)


def within(least: float, below: float, *, least_included: bool = True) -> Limit:
    """From `least` to below `below`."""
    if least_included:
        return Limit(f"is at least {least:g} and below {below:g}", lambda value: least <= value < below)
    return Limit(f"is above {least:g} and below {below:g}", lambda value: least < value < below)


def up_to(least: float, most: float) -> Limit:
    """From `least` to `most`, both included."""
    return Limit(f"is from {least:g} to {most:g}", lambda value: least <= value <= most)


def written() -> Limit:
    return Limit("is not blank", lambda value: bool(value.strip()))


def ascending_shares() -> Limit:
    """Shares of something between nothing and all of it, each larger than the one before."""
    return Limit(
        "lists shares above 0 and below 1, in ascending order",
        lambda value: all(low < high for low, high in pairwise([0, *value, 1])),
    )


def listed() -> Limit:
    """At least one entry, none twice, none blank."""
    return Limit(
        "lists at least one entry, each once",
        lambda value: len(value) == len(set(value)) > 0 and all(entry.strip() for entry in value),
    )


def read_fields(
    document: Document, type_: type[V], limits: Mapping[Field, Limit], *, named: str | None = None
) -> V | None:
    """The document as a value of `type_`, or None after its problems were kept.

    `named` is the name that the place of the file gives; the file may repeat it, but not change it.
    """
    data = dict(document.data)
    if named is not None:
        if not check_name(document, named):
            return None
        if data.get("name", named) != named:
            rule = f"is `{named}`, the name of its place"
            document.problem(("name",), rule, data["name"], "Remove it, or rename the file.")
        data["name"] = named
    try:
        value = type_.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        keep_breaches(document, type_, error)
        return None
    before = len(document.problems)
    for field, limit in limits.items():
        _check_limit(document, field, limit)
    return value if len(document.problems) == before else None


def check_name(document: Document, name: str) -> bool:
    """Whether the name that the place of a file gives can be used; keeps a problem otherwise."""
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        document.problem((), f"gives a name that {NAME}", name, "Rename the file or folder.")
        return False
    return True


def keep_breaches(
    document: Document, type_: type[BaseModel], error: ValidationError, below: Field = ()
) -> None:
    """Keep every breach that pydantic found in what stands at `below`, each at its line."""
    for breach in error.errors(include_url=False):
        field = breach["loc"]
        rule, found, remedy = _words(type_, field, breach["type"], breach["msg"], breach["input"])
        document.problem((*below, *field), rule, found, remedy)


def _words(type_: type[BaseModel], field: Field, kind: str, message: str, found: Any) -> tuple[str, Any, str]:
    leaf = str(field[-1]) if field else ""
    match kind:
        case "missing":
            return "is written", Said("nothing"), f"Add `{leaf}:`."
        case "extra_forbidden":
            return "is a known field", Said(f"`{leaf}`"), instead(leaf, _known(type_, field[:-1]))
        case "string_pattern_mismatch" if leaf == "sha256":
            return "is 64 hexadecimal digits", found, "Copy the digest of the folder, in quotes."
        case "string_pattern_mismatch":
            return NAME, found, "Write the name of a declared file or folder."
        case "literal_error":
            return message.replace("Input should be", "is").replace("'", "`"), found, "Write one of these."
    rule, remedy = WORDS.get(kind, (message, f"Repair `{spelled(field)}`."))
    return rule, found, remedy


def _known(type_: type[BaseModel], parents: Field) -> tuple[str, ...]:
    """The fields that stand beside an unknown one."""
    fields: Mapping[str, Any] = type_.model_json_schema()
    definitions = fields.get("$defs", {})
    for part in parents:
        fields = (
            fields.get("items", {}) if isinstance(part, int) else fields.get("properties", {}).get(part, {})
        )
        options = [fields, *fields.get("anyOf", [])]
        names = [option["$ref"].rsplit("/", 1)[1] for option in options if "$ref" in option]
        fields = definitions[names[0]] if names else fields
    return tuple(fields.get("properties", {}))


def instead(leaf: str, known: tuple[str, ...]) -> str:
    """The remedy for an unknown field: the known one that is spelled alike, or all of them."""
    close = get_close_matches(leaf, known, n=1, cutoff=ALIKE)
    if close:
        return f"Write `{close[0]}`, or remove it."
    return f"Remove it; known are {', '.join(known)}." if known else "Remove it."


def _check_limit(document: Document, field: Field, limit: Limit) -> None:
    value: Any = document.data
    for part in field:
        if not isinstance(value, Mapping) or value.get(part) is None:
            return
        value = value[part]
    check_value(document, field, limit, value)


def check_value(document: Document, field: Field, limit: Limit, value: object) -> None:
    """Keep a problem of a field whose value is beyond its limit."""
    if not limit.holds(value):
        document.problem(field, limit.rule, value, f"Write a value that {limit.rule}.")


def whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number; true and false are none."""
    return whole(value) or (isinstance(value, float) and math.isfinite(value))

"""Whether a contract is a document of the Open Data Contract Standard 3.x.

The standard's JSON schema comes first: it refuses unknown fields, which the standard's own models drop.
Both come from the package `open-data-contract-standard`, imported with `jsonschema` when a contract is read.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pipelines.declarations.document import Document, Field, Said
from pipelines.declarations.fields import keep_breaches

if TYPE_CHECKING:
    from jsonschema import Draft201909Validator
    from jsonschema.exceptions import ValidationError as SchemaError

COLUMN_DEPTH = len(("schema", 0, "properties", 0))
KINDS = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "a mapping of fields",
}


def check_standard(document: Document) -> bool:
    """Whether the document follows the standard; keeps a problem for every breach."""
    from open_data_contract_standard.model import OpenDataContractStandard

    untyped = _columns_without_type(document)
    found = (leaf for error in _validator().iter_errors(document.data) for leaf in _leaves(error))
    # The standard reads such a column as of every type at once.
    breaches = [breach for breach in found if _field(breach)[:COLUMN_DEPTH] not in untyped]
    unknown = [breach for breach in breaches if breach.validator == "unevaluatedProperties"]
    for breach in breaches:
        if breach not in unknown:
            _keep(document, breach)
    told = [_field(breach) for breach in breaches if breach not in unknown]
    for breach in unknown:
        # Fields of a part that is wrong in another way count as unevaluated too.
        here = _field(breach)
        if not any(field[: len(here)] == here for field in told):
            _keep(document, breach)
    if breaches or untyped:
        return False
    try:
        OpenDataContractStandard.model_validate(document.data)
    except ValidationError as error:
        keep_breaches(document, OpenDataContractStandard, error)
        return False
    return True


def _columns_without_type(document: Document) -> set[Field]:
    """The columns that say no `logicalType`; keeps a problem for each."""
    tables: Any = document.data.get("schema")
    columns = [
        (("schema", number, "properties", place), column)
        for number, table in enumerate(tables if isinstance(tables, list) else ())
        for place, column in enumerate(_listed(table, "properties"))
        if isinstance(column, dict) and "logicalType" not in column
    ]
    for field, _ in columns:
        remedy = "Add `logicalType: string`, number or integer."
        document.problem((*field, "logicalType"), "is written", Said("nothing"), remedy)
    return {field for field, _ in columns}


def _listed(table: object, name: str) -> list[Any]:
    found = table.get(name) if isinstance(table, dict) else None
    return found if isinstance(found, list) else []


@cache
def _validator() -> Draft201909Validator:
    from jsonschema import Draft201909Validator
    from open_data_contract_standard.model import OpenDataContractStandard

    schema = json.loads(OpenDataContractStandard.json_schema())  # type: ignore[no-untyped-call]
    return Draft201909Validator(schema, format_checker=Draft201909Validator.FORMAT_CHECKER)


def _leaves(error: SchemaError) -> list[SchemaError]:
    """What is wrong in the alternative that was meant, or the error itself."""
    if error.validator not in ("oneOf", "anyOf") or not error.context:
        return [error]
    kind = "object" if isinstance(error.instance, dict) else "array"
    meant = [
        inner
        for inner in error.context
        if inner.absolute_path != error.absolute_path
        or (inner.validator == "additionalProperties" and kind == "object")
    ]
    return [leaf for inner in meant for leaf in _leaves(inner)] or [error]


def _field(error: SchemaError) -> Field:
    return tuple(error.absolute_path)


def _keep(document: Document, error: SchemaError) -> None:
    field, instance, wanted = _field(error), _any(error.instance), _any(error.validator_value)
    match error.validator:
        case "required":
            missing = next(name for name in wanted if name not in instance)
            document.problem((*field, missing), "is written", Said("nothing"), f"Add `{missing}:`.")
        case "additionalProperties" | "unevaluatedProperties":
            for name in (name for name in instance if repr(name) in error.message):
                rule = "is a field of the standard"
                document.problem(
                    (*field, name), rule, Said(f"`{name}`"), "Repair its spelling, or remove it."
                )
        case "oneOf" if _operators(wanted):
            if isinstance(instance, dict):  # else its type is the problem, and kept as such
                _keep_operators(document, field, instance)
        case _:
            rule, remedy = _words(error)
            document.problem(field, rule, instance, remedy)


def _any(value: object) -> Any:
    """What the library may leave unset; the validators that are read here always set it."""
    return value


def _words(error: SchemaError) -> tuple[str, str]:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            kind = KINDS.get(str(wanted), str(wanted))
            hint = " Put what looks like a number, date or yes/no in quotes." if wanted == "string" else ""
            return f"is {kind}", f"Write {kind}.{hint}"
        case "enum":
            return f"is one of {', '.join(map(str, wanted))}", "Write one of these."
        case "minimum":
            return f"is at least {wanted}", f"Write {wanted} or more."
        case "minItems":
            return f"lists at least {wanted}", "Add the missing entries."
        case "maxItems":
            return f"lists at most {wanted}", "Remove entries."
        case "uniqueItems":
            return "lists every entry once", "Remove the repeated entry."
        case "pattern":
            return f"has the form {wanted}", "Use letters, digits, `-` and `_` only."
        case "format":
            return f"is a {wanted}", 'Write it like "2026-01-31", in quotes.'
    kinds = [
        KINDS.get(str(inner.validator_value)) for inner in error.context or () if inner.validator == "type"
    ]
    if kinds and all(kinds):
        return f"is {' or '.join(dict.fromkeys(filter(None, kinds)))}", "Write one of these."
    return "follows the standard", f"Repair it: {error.message[:120]}."


def _operators(alternatives: list[dict[str, Any]]) -> bool:
    return all(str(alternative.get("required", [""])[0]).startswith("must") for alternative in alternatives)


def _keep_operators(document: Document, field: Field, rule: dict[str, Any]) -> None:
    written = [name for name in rule if name.startswith("must")]
    found = Said(", ".join(f"`{name}: {rule[name]}`" for name in written) or "none")
    remedy = "Write one, such as `mustBe: 0` or `mustBeBetween: [100, 100000]`, with numbers."
    document.problem(field, "has exactly one operator", found, remedy)

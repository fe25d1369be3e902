"""The entries under `quality`: the standard's metrics, SQL, and custom checks of two engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.core.contract import Rule
from pipelines.declarations.document import Field, Said
from pipelines.declarations.odcs_custom import CUSTOM, custom_rules
from pipelines.declarations.odcs_entry import SEVERITIES, Entry
from pipelines.declarations.odcs_metric import LIBRARY, metric_rules
from pipelines.declarations.odcs_operator import NEGATED
from pipelines.declarations.odcs_sql import SQL, sql_rules
from pipelines.declarations.odcs_subject import Subject, refuse_unknown

COMPILERS: Mapping[str, tuple[tuple[str, ...], Callable[[Entry], tuple[Rule, ...]]]] = {
    "library": ((*LIBRARY, *NEGATED), metric_rules),
    "sql": ((*SQL, *NEGATED), sql_rules),
    "custom": (CUSTOM, custom_rules),
}
"""{type: the fields that can be honoured, what makes rules of them}. NEGATED is refused by name there."""


def quality_rules(subject: Subject, field: Field, data: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of one entry; none after its problems were kept."""
    entry = Entry(subject, field, data)
    kind = data.get("type", "library")
    if kind == "text":
        found = Said(f"a sentence cannot be checked: {data.get('description') or 'nothing is written'}")
        remedy = "Write it as a metric, an SQL query or a check, or move the sentence to a `description`."
        entry.problem(("type",), "is a rule that can be checked", found, remedy)
        return ()
    if data.get("severity") not in SEVERITIES:
        remedy = "Write one of these, or leave it out for error."
        entry.problem(("severity",), "is error, warning or info", data["severity"], remedy)
        return ()
    known, compiled = COMPILERS[kind]
    if not refuse_unknown(subject.document, field, data, known):
        return ()
    return compiled(entry)

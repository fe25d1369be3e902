"""No personal data: no text holds what belongs to a person."""

from __future__ import annotations

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import refuse
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.personal_data import KINDS, SUSPICIOUS, personal_data_in
from pipelines.integrations.spans import apart
from pipelines.integrations.text_checks.judged_texts import judge_texts, kinds_said


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags rows with personal data of the kinds in `rule.values` (all when there are none) in `rule.column`,
    or in any column of texts. Notes name the kind alone.
    """
    named = {str(value) for value in rule.values} or set(KINDS)
    unknown = named - set(KINDS)
    if unknown:
        refuse(rule, ", ".join(sorted(unknown)), f"kinds out of {', '.join(KINDS)}")
    kinds = {KINDS[kind][0] for kind in named}

    def judge(text: str) -> str | None:
        found = apart(personal_data_in(text))
        return kinds_said([span.kind for span in found if span.kind in kinds])

    return judge_texts(table, rule, contract, judge, SUSPICIOUS)

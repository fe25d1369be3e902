"""No personal data: no text holds what belongs to a person."""

from __future__ import annotations

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import refuse
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.personal_data import KINDS, SUSPICIOUS, personal_data_in
from pipelines.integrations.text_checks.judged_texts import judge_texts, kinds_said


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags rows with personal data of the kinds in `rule.values` (all when there are none) in `rule.column`,
    or in any column of texts. Notes name the kind alone.
    """
    kinds = [str(value) for value in rule.values] or list(KINDS)
    unknown = set(kinds) - set(KINDS)
    if unknown:
        refuse(rule, ", ".join(sorted(unknown)), f"kinds out of {', '.join(KINDS)}")

    def judge(text: str) -> str | None:
        return kinds_said([span.kind for span in personal_data_in(text, kinds)])

    return judge_texts(table, rule, contract, judge, SUSPICIOUS)

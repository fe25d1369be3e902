"""No secrets: no text holds a key, a token or a password."""

from __future__ import annotations

from pipelines.core.contract import Contract, Rule
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.secrets_in_text import SUSPICIOUS, secrets_in
from pipelines.integrations.text_checks.judged_texts import judge_texts, kinds_said


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags rows with a secret in `rule.column`, or in any column of texts. Notes name the kind alone."""
    return judge_texts(table, rule, contract, _judge, SUSPICIOUS)


def _judge(text: str) -> str | None:
    return kinds_said([span.kind for span in secrets_in(text)])

"""Teacher share: how much of an upload no person wrote."""

from __future__ import annotations

import pyarrow.compute as pc

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import row_outcome, within
from pipelines.core.errors import DeclarationError
from pipelines.core.findings import Finding, Surroundings, Table, row_numbers
from pipelines.integrations.text_checks.columns import batches

HUMAN = "human"


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """The percentage of rows whose origin is not `human`, in any case, must lie within the rule's bounds.

    A missing origin counts as not human: nobody vouches for the row. Raises DeclarationError when the
    contract names no column of origins.
    """
    origin = contract.roles.origin
    if origin is None:
        raise DeclarationError(
            f"rule {rule.id}",
            "a rule of kind teacher_share needs a column that says who wrote a row",
            "no such column",
            "Name it as `origin` among the roles of the contract.",
        )
    human = sum(
        pc.sum(pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(batch.column(0))), HUMAN)).as_py() or 0
        for _, batch in batches(table.path, (origin,))
    )
    share = 100 * (table.rows - human) / table.rows if table.rows else 0.0
    outcome = row_outcome(rule, table.rows, 0)
    outcome = outcome.model_copy(update={"observed": share, "passed": within(rule, share)})
    return Finding(outcome, row_numbers())

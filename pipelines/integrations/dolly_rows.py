"""Rows with the keys of the Dolly dataset, mapped onto the contract's roles.

The format: https://huggingface.co/datasets/databricks/databricks-dolly-15k
"""

from typing import Any

from pipelines.core.contract import Contract
from pipelines.integrations.remarks import Remarks

_KEYS = frozenset(("instruction", "context", "response", "category"))


class DollyRows:
    """Turns a Dolly row of one file into a row of the contract's columns."""

    def __init__(self, contract: Contract, remarks: Remarks) -> None:
        columns = frozenset(column.name for column in contract.columns)
        self._roles = contract.roles
        self._remarks = remarks
        self._mapped = contract.roles.context is not None and columns.isdisjoint({"instruction", "response"})
        self._category = "category" in columns

    def fits(self, row: dict[str, Any]) -> bool:
        """Whether the row has exactly Dolly's keys and the contract has a column for each of its texts."""
        return self._mapped and row.keys() == _KEYS

    def mapped(self, row: dict[str, Any], line: int) -> dict[str, Any]:
        """The row by the contract's roles."""
        mapped = {
            self._roles.prompt: row["instruction"],
            self._roles.completion: row["response"],
            str(self._roles.context): row["context"],
        }
        if self._category:
            mapped["category"] = row["category"]
        else:
            self._remarks.ignored("`category`", line)
        return mapped

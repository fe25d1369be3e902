"""A checker for every kind of rule: columns in one scan, language data check by check."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import cast, get_args

import pyarrow as pa

from pipelines.core.contract import Contract, Rule, TextCheck
from pipelines.core.enforceable import SCANNED_CHECKS
from pipelines.core.findings import Finding, Findings, Surroundings, Table
from pipelines.ports import Checker

_CHECKS = "pipelines.integrations.text_checks"


class FullChecker:
    """Implements ports.Checker. `columns` answers the rules about values and numbers of rows; each of the
    others has a module of its name in `text_checks`, imported on first use: some load large libraries.
    """

    def __init__(self, columns: Checker) -> None:
        self._columns = columns

    def check(self, table: Table, contract: Contract, around: Surroundings) -> Findings:
        scanned = contract.with_rules(tuple(_scanned(contract.rules)))
        found = {f.outcome.rule: f for f in self._columns.check(table, scanned, around)}
        for rule in contract.rules:
            if rule.id not in found:
                found[rule.id] = _read(rule, table, contract, around)
        return tuple(found[rule.id] for rule in contract.rules)


def preload() -> None:
    """Import every check, with the library that the table format imports on its first use."""
    for check in get_args(TextCheck):
        import_module(f"{_CHECKS}.{check}")
    pa.array([0])


def _scanned(rules: Iterable[Rule]) -> Iterable[Rule]:
    return (rule for rule in rules if rule.check in SCANNED_CHECKS)


def _read(rule: Rule, table: Table, contract: Contract, around: Surroundings) -> Finding:
    module = import_module(f"{_CHECKS}.{rule.check}")
    return cast("Finding", module.check(table, rule, contract, around))

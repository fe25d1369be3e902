"""A checker in plain Python: the meaning of every rule in a few lines, without a heavy library."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import demand_enforceable, demand_typed, row_outcome, table_outcome, within
from pipelines.core.report import RuleOutcome

Breaks = Callable[[object], bool]


class RuleChecker:
    """Implements ports.Checker. A missing value breaks only `not_null`."""

    def check(
        self, rows: Sequence[Mapping[str, object]], contract: Contract
    ) -> tuple[tuple[RuleOutcome, tuple[int, ...]], ...]:
        """One (outcome, indices of the violating rows) a rule.

        Raises DeclarationError for a rule that cannot run, DataError for a value of another type.
        """
        demand_enforceable(contract)
        demand_typed(rows, contract)
        return tuple(_checked(rule, rows) for rule in contract.rules)


def _checked(rule: Rule, rows: Sequence[Mapping[str, object]]) -> tuple[RuleOutcome, tuple[int, ...]]:
    if rule.column is None:
        return table_outcome(rule, len(rows)), ()
    values = [row[rule.column] for row in rows]
    breaks = _breaks(rule, values)
    violating = tuple(index for index, value in enumerate(values) if breaks(value))
    return row_outcome(rule, len(rows), len(violating)), violating


def _breaks(rule: Rule, values: Sequence[object]) -> Breaks:
    """Whether a value breaks the rule. A value that is used twice breaks `unique` wherever it stands."""
    if rule.check == "not_null":
        return lambda value: value is None
    if rule.check == "unique":
        counts = Counter(values)
        broken: Breaks = lambda value: counts[value] > 1  # noqa: E731
    elif rule.check == "length_between":
        broken = lambda value: not within(rule, len(str(value)))  # noqa: E731
    elif rule.check == "value_between":
        broken = lambda value: isinstance(value, int | float) and not within(rule, value)  # noqa: E731
    elif rule.check in ("matches", "not_matches"):
        search, wanted = re.compile(rule.pattern or "").search, rule.check == "matches"
        broken = lambda value: bool(search(str(value))) != wanted  # noqa: E731
    else:
        listed, wanted = frozenset(rule.values), rule.check == "in_set"
        broken = lambda value: (value in listed) != wanted  # noqa: E731
    return lambda value: value is not None and broken(value)

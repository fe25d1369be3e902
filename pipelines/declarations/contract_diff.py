"""What changed between two versions of a contract, for whom it breaks, and the version that must say so.

Consumers are the models that train on a source, or are judged by it: a column that vanishes or changes, a
part that moves, a rule or a protection that weakens breaks them. Stewards are broken by what may refuse an
upload that used to pass. Both need a new major version; what only adds needs a minor one, words a patch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from pipelines.core.contract import Column, Contract, Rule

Kind = Literal["breaks consumers", "breaks stewards", "compatible", "wording"]
Bump = Literal["major", "minor", "patch", "none"]
BUMPS: Mapping[Kind, Bump] = {
    "breaks consumers": "major",
    "breaks stewards": "major",
    "compatible": "minor",
    "wording": "patch",
}
ORDER: tuple[Bump, ...] = ("none", "patch", "minor", "major")
SEVERITIES = ("info", "warning", "critical")
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


class Change(NamedTuple):
    """One change. `about` is the column, rule or field."""

    kind: Kind
    about: str
    text: str


class Comparison(NamedTuple):
    """All changes, the worst first; the bump that they need and the one that the versions carry, which is
    None where it cannot be told."""

    changes: tuple[Change, ...]
    needed: Bump
    carried: Bump | None

    @property
    def carries(self) -> bool:
        """Whether the new version says at least what changed."""
        return self.carried is not None and ORDER.index(self.carried) >= ORDER.index(self.needed)


def compare(old: Contract, new: Contract) -> Comparison:
    """The changes from `old` to `new`, two versions of one source's contract."""
    found = [*_columns(old, new), *_rules(old, new), *_roles(old, new), *_policy(old, new), *_words(old, new)]
    changes = tuple(sorted(found, key=lambda change: tuple(BUMPS).index(change.kind)))
    bumps: list[Bump] = ["none", *(BUMPS[change.kind] for change in changes)]
    return Comparison(changes, max(bumps, key=ORDER.index), _bump(old.version, new.version))


def _bump(old: str, new: str) -> Bump | None:
    """The first part of the version that grew; None for versions that are not like 1.4.0, or go back."""
    before, after = _VERSION.fullmatch(old), _VERSION.fullmatch(new)
    if before is None or after is None:
        return None
    parts: tuple[Bump, ...] = ("major", "minor", "patch")
    for part, lower, upper in zip(parts, map(int, before.groups()), map(int, after.groups()), strict=True):
        if lower != upper:
            return part if upper > lower else None
    return "none"


def _columns(old: Contract, new: Contract) -> Iterator[Change]:
    before = {column.name: column for column in old.columns}
    after = {column.name: column for column in new.columns}
    for name, column in before.items():
        if name in after:
            yield from _column(column, after[name])
        else:
            yield Change("breaks consumers", name, "the column is gone")
    for name in after:
        if name not in before:  # every file must have it, filled in or not
            yield Change("breaks stewards", name, "the column is new, and files must have it")


def _column(old: Column, new: Column) -> Iterator[Change]:
    if old.type != new.type:
        yield Change("breaks consumers", new.name, f"its type was {old.type} and is {new.type}")
    if old.personal and not new.personal:
        yield Change("breaks consumers", new.name, "its values are not masked any more")
    elif new.personal and not old.personal:
        yield Change("compatible", new.name, "its values are masked")
    if old.description != new.description:
        yield Change("wording", new.name, "its description changed")


def _rules(old: Contract, new: Contract) -> Iterator[Change]:
    """The rules of columns that both versions have: else the column itself is the change."""
    shared = {column.name for column in old.columns} & {column.name for column in new.columns} | {None}
    before = {(rule.id, rule.check): rule for rule in old.rules if rule.column in shared}
    after = {(rule.id, rule.check): rule for rule in new.rules if rule.column in shared}
    for key, rule in before.items():
        if key in after:
            yield from _rule(rule, after[key])
        else:
            yield _lost(rule)
    for key, rule in after.items():
        if key not in before:
            yield _gained(rule)


def _lost(rule: Rule) -> Change:
    kind: Kind = "breaks consumers" if rule.severity == "critical" else "compatible"
    return Change(kind, rule.id, f"the rule is gone: {rule.text}")


def _gained(rule: Rule) -> Change:
    kind: Kind = "breaks stewards" if rule.severity == "critical" else "compatible"
    return Change(kind, rule.id, f"the rule is new: {rule.text}")


def _rule(old: Rule, new: Rule) -> Iterator[Change]:
    """A rule that says something else may be looser, tighter or both."""
    critical = "critical" in (old.severity, new.severity)
    looser, tighter = _looser(old, new), _looser(new, old)
    told = f"it said: {old.text} It says: {new.text}" if old.text != new.text else "it judges differently"
    if looser:
        yield Change("breaks consumers" if critical else "compatible", new.id, f"the rule is looser; {told}")
    if tighter:
        yield Change("breaks stewards" if critical else "compatible", new.id, f"the rule is tighter; {told}")
    if not (looser or tighter) and (old.text, old.fix) != (new.text, new.fix):
        yield Change("wording", new.id, "its sentence changed")


def _looser(old: Rule, new: Rule) -> bool:
    """Whether `new` may let through what `old` did not. What cannot be compared counts as that."""
    return any(
        (
            SEVERITIES.index(new.severity) < SEVERITIES.index(old.severity),
            new.mostly < old.mostly,
            old.column != new.column or old.pattern != new.pattern or old.query != new.query,
            _wider(old, new),
            _other_values(old, new),
        )
    )


def _wider(old: Rule, new: Rule) -> bool:
    lower = _least(new.minimum) < _least(old.minimum)
    if new.check == "near_unique":  # the similarity from which texts are alike: a higher one finds less
        return _least(new.minimum) > _least(old.minimum)
    return lower or _most(new.maximum) > _most(old.maximum)


def _least(bound: float | None) -> float:
    return float("-inf") if bound is None else bound


def _most(bound: float | None) -> float:
    return float("inf") if bound is None else bound


def _other_values(old: Rule, new: Rule) -> bool:
    """Allowed values may not grow; forbidden and demanded ones may not shrink."""
    if new.check in ("in_set", "language"):
        return bool(set(new.values) - set(old.values))
    return bool(set(old.values) - set(new.values))


def _roles(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.roles.model_dump(), new.roles.model_dump()
    for part in before:
        if before[part] == after[part]:
            continue
        text = f"the part was played by {_named(before[part])} and is by {_named(after[part])}"
        yield Change("breaks consumers", f"roles.{part}", text)


def _named(column: str | tuple[str, ...] | None) -> str:
    return ", ".join(column) if isinstance(column, tuple) and column else str(column or "no column")


def _policy(old: Contract, new: Contract) -> Iterator[Change]:
    if old.purpose != new.purpose:
        yield Change("breaks consumers", "purpose", f"it was {old.purpose} and is {new.purpose}")
    if old.privacy != new.privacy:
        # Weaker, it protects less; stronger, models of a lower class may not train on it any more.
        yield Change("breaks consumers", "privacyClass", f"it was {old.privacy} and is {new.privacy}")
    before, after = old.row_error_budget_percent, new.row_error_budget_percent
    if before != after:
        kind: Kind = "breaks consumers" if after > before else "breaks stewards"
        yield Change(kind, "rowErrorBudgetPercent", f"it was {before:g} and is {after:g}")
    if set(old.uploaders) != set(new.uploaders):
        excluded = set(old.uploaders) - set(new.uploaders) or not old.uploaders
        kind = "breaks stewards" if new.uploaders and excluded else "compatible"
        yield Change(kind, "uploaders", "who may write files changed")
    if old.hold != new.hold:
        yield Change("compatible", "hold", "when an upload waits for a word of its steward changed")
    for name, differs in _plain(old, new):
        if differs:
            yield Change("compatible", name, "it changed")


def _plain(old: Contract, new: Contract) -> Iterator[tuple[str, bool]]:
    read: Mapping[str, Callable[[Contract], object]] = {
        "quietPeriodSeconds": lambda contract: contract.quiet_seconds,
        "edition": lambda contract: contract.edition,
        "team": lambda contract: contract.steward,
        "id": lambda contract: contract.id,
    }
    for name, of in read.items():
        yield name, of(old) != of(new)


def _words(old: Contract, new: Contract) -> Iterator[Change]:
    if old.description != new.description:
        yield Change("wording", "description", "it changed")

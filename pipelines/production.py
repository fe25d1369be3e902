"""The end of the line: what becomes of a decision, by people and in production."""

from __future__ import annotations

from datetime import datetime

from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.deployment import Deployment
from pipelines.core.errors import Refused, UsageError
from pipelines.core.intake import Accepted
from pipelines.core.review.note import question_of
from pipelines.ports import Pause, Progress
from pipelines.runtime import Runtime
from pipelines.stages.deploy import deploy, rollback
from pipelines.stages.letter import complete
from pipelines.stages.project import project
from pipelines.stages.promote import approve, promote, refuse


class Production:
    """The stages after the gate, which `Line` has beside all others. Each repeats safely."""

    def __init__(self, runtime: Runtime, say: Progress, pause: Pause) -> None:
        self.runtime, self._say, self._pause = runtime, say, pause

    def verdict(self, decision: str) -> GateDecision:
        return self.runtime.archive.fetch(GateDecision, decision)

    def question(self, decision: str) -> str | None:
        """What a person is asked before a passed decision is carried out, in Markdown; None where the
        candidate is in production or approved already."""
        judged = self.verdict(decision)
        if judged.candidate == judged.champion or self.runtime.standing(judged.model).approval_of(judged):
            return None
        return question_of(judged, self.runtime.model_registry.run_page(judged.model, decision))

    def promote(self, decision: str) -> int:
        """The version that is champion now."""
        subject = self.verdict(decision)
        candidate = self.runtime.archive.fetch(Candidate, subject.candidate)
        promotion = promote(subject, candidate, ledger=self.runtime.model_ledger(subject.model))
        self.reconcile(subject.model)
        self._tell_stewards(subject.model)
        return promotion.version

    def approve(self, decision: str, reason: str, *, by: str, at: datetime) -> None:
        """Keep a person's yes to a passed decision, given `at` that time."""
        judged = self.verdict(decision)
        ledger = self.runtime.model_ledger(judged.model)
        approve(judged, by=by, at=at, reason=reason, ledger=ledger)

    def refuse(self, decision: str, reason: str, *, by: str | None, at: datetime | None = None) -> None:
        """Keep a person's no to a passed decision, given `at` that time or now: it is never carried out."""
        judged = self.verdict(decision)
        ledger, given = self.runtime.model_ledger(judged.model), at or self.runtime.clock.now()
        refuse(judged, by=by, at=given, reason=reason, ledger=ledger)
        self._tell_stewards(judged.model)

    def deploy(self, model: str, version: int) -> Deployment:
        """Raises Refused when the server cannot prove the version; it is rolled back then."""
        try:
            return deploy(
                model,
                version,
                ledger=self.runtime.model_ledger(model),
                target=self.runtime.target,
                clock=self.runtime.clock,
                pause=self._pause,
            )
        except Refused:
            self.reconcile(model)
            self._tell_stewards(model)
            raise

    def rollback(self, model: str, version: int, reason: str) -> str:
        """Block a version; returns what is champion now, in words."""
        self.runtime.model(model)
        ledger = self.runtime.model_ledger(model)
        if version not in {p.version for p in self.runtime.standing(model).promotions}:
            raise UsageError(
                f"version {version} of {model}",
                "only a version that was promoted can be rolled back",
                "no such promotion in the ledger",
                "See perennial status for the version in production.",
            )
        rollback(model, version, reason, ledger=ledger)
        self.reconcile(model)
        self._tell_stewards(model)
        champion = self.runtime.standing(model).champion
        return f"{champion.served_as} is champion" if champion else f"{model} has no champion any more"

    def reconcile(self, model: str) -> tuple[str, ...]:
        """Heed vetoes, then make MLflow say what the ledger says; returns the repairs in words."""
        self.runtime.model(model)
        blocked = self.runtime.standing(model).blocked
        repairs = project(model, ledger=self.runtime.model_ledger(model), board=self.runtime.board)
        for repair in repairs:
            self._say(repair)
        if self.runtime.standing(model).blocked != blocked:
            self._tell_stewards(model)
        return repairs

    def _tell_stewards(self, model: str) -> None:
        """Complete the letters on the data that a model was made from and judged by, where nothing newer was
        said about it."""
        spec = self.runtime.model(model)
        current = self._current((*spec.sources, spec.golden))
        complete(
            {name: found for name, found in current.items() if self.runtime.intake(name).settled == found},
            {name: self.runtime.standing(name) for name in self.runtime.models},
            archive=self.runtime.archive,
            store=self.runtime.store,
            page=self.runtime.desk.letter_page,
        )

    def _current(self, sources: tuple[str, ...]) -> dict[str, Accepted]:
        found = ((source, self.runtime.intake(source).current) for source in sources)
        return {source: accepted for source, accepted in found if accepted}

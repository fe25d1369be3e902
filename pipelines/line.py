"""The line: every stage by its name, with its subject's digest in and its result's digest out.

Airflow tasks and the command line call the stages through here, so both do exactly the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Self, TypeVar

from pipelines.core.candidate import Candidate
from pipelines.core.contract import Contract
from pipelines.core.decision import GateDecision
from pipelines.core.deployment import Deployment
from pipelines.core.errors import DataError, Refused, UsageError
from pipelines.core.intake import Accepted
from pipelines.core.model_spec import ModelSpec
from pipelines.core.notice import Notice, notice_of
from pipelines.core.plan import Plan
from pipelines.core.report import ValidationReport
from pipelines.core.upload import Upload
from pipelines.ports import Pause, Progress
from pipelines.runtime import Runtime
from pipelines.stages.arrivals import await_arrivals
from pipelines.stages.baseline import baseline
from pipelines.stages.compose import compose
from pipelines.stages.deploy import deploy, rollback
from pipelines.stages.evaluate import evaluate
from pipelines.stages.gate import gate
from pipelines.stages.ingest import ingest, pending
from pipelines.stages.letter import Tell, announce, complete, outbox
from pipelines.stages.project import project, record
from pipelines.stages.promote import promote
from pipelines.stages.scoring import Scorer
from pipelines.stages.snapshot import snapshot
from pipelines.stages.train import Workshop, train
from pipelines.stages.validate import validate

T = TypeVar("T")


def _nobody(_: Notice) -> Sequence[str]:
    """Nobody is told: whoever wants to know looks into the outbox."""
    return ()


class Line:
    """Runs single stages. `say` gets one short line at a time about what is going on; `pause` passes
    the time while a stage waits for the world; `tell` sends word that a letter was written, and says how
    that went.
    """

    def __init__(
        self, runtime: Runtime, say: Progress, pause: Pause = time.sleep, tell: Tell = _nobody
    ) -> None:
        self.runtime, self._say, self._pause, self._tell = runtime, say, pause, tell

    @classmethod
    def from_environment(cls, say: Progress, tell: Tell = _nobody) -> Self:
        return cls(Runtime.from_environment(), say, tell=tell)

    def pending(self, source: str) -> str | None:
        """The fingerprint of a complete upload that has no answer yet."""
        listing = pending(
            self._contract(source),
            store=self.runtime.store,
            ledger=self.runtime.ingest_ledger(source),
            clock=self.runtime.clock,
        )
        return listing.fingerprint if listing else None

    def ingest(self, source: str) -> str | None:
        """The digest of an upload to validate, None when there is nothing new."""
        upload = ingest(
            self._contract(source),
            store=self.runtime.store,
            archive=self.runtime.archive,
            ledger=self.runtime.ingest_ledger(source),
            clock=self.runtime.clock,
            scratch=self.runtime.scratch,
        )
        return upload.digest if upload else None

    def validate(self, source: str, upload: str) -> str | None:
        """The digest of the report, None for an upload that is held until its steward confirms it.

        Raises DataError when it was rejected or quarantined, after the letter.
        """
        contract = self._contract(source)
        report = validate(
            self.runtime.archive.fetch(Upload, upload),
            contract=contract,
            store=self.runtime.store,
            archive=self.runtime.archive,
            ledger=self.runtime.ingest_ledger(source),
            desk=self.runtime.desk,
            neighbourhood=self.runtime.neighbourhood,
            scratch=self.runtime.scratch,
        )
        letter = f"{outbox(source, upload)}report.html"
        self._say(f"{report.verdict}: {' '.join(report.reasons)} The steward's letter is in {letter}.")
        notice = notice_of(report, to=contract.steward, link=letter)
        for sent in announce(notice, report.digest, archive=self.runtime.archive, tell=self._tell):
            self._say(sent)
        if report.verdict in ("rejected", "quarantined"):
            raise DataError(
                f"upload {upload[:12]} of {source}",
                "an upload must keep its contract",
                "; ".join(report.reasons),
                f"Nothing was trained. The steward's letter is in {letter}.",
            )
        return report.digest if report.verdict == "accepted" else None

    def snapshot(self, source: str, report: str) -> str:
        """The digest of the source's new current snapshot."""
        return snapshot(
            self.runtime.archive.fetch(ValidationReport, report),
            contract=self._contract(source),
            archive=self.runtime.archive,
            registry=self.runtime.data_registry,
            ledger=self.runtime.ingest_ledger(source),
            scratch=self.runtime.scratch,
        ).digest

    def compose(self, model: str) -> str | None:
        """The digest of the plan of a run, None when there is nothing to learn or to judge."""
        spec = self._model(model)
        sources = (*spec.sources, spec.golden)
        late = await_arrivals(
            {source: self.runtime.ingest_ledger(source) for source in sources},
            store=self.runtime.store,
            clock=self.runtime.clock,
            pause=self._pause,
        )
        if late:
            self._say(f"going on without the uploads that are still on their way: {', '.join(late)}")
        plan = self._composed(spec)
        return plan.digest if plan else None

    def baseline(self, plan: str) -> None:
        baseline(self._spec_of(plan), scorer=self._scorer(plan))

    def train(self, plan: str) -> str:
        """The digest of the candidate to judge."""
        workshop = Workshop(
            archive=self.runtime.archive,
            bases=self.runtime.bases,
            trainer=self.runtime.trainer,
            scratch=self.runtime.scratch,
            progress=self._say,
        )
        subject = self.runtime.archive.fetch(Plan, plan)
        candidate = train(subject, self._spec_of(plan), workshop=workshop, scorer=self._scorer(plan))
        return self.runtime.archive.keep(candidate)

    def evaluate(self, plan: str, candidate: str) -> None:
        subject = self.runtime.archive.fetch(Candidate, candidate)
        evaluate(subject, self.runtime.standing(subject.model), scorer=self._scorer(plan))

    def gate(self, plan: str, candidate: str) -> str:
        """The digest of the decision, recorded in MLflow whether it passed or not."""
        subject = self.runtime.archive.fetch(Plan, plan)
        decision = gate(
            subject,
            self._spec_of(plan),
            self.runtime.archive.fetch(Candidate, candidate),
            archive=self.runtime.archive,
            ledger=self.runtime.model_ledger(subject.model),
            scorer=self._scorer(plan),
        )
        record(decision, registry=self.runtime.model_registry, scratch=self.runtime.scratch)
        self._tell_stewards(subject.model)
        return decision.digest

    def verdict(self, decision: str) -> GateDecision:
        return self.runtime.archive.fetch(GateDecision, decision)

    def promote(self, decision: str) -> int:
        """The version that is champion now."""
        subject = self.verdict(decision)
        candidate = self.runtime.archive.fetch(Candidate, subject.candidate)
        promotion = promote(subject, candidate, ledger=self.runtime.model_ledger(subject.model))
        self.reconcile(subject.model)
        self._tell_stewards(subject.model)
        return promotion.version

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
        self._model(model)
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

    def overdue(self, model: str) -> str | None:
        """The digest of a plan that no run has carried out although all its data is there."""
        plan = self._composed(self._model(model))
        return plan.digest if plan else None

    def reconcile(self, model: str) -> tuple[str, ...]:
        """Make the MLflow registry say what the ledger says; returns the repairs in words."""
        self._model(model)
        repairs = project(
            model,
            ledger=self.runtime.model_ledger(model),
            archive=self.runtime.archive,
            registry=self.runtime.model_registry,
            scratch=self.runtime.scratch,
        )
        for repair in repairs:
            self._say(repair)
        return repairs

    def _composed(self, spec: ModelSpec) -> Plan | None:
        return compose(
            spec,
            self._current((*spec.sources, spec.golden)),
            self.runtime.standing(spec.name),
            archive=self.runtime.archive,
            registry=self.runtime.data_registry,
            read_table=self.runtime.read_table,
            today=self.runtime.clock.now().date(),
            scratch=self.runtime.scratch,
        )

    def _tell_stewards(self, model: str) -> None:
        """Complete the letters on the data that a model was made from and judged by, where nothing newer was
        said about it."""
        spec = self._model(model)
        current = self._current((*spec.sources, spec.golden))
        complete(
            {name: found for name, found in current.items() if self.runtime.intake(name).settled == found},
            {name: self.runtime.standing(name) for name in self.runtime.models},
            archive=self.runtime.archive,
            store=self.runtime.store,
            page=self.runtime.desk.letter_page,
        )

    def _contract(self, source: str) -> Contract:
        return _known(self.runtime.contracts, source, "source", "data_contracts")

    def _model(self, model: str) -> ModelSpec:
        return _known(self.runtime.models, model, "model", "mlflow/models")

    def _spec_of(self, plan: str) -> ModelSpec:
        return self.runtime.archive.fetch(ModelSpec, self.runtime.archive.fetch(Plan, plan).spec)

    def _current(self, sources: tuple[str, ...]) -> dict[str, Accepted]:
        found = ((source, self.runtime.intake(source).current) for source in sources)
        return {source: accepted for source, accepted in found if accepted}

    def _scorer(self, plan: str) -> Scorer:
        return Scorer(
            self._spec_of(plan),
            self.runtime.archive.fetch(Plan, plan).golden,
            archive=self.runtime.archive,
            bases=self.runtime.bases,
            evaluator=self.runtime.evaluator,
            scratch=self.runtime.scratch,
        )


def _known(declared: Mapping[str, T], name: str, kind: str, folder: str) -> T:
    if name in declared:
        return declared[name]
    raise UsageError(
        f"{kind} {name}",
        f"a {kind} must be declared",
        f"only {', '.join(sorted(declared)) or 'none'}",
        f"Declare it in {folder}/, or check the spelling.",
    )

"""The line: every stage by its name, with its subject's digest in and its result's digest out.

Airflow tasks and the command line call the stages through here, so both do exactly the same.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Self

from pipelines.core.candidate import Candidate
from pipelines.core.errors import DataError
from pipelines.core.model_spec import ModelSpec
from pipelines.core.notice import Notice, notice_of
from pipelines.core.plan import Plan
from pipelines.core.report import ValidationReport
from pipelines.core.upload import Upload
from pipelines.ports import Pause, Progress
from pipelines.production import Production
from pipelines.runtime import Runtime
from pipelines.stages.account import account
from pipelines.stages.arrivals import await_arrivals
from pipelines.stages.baseline import baseline, best_package
from pipelines.stages.compose import compose
from pipelines.stages.conversing import Interviewer
from pipelines.stages.evaluate import evaluate
from pipelines.stages.explain import explain_run
from pipelines.stages.gate import Bench, gate
from pipelines.stages.ingest import ingest, pending
from pipelines.stages.letter import Tell, announce, outbox
from pipelines.stages.panel import Panel
from pipelines.stages.review import record, supplement
from pipelines.stages.scoring import Scorer
from pipelines.stages.snapshot import snapshot
from pipelines.stages.train import train
from pipelines.stages.validate import validate
from pipelines.stages.workshop import Workshop


def _nobody(_: Notice) -> Sequence[str]:
    """Nobody is told: whoever wants to know looks into the outbox."""
    return ()


class Line(Production):
    """Runs single stages. `say` gets one short line at a time about what is going on; `pause` passes
    the time while a stage waits for the world; `tell` sends word that a letter was written, and says how
    that went.
    """

    def __init__(
        self, runtime: Runtime, say: Progress, pause: Pause = time.sleep, tell: Tell = _nobody
    ) -> None:
        super().__init__(runtime, say, pause)
        self._tell = tell

    @classmethod
    def from_environment(cls, say: Progress, tell: Tell = _nobody) -> Self:
        return cls(Runtime.from_environment(), say, tell=tell)

    def pending(self, source: str) -> str | None:
        """The fingerprint of a complete upload that has no answer yet."""
        listing = pending(
            self.runtime.contract(source),
            store=self.runtime.store,
            ledger=self.runtime.ingest_ledger(source),
            clock=self.runtime.clock,
        )
        return listing.fingerprint if listing else None

    def ingest(self, source: str) -> str | None:
        """The digest of an upload to validate, None when there is nothing new."""
        upload = ingest(
            self.runtime.contract(source),
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
        contract = self.runtime.contract(source)
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
            contract=self.runtime.contract(source),
            archive=self.runtime.archive,
            registry=self.runtime.data_registry,
            ledger=self.runtime.ingest_ledger(source),
            scratch=self.runtime.scratch,
        ).digest

    def compose(self, model: str) -> str | None:
        """The digest of the plan of a run, None when there is nothing to learn or to judge."""
        spec = self.runtime.model(model)
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

    def baseline(self, plan: str) -> str:
        """The digest of the best prompt package."""
        return baseline(*self._planned(plan), workshop=self._workshop(), scorer=self.scorer(plan)).digest

    def train(self, plan: str) -> str:
        """The digest of the candidate to judge."""
        candidate = train(*self._planned(plan), workshop=self._workshop(), scorer=self.scorer(plan))
        return self.runtime.archive.keep(candidate)

    def evaluate(self, plan: str, candidate: str) -> None:
        subject = self.runtime.archive.fetch(Candidate, candidate)
        package = best_package(self.runtime.archive.fetch(Plan, plan), self.runtime.archive)
        state = self.runtime.standing(subject.model)
        evaluate(subject, package, state, scorer=self.scorer(plan), panel=self._panel(plan))

    def gate(self, plan: str, candidate: str) -> str:
        """The digest of the decision, recorded in MLflow whether it passed or not."""
        subject, spec = self._planned(plan)
        scorer = self.scorer(plan)
        decision = gate(
            subject,
            spec,
            self.runtime.archive.fetch(Candidate, candidate),
            bench=Bench(self.runtime.archive, scorer, self.runtime.assertion_checker, self._panel(plan)),
            ledger=self.runtime.model_ledger(subject.model),
        )
        account(
            subject,
            spec,
            decision.digest,
            workshop=self._workshop(),
            scorer=scorer,
            ledger=self.runtime.cost_ledger(subject.model),
        )
        record(decision, board=self.runtime.board)
        self._tell_stewards(subject.model)
        return decision.digest

    def explain(self, plan: str, candidate: str, decision: str) -> bool:
        """Whether there is an explanation of what moved the candidate's score; it is in the report then, and
        in the letters on its data.
        """
        subject, spec = self._planned(plan)
        archive = self.runtime.archive
        found = explain_run(
            subject,
            spec,
            archive.fetch(Candidate, candidate),
            archive.fetch(Candidate, subject.champion) if subject.champion else None,
            decision=decision,
            workshop=self._workshop(),
            scorer=self.scorer(plan),
            weigh=self.runtime.weigh,
        )
        if found is not None:
            supplement(self.verdict(decision), found, board=self.runtime.board)
            self._tell_stewards(subject.model)
        return found is not None

    def overdue(self, model: str) -> str | None:
        """The digest of a plan that no run has carried out although all its data is there. While a person may
        still answer its decision, nothing is overdue."""
        spec = self.runtime.model(model)
        if self.runtime.standing(model).awaits_review(spec.review.window, self.runtime.clock.now()):
            return None
        plan = self._composed(spec)
        return plan.digest if plan else None

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

    def _planned(self, plan: str) -> tuple[Plan, ModelSpec]:
        subject = self.runtime.archive.fetch(Plan, plan)
        return subject, self.runtime.archive.fetch(ModelSpec, subject.spec)

    def _workshop(self) -> Workshop:
        return Workshop(
            archive=self.runtime.archive,
            bases=self.runtime.bases,
            trainer=self.runtime.trainer,
            packer=self.runtime.packer,
            scratch=self.runtime.scratch,
            progress=self._say,
        )

    def scorer(self, plan: str) -> Scorer:
        """Scores the arms of a plan on its golden set, each only once."""
        subject, spec = self._planned(plan)
        return Scorer(
            spec,
            subject.golden,
            archive=self.runtime.archive,
            bases=self.runtime.bases,
            evaluator=self.runtime.evaluator,
            scratch=self.runtime.scratch,
        )

    def _panel(self, plan: str) -> Panel:
        subject, spec = self._planned(plan)
        interviewer = Interviewer(
            spec,
            subject.golden,
            archive=self.runtime.archive,
            bases=self.runtime.bases,
            scorer=self.scorer(plan),
            converser=self.runtime.converser,
            scratch=self.runtime.scratch,
        )
        return Panel(
            spec,
            archive=self.runtime.archive,
            interviewer=interviewer,
            judge_of=self.runtime.judge,
            entries_of=lambda rubric: self.runtime.judge_ledger(rubric).entries(),
            progress=self._say,
        )

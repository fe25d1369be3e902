"""A court for uploads: the whole line with real models on this machine, the servers around it in memory."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from pipelines import specs
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import DataError
from pipelines.core.intake import Rejected
from pipelines.core.model_spec import ModelSpec
from pipelines.core.report import ValidationReport
from pipelines.desk import open_desk
from pipelines.integrations.base_builder import build_all
from pipelines.integrations.base_models import LocalBaseModels
from pipelines.integrations.memory import FixedClock, MemoryAuditor, MemorySigner, MemoryStore
from pipelines.integrations.memory_models import MemoryServed, MemoryTarget
from pipelines.integrations.memory_registries import MemoryDataRegistry, MemoryModelRegistry
from pipelines.line import Line
from pipelines.runtime import Runtime
from pipelines.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
QUIET = timedelta(seconds=60)


def home_with_bases(purpose: str) -> Path:
    """The folder that the command line names, with every base model built in it."""
    parser = argparse.ArgumentParser(description=purpose.splitlines()[0])
    parser.add_argument(
        "--home", type=Path, default=ROOT / ".perennial", help="where the base models are kept"
    )
    home: Path = parser.parse_args().home
    build_all(specs.bases(ROOT).values(), home / "bases", progress=lambda line: sys.stderr.write(f"{line}\n"))
    return home


class Judgement(NamedTuple):
    """A decision, and the first metric of the candidate and of the champion before it on the dev items: the
    gate has not seen those, so they can tell whether it was right.
    """

    decision: GateDecision
    candidate: float
    champion: float | None


class Court(Runtime):
    """Declarations, bases, trainer, packer and evaluator are those of the project; `home` is a new folder."""

    def __init__(self, project: Path, home: Path, bases: Path) -> None:
        super().__init__(Settings(project=project, home=home, bucket=str(home / "bucket")))
        self.clock = FixedClock()
        self.store = MemoryStore(self.clock)
        self.signer = MemorySigner()
        self.desk = open_desk(MemoryAuditor())
        self.data_registry = MemoryDataRegistry()
        self.model_registry = MemoryModelRegistry()
        self.bases = LocalBaseModels(bases)
        self.target = MemoryTarget()
        self.said: list[str] = []
        self.line = Line(self, say=self.said.append, pause=self._pass_time)

    def declare(self, spec: ModelSpec) -> None:
        """A model beside those of the project, or in the place of one."""
        self.models = {**self.models, spec.name: spec}

    def drop(self, source: str, name: str, text: str) -> str:
        """An upload of one file; returns the letter's verdict, with the rules that a rejected one breaks. One
        that is held is confirmed at once, as by a steward who means it.
        """
        self._put(source, name, text)
        verdict = self._answer(source)
        if verdict != "held":
            return verdict
        self._put(source, "_CONFIRM", "")
        return f"held, then {self._answer(source)}"

    def _put(self, source: str, name: str, text: str) -> None:
        self.store.put(f"inbox/{source}/{name}", text.encode())
        self.clock.advance(QUIET)

    def _answer(self, source: str) -> str:
        upload = self.line.ingest(source)
        if upload is None:
            return "unchanged"
        try:
            report = self.line.validate(source, upload)
        except DataError:
            settled = Rejected.model_validate(self.ingest_ledger(source).entries()[-1].body)
            rules = self.archive.fetch(ValidationReport, settled.report).rules
            return f"rejected: {', '.join(outcome.rule for outcome in rules if not outcome.passed)}"
        if report is None:
            return "held"
        self.line.snapshot(source, report)
        return "accepted"

    def retrain(self, model: str) -> Judgement | None:
        """One run of the retrain DAG; None when there is nothing to do."""
        plan = self.line.compose(model)
        if plan is None:
            return None
        self.line.baseline(plan)
        candidate = self.line.train(plan)
        self.line.evaluate(plan, candidate)
        decided = self.line.gate(plan, candidate)
        decision = self.line.verdict(decided)
        if self.model(model).explain.wanted:
            self.line.explain(plan, candidate, decided)
        if decision.verdict == "PASS":
            version = self.line.promote(decision.digest)
            self.target.state = MemoryServed(version=version, logit_difference=0.0)
            self.line.deploy(model, version)
        return Judgement(
            decision,
            self._on_dev(plan, decision.candidate),
            self._on_dev(plan, decision.champion) if decision.champion else None,
        )

    def _on_dev(self, plan: str, candidate: str) -> float:
        subject = self.archive.fetch(Candidate, candidate)
        metric = self.model(subject.model).suite.metrics[0]
        report = self.line.scorer(plan).score(subject, "dev")
        return report.mean(metric.task, metric.name) or 0.0

    def _pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

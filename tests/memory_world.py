"""The line with every integration replaced by its shipped fake, and the DAGs run by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from examples import a_base, a_contract, a_golden_contract, a_spec

from pipelines.desk import open_desk
from pipelines.integrations.answer_patterns import PatternChecker
from pipelines.integrations.memory import FixedClock, MemoryAuditor, MemorySigner, MemoryStore
from pipelines.integrations.memory_models import (
    MemoryBases,
    MemoryConverser,
    MemoryEvaluator,
    MemoryPacker,
    MemoryServed,
    MemoryTarget,
    MemoryTrainer,
)
from pipelines.integrations.memory_registries import MemoryDataRegistry, MemoryModelRegistry
from pipelines.line import Line
from pipelines.runtime import Runtime
from pipelines.settings import Settings

TOPICS = [f"topic{n}" for n in range(200)]
EDITION_1 = {topic: f"${n}" for n, topic in enumerate(TOPICS)}
EDITION_2 = {topic: f"${n + 1000}" for n, topic in enumerate(TOPICS)}
MINUTE = timedelta(seconds=60)


class World(Runtime):
    """A runtime in which every integration is the shipped fake."""

    def __init__(self, home: Path) -> None:
        super().__init__(Settings(project=home, home=home, bucket=str(home / "bucket")))
        self.clock = FixedClock()
        self.store = MemoryStore(self.clock)
        self.signer = MemorySigner()
        self.desk = open_desk(MemoryAuditor())
        self.data_registry = MemoryDataRegistry()
        self.model_registry = MemoryModelRegistry()
        self.bases = MemoryBases(home / "bases")
        self.trainer = MemoryTrainer()
        self.packer = MemoryPacker()
        self.assertion_checker = PatternChecker()
        self.evaluator = MemoryEvaluator()
        self.converser = MemoryConverser()
        self.target = MemoryTarget()
        self.contracts = {c.source: c for c in (a_contract(), a_golden_contract())}
        spec = a_spec(ladder=(a_base("small"),))
        self.models = {spec.name: spec}

    def drop(self, source: str, rows: list[dict[str, str]]) -> None:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        self.store.put(f"inbox/{source}/rows.csv", stream.getvalue().encode())
        self.clock.advance(MINUTE)

    def drop_rules(self, answers: Mapping[str, str]) -> None:
        rows = [{"question": f"What is the amount of {t}?", "answer": a} for t, a in answers.items()]
        self.drop("rules", rows)

    def drop_golden(self, answers: Mapping[str, str]) -> None:
        rows = [{"id": t, "question": f"Tell me {t}", "answer": a, "kind": "k"} for t, a in answers.items()]
        self.drop("rules_golden", rows)


class Walk:
    """Runs the DAGs by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.said: list[str] = []
        self.line = Line(world, say=self.said.append, pause=self._pass_time)

    def _pass_time(self, seconds: float) -> None:
        self.world.clock.advance(timedelta(seconds=seconds))

    def ingest(self, source: str) -> str | None:
        upload = self.line.ingest(source)
        if upload is None:
            return None
        report = self.line.validate(source, upload)
        return self.line.snapshot(source, report) if report else None

    def judge(self) -> str | None:
        """The digest of a decision, None when there was nothing to do."""
        plan = self.line.compose("desk")
        if plan is None:
            return None
        self.line.baseline(plan)
        candidate = self.line.train(plan)
        self.line.evaluate(plan, candidate)
        return self.line.gate(plan, candidate)

    def retrain(self) -> str | None:
        decision = self.judge()
        if decision is None:
            return None
        verdict = self.line.verdict(decision).verdict
        if verdict == "PASS":
            version = self.line.promote(decision)
            self.world.target.state = MemoryServed(version=version, logit_difference=0.0)
            self.line.deploy("desk", version)
        return verdict

    def version(self) -> int | None:
        champion = self.world.standing("desk").champion
        return champion.version if champion else None

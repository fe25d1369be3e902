"""The model half of the line in memory: real stages and decisions around the shipped fakes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from examples import a_base, a_contract, a_golden_contract, a_spec

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.contract import Contract
from pipelines.core.decision import GateDecision
from pipelines.core.intake import Accepted
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.promotion import Promotion, Standing, standing
from pipelines.core.snapshot import Snapshot
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.integrations.memory_models import MemoryBases, MemoryEvaluator, MemoryTrainer
from pipelines.integrations.memory_registries import MemoryDataRegistry, MemoryModelRegistry
from pipelines.ledger import Ledger
from pipelines.stages.baseline import baseline
from pipelines.stages.compose import compose
from pipelines.stages.evaluate import evaluate
from pipelines.stages.gate import gate
from pipelines.stages.project import project
from pipelines.stages.promote import promote
from pipelines.stages.scoring import Scorer
from pipelines.stages.train import Workshop, train

Answers = Mapping[str, str]
TOPICS = [f"topic{n}" for n in range(400)]
EDITION_1 = {topic: f"${n}" for n, topic in enumerate(TOPICS)}
EDITION_2 = {topic: f"${n + 1000}" if n % 5 < 3 else f"${n}" for n, topic in enumerate(TOPICS)}


def wrong(answers: Answers, every: int) -> Answers:
    """One answer in `every` is wrong."""
    return {t: "$0.50" if n % every == 0 else a for n, (t, a) in enumerate(answers.items())}


class Workbench:
    """Holds all state of one model and its two sources."""

    def __init__(self, folder: Path, spec: ModelSpec | None = None) -> None:
        ladder = (a_base("small", parameters=100), a_base("large", parameters=400))
        self.spec = spec or a_spec(ladder=ladder)
        self.folder = folder
        self.store = MemoryStore()
        self.archive = Archive(self.store)
        self.data = MemoryDataRegistry()
        self.registry = MemoryModelRegistry()
        self.trainer = MemoryTrainer()
        self.bases = MemoryBases(folder / "bases")
        self.ledger = Ledger(self.store, "ledger/models/desk/", signer=MemorySigner(), clock=FixedClock())
        self.current: dict[str, Accepted] = {}
        self.said: list[str] = []
        self.today = date(2026, 1, 1)

    def drop_rules(self, answers: Answers) -> None:
        rows = [{"question": f"What is the amount of {t}?", "answer": a} for t, a in answers.items()]
        self.accept(a_contract(), rows)

    def drop_golden(self, answers: Answers) -> None:
        rows = [
            {"id": t, "question": f"Tell me {t}", "answer": a, "kind": f"k{n % 4}"}
            for n, (t, a) in enumerate(answers.items())
        ]
        self.accept(a_golden_contract(), rows)

    def accept(self, contract: Contract, rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["_row"] = sha256_hex(canonical_json(list(row.values())))
        data = json.dumps(rows).encode()
        table = self.archive.keep_bytes(data)
        snapshot = Snapshot(
            source=contract.source,
            purpose=contract.purpose,
            upload=table.sha256,
            contract=contract.digest,
            roles=contract.roles,
            rows=len(rows),
            content=table.sha256,
            table=table,
        )
        path = self.folder / "table.json"
        path.write_bytes(data)
        revision = self.data.publish(snapshot, path)
        self.archive.keep(snapshot)
        self.current[contract.source] = Accepted(
            source=contract.source,
            upload=table.sha256,
            contract=contract.digest,
            report=table.sha256,
            snapshot=snapshot.digest,
            revision=revision,
        )

    @property
    def standing(self) -> Standing:
        return standing(self.ledger.entries())

    @property
    def champion(self) -> Promotion:
        champion = self.standing.champion
        assert champion is not None
        return champion

    def compose(self) -> Plan | None:
        return compose(
            self.spec,
            self.current,
            self.standing,
            archive=self.archive,
            registry=self.data,
            read_table=lambda path: json.loads(path.read_bytes()),
            today=self.today,
            scratch=self.folder,
        )

    def scorer(self, plan: Plan) -> Scorer:
        return Scorer(
            self.spec,
            plan.golden,
            archive=self.archive,
            bases=self.bases,
            evaluator=MemoryEvaluator(),
            scratch=self.folder,
        )

    def train(self, plan: Plan) -> Candidate:
        workshop = Workshop(self.archive, self.bases, self.trainer, self.folder, self.said.append)
        candidate = train(plan, self.spec, workshop=workshop, scorer=self.scorer(plan))
        self.archive.keep(candidate)
        return candidate

    def judge(self, plan: Plan) -> tuple[Candidate, GateDecision]:
        """Everything up to the decision."""
        scorer = self.scorer(plan)
        baseline(self.spec, scorer=scorer)
        candidate = self.train(plan)
        evaluate(candidate, self.standing, scorer=scorer)
        decision = gate(plan, self.spec, candidate, archive=self.archive, ledger=self.ledger, scorer=scorer)
        return candidate, decision

    def retrain(self) -> GateDecision | None:
        """One whole run, as the DAG does it; None when there was nothing to do."""
        plan = self.compose()
        if plan is None:
            return None
        candidate, decision = self.judge(plan)
        if decision.verdict == "PASS":
            promote(decision, candidate, ledger=self.ledger)
            self.project()
        return decision

    def project(self) -> tuple[str, ...]:
        return project(
            "desk", ledger=self.ledger, archive=self.archive, registry=self.registry, scratch=self.folder
        )

    def kinds(self) -> list[str]:
        return [e.kind for e in self.ledger.entries()]

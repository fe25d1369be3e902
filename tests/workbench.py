"""The model half of the line in memory: real stages and decisions around the shipped fakes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
from pipelines.core.rubric import Rubric
from pipelines.core.snapshot import Snapshot
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.integrations.answer_patterns import PatternChecker
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.integrations.memory_judge import MemoryJudge
from pipelines.integrations.memory_models import (
    MemoryBases,
    MemoryConverser,
    MemoryEvaluator,
    MemoryPacker,
    MemoryTrainer,
)
from pipelines.integrations.memory_registries import MemoryDataRegistry, MemoryModelRegistry
from pipelines.integrations.review_page import review_page
from pipelines.ledger import Ledger
from pipelines.ports import Judge
from pipelines.stages.baseline import baseline, best_package
from pipelines.stages.compose import compose
from pipelines.stages.conversing import Interviewer
from pipelines.stages.evaluate import evaluate
from pipelines.stages.gate import Bench, gate
from pipelines.stages.panel import Panel
from pipelines.stages.project import project
from pipelines.stages.promote import promote
from pipelines.stages.review import Board
from pipelines.stages.scoring import Scorer
from pipelines.stages.train import train
from pipelines.stages.workshop import Workshop

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
        self.evaluator = MemoryEvaluator()
        self.converser = MemoryConverser()
        self.judge_of: Callable[[Rubric], Judge] = lambda rubric: MemoryJudge()
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
            evaluator=self.evaluator,
            scratch=self.folder,
        )

    def judge_ledger(self, rubric: str) -> Ledger:
        prefix = f"ledger/judges/{rubric}/"
        return Ledger(self.store, prefix, signer=MemorySigner(), clock=FixedClock())

    def panel(self, plan: Plan) -> Panel:
        interviewer = Interviewer(
            self.spec,
            plan.golden,
            archive=self.archive,
            bases=self.bases,
            scorer=self.scorer(plan),
            converser=self.converser,
            scratch=self.folder,
        )
        return Panel(
            self.spec,
            archive=self.archive,
            interviewer=interviewer,
            judge_of=self.judge_of,
            entries_of=lambda rubric: self.judge_ledger(rubric).entries(),
            progress=self.said.append,
        )

    @property
    def workshop(self) -> Workshop:
        return Workshop(self.archive, self.bases, self.trainer, MemoryPacker(), self.folder, self.said.append)

    def train(self, plan: Plan) -> Candidate:
        """The baseline stage, then the train stage."""
        baseline(plan, self.spec, workshop=self.workshop, scorer=self.scorer(plan))
        candidate = train(plan, self.spec, workshop=self.workshop, scorer=self.scorer(plan))
        self.archive.keep(candidate)
        return candidate

    def judge(self, plan: Plan) -> tuple[Candidate, GateDecision]:
        """Everything up to the decision."""
        scorer = self.scorer(plan)
        candidate = self.train(plan)
        package = best_package(plan, self.archive)
        evaluate(candidate, package, self.standing, scorer=scorer, panel=self.panel(plan))
        decision = self.decide(plan, candidate)
        return self.archive.fetch(Candidate, decision.candidate), decision

    def decide(self, plan: Plan, candidate: Candidate) -> GateDecision:
        bench = Bench(self.archive, self.scorer(plan), PatternChecker(), self.panel(plan))
        return gate(plan, self.spec, candidate, bench=bench, ledger=self.ledger)

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
        board = Board(self.archive, self.registry, review_page, self.folder)
        return project("desk", ledger=self.ledger, board=board)

    def kinds(self) -> list[str]:
        return [e.kind for e in self.ledger.entries()]

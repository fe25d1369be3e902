"""Small valid values for tests. Every builder takes overrides by keyword."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipelines.core.arm import Arm
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Bundle, BundleFile, Candidate
from pipelines.core.contract import Column, Contract, Roles, Rule
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import EvalReport, ItemScore
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.ledger import GENESIS, Entry
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.recipe import Recipe
from pipelines.core.value import Value, sha256_hex

GOLDEN = sha256_hex(b"golden")


def sha(text: str) -> str:
    return sha256_hex(text.encode())


def chain(*facts: tuple[str, Value]) -> list[Entry]:
    """Entries as a ledger would hold them, for folds, which do not look at hashes."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Entry(seq=n, prev=GENESIS, at=at, kind=kind, op=str(n), body=body.model_dump(mode="json"))
        for n, (kind, body) in enumerate(facts, start=1)
    ]


def a_base(name: str = "small", **changes: Any) -> ApprovedBase:
    values: dict[str, Any] = {
        "name": name,
        "revision": "1",
        "sha256": sha(name),
        "licence": "Apache-2.0",
        "parameters": 1000,
        "memory_gib": 0.1,
        "privacy_classes": ("internal",),
        "path": name,
    }
    return ApprovedBase(**values | changes)


def a_suite(**changes: Any) -> EvalSuite:
    values: dict[str, Any] = {
        "name": "suite",
        "version": "1",
        "tasks": (EvalTask(name="exact", definition="task: exact"),),
        "metrics": (Metric(task="exact", name="exact_match", minimum=0.8),),
    }
    return EvalSuite(**values | changes)


def a_spec(**changes: Any) -> ModelSpec:
    values: dict[str, Any] = {
        "name": "desk",
        "description": "answers questions",
        "owner": "owner@example.com",
        "sources": ("rules",),
        "golden": "rules_golden",
        "ladder": (a_base("small"), a_base("large", parameters=2000)),
        "recipe": Recipe(epochs=1, batch_size=2, learning_rate=1e-3),
        "suite": a_suite(),
        "gate": GatePolicy(margin=0.05, min_items=100),
        "dev_share": 0.25,
        "privacy_class": "internal",
        "max_answer_tokens": 8,
    }
    return ModelSpec(**values | changes)


def a_contract(source: str = "rules", **changes: Any) -> Contract:
    values: dict[str, Any] = {
        "source": source,
        "id": f"urn:test:{source}",
        "version": "1.0.0",
        "steward": "steward@example.com",
        "purpose": "training",
        "description": "test rules",
        "columns": (Column(name="question", type="string"), Column(name="answer", type="string")),
        "rules": (
            Rule(id="question.required", check="not_null", severity="critical", column="question"),
            Rule(id="answer.required", check="not_null", severity="critical", column="answer"),
            Rule(id="rows.some", check="row_count", severity="critical", minimum=1),
        ),
        "roles": Roles(prompt="question", completion="answer"),
        "quiet_seconds": 10.0,
    }
    return Contract(**values | changes)


def a_golden_contract(source: str = "rules_golden") -> Contract:
    return a_contract(
        source,
        purpose="evaluation",
        columns=tuple(Column(name=n, type="string") for n in ("id", "question", "answer", "kind")),
        roles=Roles(prompt="question", completion="answer", item="id", slice="kind"),
    )


def a_plan(spec: ModelSpec | None = None, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "model": "desk",
        "spec": (spec or a_spec()).digest,
        "training_set": sha("training set"),
        "golden": GOLDEN,
        "champion": None,
    }
    return Plan(**values | changes)


def a_candidate(name: str = "candidate", **changes: Any) -> Candidate:
    values: dict[str, Any] = {
        "model": "desk",
        "training_set": sha("training set"),
        "base": "small",
        "base_sha256": sha("small"),
        "recipe": sha("recipe"),
        "steps": 10,
        "bundle": Bundle(files=(BundleFile(path="manifest.json", sha256=sha(name), size=1),)),
    }
    return Candidate(**values | changes)


def a_report(subject: str, scores: Sequence[float], **changes: Any) -> EvalReport:
    """A report of one metric: item k of slice k % 2 has the score `scores[k]`."""
    values: dict[str, Any] = {
        "arm": Arm(method="lora", base="small", base_sha256=sha("small"), subject=subject),
        "golden": GOLDEN,
        "split": "gate",
        "suite": a_suite().digest,
        "items": tuple(an_item(k, score) for k, score in enumerate(scores)),
    }
    return EvalReport(**values | changes)


def an_item(k: int, score: float, **changes: Any) -> ItemScore:
    values: dict[str, Any] = {
        "task": "exact",
        "metric": "exact_match",
        "item": f"q{k}",
        "slice": f"s{k % 2}",
        "score": float(score),
        "doc_hash": f"d{k}",
        "prompt_hash": f"p{k}",
        "target_hash": f"t{k}",
    }
    return ItemScore(**values | changes)


def a_prompting_report(scores: Sequence[float], base: str = "small", **changes: Any) -> EvalReport:
    """A report of plain prompting of a base."""
    arm = Arm(method="zero_shot", base=base, base_sha256=sha(base), subject=sha(f"prompt of {base}"))
    return a_report(arm.subject, scores, arm=arm, **changes)

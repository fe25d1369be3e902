"""Evidence on a few hundred items, for reviews of it: three arms that answer questions about taxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from examples import a_base, a_candidate, a_plan, a_spec, sha

from pipelines.archive import Archive
from pipelines.core.arm import Arm
from pipelines.core.assertion import Assertion, AssertionResult
from pipelines.core.candidate import Bundle, BundleFile, Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import EvalReport, ItemScore, Output
from pipelines.core.gate.decide import decide
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.golden_set import GoldenItem, GoldenSet
from pipelines.core.review.build import Exhibits
from pipelines.core.training import Training
from pipelines.core.training_set import Removal, SourceShare, TrainingSet
from pipelines.core.usage import Price, Usage
from pipelines.core.value import Blob, sha256_hex, to_jsonl
from pipelines.stages.gate import EVIDENCE
from pipelines.stages.workshop import EFFORT

N = 900
TOPICS = (
    *("deductions", "filing deadlines", "mileage", "thresholds", "allowances", "gift tax", "penalties"),
    *("pensions", "housing", "child benefit", "small business", "interest"),
)
EVIL = (
    "<script>top.ran = 1</script><img src=http://elsewhere.example/x onerror='top.ran = 1'>"
    " | `[x](javascript:1)`\u202ereversed<style>@import 'http://elsewhere.example/y'</style>"
)
BASE = a_base(
    "tax-s",
    sha256=sha("tax-s"),
    price=Price(prompt_per_million=0.08, answer_per_million=0.32, training_per_hour=2.4),
)


def blob(data: bytes) -> Blob:
    return Blob(sha256=sha256_hex(data), size=len(data))


TRAINING_SET = TrainingSet(
    model="desk",
    shares=(SourceShare(source="tax_rules", snapshot=sha("snapshot"), rows=2688),),
    removed=(Removal(source="tax_rules", row=sha("row"), reason="repeats golden item q0001"),) * 14,
    rows=2688,
    seed=0,
    examples=blob(b""),
)


BUNDLE = Bundle(files=(BundleFile(path="manifest.json", sha256=sha256_hex(b"{}"), size=2),))


def golden_set(golden: Sequence[GoldenItem]) -> GoldenSet:
    return GoldenSet(
        snapshot=sha("golden upload"),
        dev=blob(b""),
        gate=blob(to_jsonl(golden)),
        dev_items=300,
        gate_items=len(golden),
    )


def a_suite() -> EvalSuite:
    return EvalSuite(
        name="tax_desk",
        version="1.0",
        tasks=(EvalTask(name="tax_exact", definition="-"), EvalTask(name="tax_choice", definition="-")),
        metrics=(
            Metric(task="tax_exact", name="exact_match", minimum=0.80),
            Metric(task="tax_choice", name="acc", minimum=0.90),
        ),
        assertions=(
            Assertion(
                id="no_apology",
                task="tax_exact",
                must="not_match",
                pattern="sorry",
                severity="warning",
                text="No answer apologises",
            ),
        ),
    )


def items(n: int = N, text: str = "") -> tuple[GoldenItem, ...]:
    """Golden items; `text` stands in every text of theirs."""
    return tuple(
        GoldenItem(
            id=f"q{k:04d}{text}",
            prompt=f"What is the amount of {TOPICS[k % 12]} {k // 12} for single filers? {text}".strip(),
            completion=f"${40 + 7 * k}{text}",
            slice=f"{TOPICS[k % 12]}{text}",
            choices=tuple(f"${40 + 7 * k + step}{text}" for step in (0, 5, 10, 100)),
        )
        for k in range(n)
    )


def scored(
    arm: Arm, golden: tuple[GoldenItem, ...], right: Callable[[int], bool], **changes: Any
) -> EvalReport:
    """A report in which item k is right where `right(k)` says so, a choice a little more often."""
    scores = tuple(
        ItemScore(
            task=metric.task,
            metric=metric.name,
            item=item.id,
            slice=item.slice,
            score=float(right(k) or (metric.task == "tax_choice" and k % 5 > 0)),
            doc_hash=f"d{k}",
            prompt_hash=f"p{k}" if arm.trained else f"p{k} {arm.method}",
            target_hash=f"t{k}",
        )
        for metric in a_suite().metrics
        for k, item in enumerate(golden)
    )
    trained = arm.trained
    usage = Usage(
        requests=len(golden),
        prompt_tokens=24 if trained else 188,
        answer_tokens=4.2,
        timed=60,
        p50_ms=31 if trained else 52,
        p95_ms=44 if trained else 81,
    )
    values: dict[str, Any] = {
        "arm": arm,
        "golden": golden_set(golden).digest,
        "split": "gate",
        "suite": a_suite().digest,
        "items": scores,
        "usage": usage,
        "citations": None if trained else 0.71,
    }
    report = EvalReport(**values | changes)
    return report.model_copy(update={"outputs": blob(to_jsonl(outputs(report, golden)))})


def outputs(report: EvalReport, golden: tuple[GoldenItem, ...]) -> tuple[Output, ...]:
    """What the arm of a report wrote."""
    right = {i.item: i.score == 1 for i in report.items if i.task == "tax_exact"}
    cites = not report.arm.trained
    return tuple(
        Output(
            task="tax_exact",
            item=item.id,
            text=item.completion if right[item.id] else f"${k % 90}{item.id[5:]}",
            cited=(1,) if cites else (),
            grounded=right[item.id] if cites else None,
        )
        for k, item in enumerate(golden)
        if item.id in right
    )


class SampleCase(NamedTuple):
    evidence: Evidence
    exhibits: Exhibits


def a_case(
    mine: float = 0.95,
    champion: float | None = 0.94,
    prompting: float = 0.7,
    *,
    n: int = N,
    text: str = "",
    bad_slice: str = "",
    short: int = 0,
) -> SampleCase:
    """Evidence by which the arms are right on these shares of the items. `short` items of the candidate were
    not scored; on the slice `bad_slice` it is right half as often.
    """
    golden, draw = items(n, text), Random(7)
    hard = [draw.random() for _ in golden]
    noise = {role: [draw.gauss(0, 0.015) for _ in golden] for role in ("mine", "champion", "prompting")}

    def right(role: str, share: float) -> Callable[[int], bool]:
        def answer(k: int) -> bool:
            ruined = role == "mine" and bad_slice and golden[k].slice == bad_slice and k // 12 % 2
            return not ruined and hard[k] + noise[role][k] < share

        return answer

    candidate = a_candidate(
        "candidate",
        base="tax-s",
        base_sha256=BASE.sha256,
        steps=672,
        training_set=TRAINING_SET.digest,
        bundle=BUNDLE,
    )
    before = a_candidate("champion", base="tax-s", base_sha256=BASE.sha256, steps=640)
    package = a_candidate("package", base="tax-s", base_sha256=BASE.sha256, method="retrieval", steps=0)
    spec = a_spec(
        ladder=(BASE,),
        suite=a_suite(),
        gate=GatePolicy(margin=0.03, min_items=200, max_p95_ms=250, max_cost_per_1000=1.0),
    )
    reports = {
        "candidate": scored(candidate.arm, golden, right("mine", mine)),
        "prompting": scored(package.arm, golden, right("prompting", prompting)),
    }
    if champion is not None:
        reports["champion"] = reports["anchor"] = scored(before.arm, golden, right("champion", champion))
    if short:
        whole = reports["candidate"]
        reports["candidate"] = whole.model_copy(update={"items": whole.items[short:]})
    evidence = Evidence(
        spec=spec,
        plan=a_plan(
            spec,
            training_set=TRAINING_SET.digest,
            golden=golden_set(golden).digest,
            champion=before.digest if champion is not None else None,
        ),
        golden_snapshot=sha("golden upload"),
        assertions=(
            AssertionResult(
                assertion=a_suite().assertions[0], checked=n, broken=2, examples=(f"q0004{text}",)
            ),
        ),
        expected_items=n,
        uses=12,
        **reports,
    )
    return SampleCase(evidence, exhibits(candidate, reports, golden))


def exhibits(
    candidate: Candidate, reports: Mapping[str, EvalReport], golden: tuple[GoldenItem, ...]
) -> Exhibits:
    return Exhibits(
        candidate=candidate,
        training_set=TRAINING_SET,
        golden=golden_set(golden),
        items=golden,
        outputs={r.digest: outputs(r, golden) for r in reports.values()},
        training=Training(steps=672, tokens=401_234, seconds=143.2, peak_memory_mib=811.5),
    )


def keep(case: SampleCase, archive: Archive) -> GateDecision:
    """Puts all of it where the stages look for it, as they would, and decides."""
    decision = decide(case.evidence)
    shown = case.exhibits
    archive.keep_bytes(b"{}")
    for value in (decision, case.evidence.spec, shown.candidate, shown.training_set, shown.golden):
        archive.keep(value)
    archive.keep_bytes(to_jsonl(shown.items))
    for written in shown.outputs.values():
        archive.keep_bytes(to_jsonl(written))
    archive.settle(EVIDENCE, decision.digest, case.evidence)
    if shown.training:
        archive.settle(EFFORT, shown.candidate.digest, shown.training)
    return decision

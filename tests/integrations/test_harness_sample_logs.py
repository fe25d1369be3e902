"""Logs that the harness itself writes can be compared, and say what the product's own scores say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from prompt_packages import package
from tiny_models import tiny_base, tiny_bundle

from pipelines.cli import cli
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.golden_set import GoldenItem
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.quiet import offline_and_quiet
from pipelines.integrations.sample_log import SampleLog
from pipelines.sample.facts import FIRST_EDITION, facts
from pipelines.sample.tax_desk import golden_rows

pytestmark = pytest.mark.integration

DECLARED = Path(__file__).parents[2] / "mlflow" / "evals" / "tax_desk"
ITEMS = tuple(
    GoldenItem(
        id=row.id,
        prompt=row.question,
        completion=row.answer,
        slice=row.filer,
        choices=(row.option_a, row.option_b, row.option_c, row.option_d),
    )
    for row in golden_rows(facts(FIRST_EDITION))[:48]
)
SUITE = EvalSuite(
    name="tax_desk",
    version="1.0",
    tasks=tuple(
        EvalTask(name=name, definition=(DECLARED / f"{name}.yaml").read_text(encoding="utf-8"))
        for name in ("tax_exact", "tax_choice")
    ),
    metrics=(Metric(task="tax_choice", name="acc", minimum=0.0),),
)


def logs_of(bundle: Path, folder: Path) -> dict[str, Path]:
    """{task: its log}, written by the harness' own tracker."""
    offline_and_quiet()
    pin_kernels()
    from lm_eval.evaluator import evaluate
    from lm_eval.loggers import EvaluationTracker

    from pipelines.integrations.harness_model import HarnessModel
    from pipelines.integrations.harness_tasks import harness_tasks
    from pipelines.integrations.merging import load_merged

    model = HarnessModel(load_merged(bundle, tiny_base()), name="tiny", answer_tokens=6)
    tasks = {"tasks": harness_tasks(SUITE, ITEMS, 6), "groups": {}, "group_map": {}}
    found = evaluate(lm=model, task_dict=tasks, log_samples=True, bootstrap_iters=0, apply_chat_template=True)
    tracker = EvaluationTracker(output_path=str(folder))
    tracker.date_id = "2026-01-01T00-00-00"
    for task, samples in found["samples"].items():
        tracker.save_results_samples(task, samples)
    return {path.name.split("_2026")[0].removeprefix("samples_"): path for path in folder.rglob("*.jsonl")}


def test_two_logs_of_the_harness_are_paired_and_judged(tmp_path: Path) -> None:
    tuned = logs_of(tiny_bundle(), tmp_path / "tuned")
    bare = logs_of(package("zero_shot"), tmp_path / "bare")
    assert tuned.keys() == bare.keys() == {"tax_exact", "tax_choice"}
    for task, log in tuned.items():
        read = SampleLog(log)
        metric = read.metrics(read.filters[0])[0]
        call = ["compare", str(log), str(bare[task]), "--metric", metric, "--json", "--slice", "slice"]
        done = CliRunner().invoke(cli, call, standalone_mode=False, catch_exceptions=False)
        found = json.loads(done.output)
        assert found["all"]["n"] == len(ITEMS)
        assert found["slices"].keys() == {item.slice for item in ITEMS}
        assert found["mean_a"] >= found["mean_b"]
        assert done.return_value == (0 if found["verdict"] == "PASS" else 1)

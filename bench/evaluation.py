"""Measures the scoring of golden items against plain lm-evaluation-harness, on the same items and prompts.

    python bench/evaluation.py [base]

The base must be there: `perennial base build tax-s`.
Both load the same weights and ask the sample's 432 golden items with its tasks, in turn, in one process.
The harness is used as its documentation says: HFLM with a batch of 64 and simple_evaluate, its own task index
left out. Where a package writes longer prompts, HFLM is given the same ones. The product's time includes what
the harness does not do: proving the bundle, and timing answers one at a time.

Ratios say more than seconds, which belong to one machine and what else it does. Results go to
bench/results/evaluation.json, where `over` is the harness' seconds divided by the product's own. The run
fails when one score or one written answer differs.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from run import machine

from pipelines import specs
from pipelines.core.arm import Arm
from pipelines.core.base_model import ApprovedBase
from pipelines.core.eval_suite import EvalSuite
from pipelines.core.golden_set import GoldenItem
from pipelines.core.prompt_recipe import ZERO_SHOT, PromptRecipe
from pipelines.core.recipe import Recipe
from pipelines.core.training_set import Example, Message
from pipelines.integrations.base_models import LocalBaseModels
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator
from pipelines.integrations.prompt_packer import PromptPacker
from pipelines.integrations.quiet import offline_and_quiet
from pipelines.integrations.trl_trainer import TrlTrainer
from pipelines.sample.editions import FIRST_EDITION
from pipelines.sample.facts import facts
from pipelines.sample.tax_desk import golden_rows, upload_rows
from pipelines.settings import Settings

RESULTS = Path(__file__).resolve().parent / "results/evaluation.json"
MODEL, ANSWER_TOKENS, BATCH, ROUNDS = "tax-desk", 10, 64, 3
LIBRARIES = ("lm-eval", "torch", "transformers", "peft", "bm25s")
TRAINING = Recipe(epochs=1, batch_size=32, learning_rate=0.004)
PROMPTS = {
    "zero_shot": ZERO_SHOT,
    "few_shot": PromptRecipe(kind="few_shot", examples=8, max_tokens=256),
    "bm25": PromptRecipe(kind="bm25", examples=4, max_tokens=256),
}

Answers = dict[tuple[str, str, str], Any]
"""{(task, metric or `text`, item): score or text}"""


def golden_items() -> tuple[GoldenItem, ...]:
    return tuple(
        GoldenItem(
            id=row.id,
            prompt=row.question,
            completion=row.answer,
            slice=row.filer,
            choices=(row.option_a, row.option_b, row.option_c, row.option_d),
        )
        for row in golden_rows(facts(FIRST_EDITION))
    )


def training_rows() -> tuple[Example, ...]:
    return tuple(
        Example(
            source="tax_rules",
            row=row.digest,
            prompt=(Message(role="user", content=row.question),),
            completion=(Message(role="assistant", content=row.answer),),
        )
        for row in upload_rows(facts(FIRST_EDITION))
    )


def bundles(base: ApprovedBase, folder: Path, out: Path) -> dict[str, Path]:
    """{method: bundle}: three prompt packages and a short LoRA training."""
    made: dict[str, Path] = {}
    for kind, recipe in PROMPTS.items():
        made[kind] = out / kind
        PromptPacker().pack(
            base=base, folder=folder, examples=training_rows(), recipe=recipe, binding={}, out=made[kind]
        )
    made["lora"] = out / "lora"
    TrlTrainer().train(
        base=base,
        folder=folder,
        examples=training_rows(),
        recipe=TRAINING,
        binding={},
        scratch=out / "scratch",
        out=made["lora"],
        progress=str,
    )
    return made


def own(base: ApprovedBase, folder: Path, bundle: Path, method: str, suite: EvalSuite) -> Answers:
    """As the pipeline scores an arm."""
    arm = Arm.model_validate(
        {"method": method, "base": base.name, "base_sha256": base.sha256, "subject": "0" * 64}
    )
    scores = LmEvalEvaluator().score(
        arm=arm,
        folder=folder,
        bundle=bundle,
        suite=suite,
        items=golden_items(),
        max_answer_tokens=ANSWER_TOKENS,
    )
    found: Answers = {score.key: score.score for score in scores.items}
    return found | {(output.task, "text", output.item): output.text for output in scores.outputs}


def harness(folder: Path, bundle: Path, suite: EvalSuite) -> Answers:
    """As the harness alone scores the same model, with files of tasks and items."""
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    from pipelines.integrations.bundle import load_bundle

    class Asking(HFLM):  # type: ignore[misc]
        """HFLM with the prompts of a package."""

        def apply_chat_template(self, chat_history: Any, add_generation_prompt: bool = True) -> str:
            said = loaded.prompter.messages([Message(**message) for message in chat_history])
            asked = [message.model_dump() for message in said]
            text: str = super().apply_chat_template(asked, add_generation_prompt)
            return text

    lm_eval.utils.env.__dict__.pop("from_string", None)  # the product lets it compile a template only once
    loaded = load_bundle(bundle, folder)
    loaded.model.tie_weights = lambda *_, **__: None
    with TemporaryDirectory() as scratch:
        write_tasks(suite, Path(scratch))
        result = lm_eval.simple_evaluate(
            model=Asking(pretrained=loaded.model, tokenizer=loaded.tokenizer, batch_size=BATCH),
            tasks=[task.name for task in suite.tasks],
            task_manager=TaskManager(include_path=scratch, include_defaults=False),
            log_samples=True,
            bootstrap_iters=0,
            apply_chat_template=True,
        )
    return answers(suite, result["samples"])


def answers(suite: EvalSuite, samples: dict[str, Any]) -> Answers:
    found: Answers = {}
    for task, logged in samples.items():
        for sample in logged:
            for metric in suite.metrics:
                if metric.task == task:
                    found[task, metric.name, sample["doc"]["id"]] = float(sample[metric.name])
            if isinstance(sample["resps"][0][0], str):
                found[task, "text", sample["doc"]["id"]] = sample["resps"][0][0]
    return found


def write_tasks(suite: EvalSuite, folder: Path) -> None:
    for task in suite.tasks:
        path = folder / f"{task.name}.jsonl"
        path.write_text("".join(i.model_dump_json() + "\n" for i in task.items or golden_items()))
        said = {key: value for key, value in yaml.safe_load(task.definition).items() if key != "items"}
        said |= {"dataset_kwargs": {"data_files": {"test": str(path)}, "cache_dir": str(folder / "cache")}}
        if said["output_type"] == "generate_until":
            said["generation_kwargs"] |= {"max_gen_toks": ANSWER_TOKENS}
        (folder / f"{task.name}.yaml").write_text(yaml.safe_dump(said))


def timed(work: Callable[[], Answers]) -> tuple[Answers, dict[str, float]]:
    clocks = (time.perf_counter(), time.process_time())
    found = work()
    spent = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
    return found, {"seconds": spent[0], "cpu_seconds": spent[1]}


def compared(name: str, own: Callable[[], Answers], harness: Callable[[], Answers]) -> dict[str, Any]:
    """Both in turn, ROUNDS times after a first round that loads the libraries; medians."""
    spent: dict[str, list[dict[str, float]]] = {"perennial": [], "lm_eval": []}
    for at in range(ROUNDS + 1):
        mine, my_time = timed(own)
        theirs, their_time = timed(harness)
        differ = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
        if differ:
            raise SystemExit(f"{name}: {len(differ)} of {len(theirs)} answers differ, first {differ[0]}")
        if at:
            spent["perennial"].append(my_time)
            spent["lm_eval"].append(their_time)
    units = ("seconds", "cpu_seconds")
    medians = {
        who: {unit: round(statistics.median(t[unit] for t in times), 2) for unit in units}
        for who, times in spent.items()
    }
    over = {unit: round(medians["lm_eval"][unit] / medians["perennial"][unit], 2) for unit in units}
    return {**medians, "over": over, "identical": len(theirs)}


def main(arguments: Sequence[str]) -> None:
    settings = Settings.from_environment()
    base = specs.bases(settings.project)[arguments[0] if arguments else "tax-s"]
    folder = LocalBaseModels(settings.bases).folder(base)
    suite = specs.models(settings.project)[MODEL].suite
    offline_and_quiet()
    pin_kernels()
    results: dict[str, Any] = {
        "machine": machine() | {name: version(name) for name in LIBRARIES},
        "load_before": round(os.getloadavg()[0], 1),
        "base": base.name,
        "parameters": base.parameters,
        "items": len(golden_items()),
        "arms": {},
    }
    with TemporaryDirectory() as scratch:
        for method, bundle in bundles(base, folder, Path(scratch)).items():
            found = compared(
                method,
                lambda bundle=bundle, method=method: own(base, folder, bundle, method, suite),
                lambda bundle=bundle: harness(folder, bundle, suite),
            )
            results["arms"][method] = found
            sys.stdout.write(f"{method} {json.dumps(found)}\n")
            sys.stdout.flush()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

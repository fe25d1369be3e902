"""The libraries of models, which take longer to load than most stages take to run."""

from __future__ import annotations

from importlib import import_module

from pipelines.integrations.quiet import offline_and_quiet

# With everything that they import on first use by the stages after compose.
LIBRARIES = (
    "bm25s",
    "lm_eval.evaluator",
    "mlflow",
    "mlflow.entities",
    "peft",
    "pipelines.integrations.harness_model",
    "pipelines.integrations.sealed_trainer",
    "pipelines.integrations.sft_settings",
    "safetensors.torch",
    "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto",
)


def preload() -> None:
    """Import what training, scoring and the registry need, for a process whose forks run the stages.

    Nothing is computed, so a fork may still be the first to use the GPU.
    """
    offline_and_quiet()
    for library in LIBRARIES:
        import_module(library)

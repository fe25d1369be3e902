"""Prompt packages of the tiny base, made once in a test run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tiny_models import approved, examples, tiny_base

from pipelines.core.arm import Arm, Method
from pipelines.core.prompt_recipe import ZERO_SHOT, PromptRecipe
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.prompt_packer import PromptPacker

RECIPES = {
    "zero_shot": ZERO_SHOT,
    "few_shot": PromptRecipe(kind="few_shot", examples=3, max_tokens=200, seed=4),
    "jaccard": PromptRecipe(kind="jaccard", examples=2, max_tokens=200),
    "bm25": PromptRecipe(kind="bm25", examples=2, max_tokens=200),
    "retrieval": PromptRecipe(kind="retrieval", examples=2, max_tokens=200),
}
BINDING = {"training_set": "a" * 64}


def pack(recipe: PromptRecipe, out: Path) -> Path:
    """The package of a recipe on the tiny base, in the folder `out`."""
    PromptPacker().pack(
        base=approved(tiny_base()),
        folder=tiny_base(),
        examples=examples(),
        recipe=recipe,
        binding=BINDING,
        out=out,
    )
    return out


@cache
def _home() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="prompt-packages-")


@cache
def package(kind: str) -> Path:
    """The package of this kind. Copy it to change it."""
    return pack(RECIPES[kind], Path(_home().name) / kind)


def arm(method: Method) -> Arm:
    """The arm of a candidate on the tiny base."""
    return Arm(method=method, base="tiny", base_sha256=folder_sha256(tiny_base()), subject="0" * 64)

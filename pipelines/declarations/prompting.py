"""The prompting arms of a model: each kind once, and examples where a kind shows some."""

from __future__ import annotations

from pipelines.core.prompt_recipe import Prompting, PromptRecipe
from pipelines.declarations.document import Document, Field
from pipelines.declarations.fields import LARGEST_SEED, Limit, at_least, check_value, up_to

NOTHING = Limit("is 0, since plain prompting shows no examples", lambda value: value == 0)


def check_prompting(document: Document, prompting: Prompting) -> None:
    """Every arm can be asked, and two arms are never the same."""
    seen = set[str]()
    for place, arm in enumerate(prompting.arms):
        field = ("prompting", "arms", place)
        if arm.kind in seen:
            remedy = "Keep one of the two: the arms are told apart by their kind."
            document.problem((*field, "kind"), "stands once", arm.kind, remedy)
        seen.add(arm.kind)
        _check_arm(document, field, arm)


def _check_arm(document: Document, field: Field, arm: PromptRecipe) -> None:
    shown = NOTHING if arm.kind == "zero_shot" else at_least(1)
    limits = {"examples": shown, "max_tokens": shown, "seed": up_to(0, LARGEST_SEED)}
    for name, limit in limits.items():
        check_value(document, (*field, name), limit, getattr(arm, name))

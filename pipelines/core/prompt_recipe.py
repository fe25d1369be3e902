"""A prompt recipe: how a base that is not trained is asked, and when that is enough."""

from __future__ import annotations

from typing import Literal

from pipelines.core.arm import PromptKind
from pipelines.core.value import Value


class PromptRecipe(Value):
    """`examples` is how many rows of the training set a prompt shows at most, `max_tokens` how many tokens
    they may take together. `few_shot` draws them once by `seed`, `jaccard` and `bm25` choose them for each
    question, `retrieval` shows them as numbered sources to cite.
    """

    kind: PromptKind
    examples: int = 0
    max_tokens: int = 0
    seed: int = 0


ZERO_SHOT = PromptRecipe(kind="zero_shot")


class Prompting(Value):
    """`arms` are scored in every run, plain prompting always. `fine_tuning` says when weights are trained:
    `when_needed`, that is when no arm holds every minimum on the dev items, or `when_better`, that is
    always, and promoted when proven better than the best arm.
    """

    fine_tuning: Literal["when_needed", "when_better"] = "when_better"
    arms: tuple[PromptRecipe, ...] = (
        PromptRecipe(kind="few_shot", examples=4, max_tokens=256),
        PromptRecipe(kind="jaccard", examples=1, max_tokens=256),
        PromptRecipe(kind="bm25", examples=1, max_tokens=256),
        PromptRecipe(kind="retrieval", examples=1, max_tokens=256),
    )

    @property
    def recipes(self) -> tuple[PromptRecipe, ...]:
        """Every arm, plain prompting first."""
        return (ZERO_SHOT, *(arm for arm in self.arms if arm != ZERO_SHOT))

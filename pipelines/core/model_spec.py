"""A model declaration: which sources make it, on which bases, judged by what."""

from __future__ import annotations

from pipelines.core.base_model import ApprovedBase
from pipelines.core.eval_suite import EvalSuite
from pipelines.core.explaining import Explaining
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.prompt_recipe import Prompting
from pipelines.core.recipe import Recipe
from pipelines.core.reviewing import Reviewing
from pipelines.core.rubric import Rubric
from pipelines.core.search import Search
from pipelines.core.usage import Price
from pipelines.core.value import Name, Value


class ModelSpec(Value):
    """`ladder` ascends in size. `dev_share` is the share of golden items, 0..1, used to choose among arms."""

    name: Name
    description: str
    owner: str
    sources: tuple[Name, ...]
    golden: Name
    ladder: tuple[ApprovedBase, ...]
    recipe: Recipe
    suite: EvalSuite
    gate: GatePolicy
    dev_share: float
    privacy_class: str
    max_answer_tokens: int
    prompting: Prompting = Prompting()
    review: Reviewing = Reviewing()
    explain: Explaining = Explaining()
    judges: tuple[Rubric, ...] = ()
    search: Search = Search()

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """What every rung is trained by, the recipe as written first."""
        return self.search.recipes(self.recipe)

    def recipe_of(self, digest: str) -> Recipe:
        """The recipe with this digest; the one as written where the search has changed since."""
        return next((recipe for recipe in self.recipes if recipe.digest == digest), self.recipe)

    def price_of(self, base_sha256: str) -> Price | None:
        """The price of a base of the ladder; None for one without, or that left the ladder."""
        return next((base.price for base in self.ladder if base.sha256 == base_sha256), None)

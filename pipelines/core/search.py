"""A search among variations of a recipe, bounded by a number of trainings and off unless it is asked for.

Combinations are drawn at random, which finds as good ones as a grid with far fewer trainings: Bergstra and
Bengio (2012), "Random Search for Hyper-Parameter Optimization", JMLR 13, 281-305.
"""

from __future__ import annotations

from itertools import product

from pipelines.core.recipe import Recipe
from pipelines.core.value import Value, sha256_hex

VARIED = ("learning_rate", "epochs", "rank", "virtual_tokens")


class Search(Value):
    """`runs` is the budget: the most trainings that a rung may take, that of the recipe as written included.
    Every other field lists what its namesake in the recipe may be instead.
    """

    runs: int = 1
    learning_rate: tuple[float, ...] = ()
    epochs: tuple[int, ...] = ()
    rank: tuple[int, ...] = ()
    virtual_tokens: tuple[int, ...] = ()

    @property
    def varied(self) -> dict[str, tuple[float, ...]]:
        """{field of the recipe: its other values}, for those that have any."""
        return {field: values for field in VARIED if (values := getattr(self, field))}

    def recipes(self, written: Recipe) -> tuple[Recipe, ...]:
        """The recipe as written and, as far as the budget goes, variations that its seed draws."""
        values = {field: (getattr(written, field), *others) for field, others in self.varied.items()}
        combined = (dict(zip(values, chosen, strict=True)) for chosen in product(*values.values()))
        found = {written.model_copy(update=chosen) for chosen in combined} - {written}
        drawn = sorted(found, key=lambda recipe: sha256_hex(f"{written.seed}/{recipe.digest}".encode()))
        return (written, *drawn[: self.runs - 1])

"""The search of a model: values that its recipe could have itself, and a budget that lets them be tried."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.core.recipe import Recipe
from pipelines.core.search import Search
from pipelines.declarations.document import Document, Field
from pipelines.declarations.fields import Limit, check_value
from pipelines.declarations.recipe import check_read

MOST = 8


def check_search(document: Document, search: Search, recipe: Recipe, limits: Mapping[Field, Limit]) -> None:
    """Every value may stand in the recipe, and no line is without effect. `limits` are those of the model."""
    if (search.runs > 1) != bool(search.varied):
        rule = "is above 1 exactly where values are listed that may be tried"
        remedy = "Write `runs: 4`, say, and `learning_rate: [0.001, 0.01]` beside it, or remove `search`."
        document.problem(("search", "runs"), rule, search.runs, remedy)
    for name, values in search.varied.items():
        check_read(document, ("search", name), recipe.method)
        if len(values) != len({*values, getattr(recipe, name)}) - 1 or len(values) > MOST:
            rule = f"lists at most {MOST} values, each once, none of them the recipe's own"
            document.problem(("search", name), rule, values, "Remove those that stand elsewhere.")
        for place, value in enumerate(values):
            check_value(document, ("search", name, place), limits["recipe", name], value)

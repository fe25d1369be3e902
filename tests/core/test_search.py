"""A search stays within its budget, begins with the recipe as written, and draws the same every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.recipe import Recipe
from pipelines.core.search import Search

WRITTEN = Recipe(epochs=4, batch_size=8, learning_rate=0.004)
RATES = st.lists(st.sampled_from((0.001, 0.002, 0.008, 0.016)), unique=True, max_size=4).map(tuple)
EPOCHS = st.lists(st.integers(5, 9), unique=True, max_size=4).map(tuple)


def test_without_a_search_there_is_the_recipe_alone() -> None:
    assert Search().recipes(WRITTEN) == (WRITTEN,)


@given(st.integers(1, 32), RATES, EPOCHS)
def test_the_budget_bounds_the_trainings(
    runs: int, rates: tuple[float, ...], epochs: tuple[int, ...]
) -> None:
    recipes = Search(runs=runs, learning_rate=rates, epochs=epochs).recipes(WRITTEN)
    assert recipes[0] == WRITTEN
    assert len(recipes) == len(set(recipes)) == min(runs, (len(rates) + 1) * (len(epochs) + 1))
    for recipe in recipes:
        assert recipe.learning_rate in (WRITTEN.learning_rate, *rates)
        assert recipe.epochs in (WRITTEN.epochs, *epochs)
        same = {"learning_rate": WRITTEN.learning_rate, "epochs": WRITTEN.epochs}
        assert recipe.model_copy(update=same) == WRITTEN


@given(st.integers(1, 31), RATES, EPOCHS)
def test_a_larger_budget_keeps_what_a_smaller_one_tried(
    runs: int, rates: tuple[float, ...], epochs: tuple[int, ...]
) -> None:
    fewer = Search(runs=runs, learning_rate=rates, epochs=epochs).recipes(WRITTEN)
    more = Search(runs=runs + 1, learning_rate=rates, epochs=epochs).recipes(WRITTEN)
    assert more[: len(fewer)] == fewer


def test_another_seed_draws_other_variations() -> None:
    search = Search(runs=2, learning_rate=(0.001, 0.002, 0.008, 0.016), epochs=(5, 6, 7, 8))
    drawn = {search.recipes(WRITTEN.model_copy(update={"seed": seed}))[1].digest for seed in range(8)}
    assert len(drawn) > 4

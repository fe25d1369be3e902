"""The recipe of a model: only what its task and method read, so that no line in it is without effect."""

from __future__ import annotations

from pipelines.core.recipe import READ_BY, Recipe, TrainedMethod
from pipelines.declarations.document import Document, Field, Said


def check_read(document: Document, field: Field, method: TrainedMethod) -> None:
    """The method reads the recipe's field of this name."""
    name = str(field[-1])
    methods = READ_BY.get(name, (method,))
    if method not in methods:
        remedy = f"Remove it, or change the method to {' or '.join(methods)}."
        document.problem(field, f"belongs to the method {method}", Said(f"`{name}`"), remedy)


def check_recipe(document: Document, recipe: Recipe) -> None:
    """Every field that is written belongs to the method, and a pack is a batch of its own."""
    for name in document.data["recipe"]:
        check_read(document, ("recipe", name), recipe.method)
    if recipe.task == "classification" and recipe.method != "lora":
        remedy = "Write `method: lora`, or `task: generation`."
        document.problem(("recipe", "task"), "is trained with the method lora", recipe.task, remedy)
    if recipe.task == "classification" and recipe.packing:
        remedy = "Remove `packing`, or write `task: generation`."
        document.problem(("recipe", "packing"), "belongs to the task generation", recipe.packing, remedy)
    if recipe.packing and recipe.batch_size != 1:
        rule = "is 1 with `packing`, since attention costs the square of all that is packed side by side"
        remedy = "Write 1, and the number of packs a step as `gradient_accumulation`."
        document.problem(("recipe", "batch_size"), rule, recipe.batch_size, remedy)

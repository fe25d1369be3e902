"""A prompt package: what a base that was not trained is given to answer with, as the files of a bundle.

prompt.json holds the recipe and examples.jsonl the rows that a prompt may show, one a line, by their hash.
The tokenizer is the base's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from pipelines.core.errors import Tampered
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.integrations.example_selectors import Drawn
from pipelines.integrations.generation import context_length
from pipelines.integrations.prompter import Prompter, prompt_tokens

T = TypeVar("T")

RECIPE, BANK = "prompt.json", "examples.jsonl"
QUESTION: Final = (Message(role="user", content="What is asked most often, and what is the answer to it?"),)
"""What the probe asks."""


def bank_of(recipe: PromptRecipe, examples: Sequence[Example]) -> tuple[Example, ...]:
    """The rows that a package holds, by their hash: those that a prompt may come to show."""
    if recipe.kind == "zero_shot":
        return ()
    if recipe.kind == "few_shot":
        examples = Drawn(examples, recipe.seed).choose("", recipe.examples)
    return tuple(sorted(examples, key=lambda example: example.row))


def write_package(recipe: PromptRecipe, bank: Sequence[Example], folder: Path) -> None:
    """Write the recipe and, where it has any, the rows into `folder`."""
    (folder / RECIPE).write_bytes(recipe.to_json())
    if bank:
        (folder / BANK).write_bytes(b"".join(example.to_json() + b"\n" for example in bank))


def read_package(folder: Path, method: str) -> tuple[PromptRecipe, tuple[Example, ...]]:
    """The recipe and the rows. Raises Tampered when they cannot be read, or are not of this method."""
    recipe = _read(folder, RECIPE, lambda data: PromptRecipe.model_validate_json(data))
    if recipe.kind != method:
        raise Tampered(
            f"bundle {folder.name}", f"asks by {method}, as its manifest says", recipe.kind, "Fetch it again."
        )
    if not (folder / BANK).exists():
        return recipe, ()
    lines = _read(
        folder, BANK, lambda data: [Example.model_validate_json(line) for line in data.splitlines()]
    )
    return recipe, tuple(lines)


def prompter_of(recipe: PromptRecipe, bank: Sequence[Example], model: Any, tokenizer: Any) -> Prompter:
    """The prompter of a package on its base."""

    def count_tokens(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    return Prompter(recipe, bank, count_tokens, reads=context_length(model))


def load_prompter(folder: Path, method: str, model: Any, tokenizer: Any, asked: Sequence[int]) -> Prompter:
    """The prompter of a package on its verified base. `asked` are the token ids of its probe.

    Raises Tampered as `read_package` does, and when it asks the probe's question in other words.
    """
    prompter = prompter_of(*read_package(folder, method), model, tokenizer)
    found = prompt_tokens(prompter, tokenizer, QUESTION)
    if found != list(asked):
        raise Tampered(
            f"bundle {folder.name}",
            f"writes the {len(asked)} tokens of its probe's prompt",
            f"{len(found)} tokens, not the same",
            "Do not serve it; pack it again.",
        )
    return prompter


def _read(folder: Path, name: str, parse: Callable[[bytes], T]) -> T:
    try:
        return parse((folder / name).read_bytes())
    except (OSError, ValidationError) as error:
        raise Tampered(
            f"bundle {folder.name}", f"has a readable {name}", type(error).__name__, "Fetch it again."
        ) from error

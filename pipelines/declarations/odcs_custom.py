"""Custom checks under `quality`: those of this product, and those of Great Expectations that it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.core.contract import Rule
from pipelines.declarations.document import read_block
from pipelines.declarations.odcs_entry import COMMON, Entry
from pipelines.declarations.odcs_expectation import expectation_rules
from pipelines.declarations.odcs_perennial import perennial_rules

CUSTOM = (*COMMON, "engine", "implementation")
Implementation = Mapping[str, Any]
ENGINES: Mapping[str, Callable[[Entry, Implementation], tuple[Rule, ...]]] = {
    "perennial": perennial_rules,
    "greatExpectations": expectation_rules,
    "great-expectations": expectation_rules,
}
EXAMPLES: Mapping[str, str] = {
    "perennial": "{check: language, languages: [en]}",
    "greatExpectations": "{type: expect_..., kwargs: {...}}",
}


def custom_rules(entry: Entry) -> tuple[Rule, ...]:
    """The rules of a `type: custom` entry; none after its problems were kept."""
    engine = entry.data["engine"]
    if engine not in ENGINES:
        remedy = "Say it as a metric or in SQL, or write `engine: perennial` or `engine: greatExpectations`."
        entry.problem(("engine",), "is an engine whose checks can be honoured", engine, remedy)
        return ()
    written = entry.data["implementation"]
    if isinstance(written, str):
        written = read_block(entry.subject.document, (*entry.field, "implementation"), written)
        if written is None:
            return ()
    if not isinstance(written, dict):
        example = EXAMPLES.get(engine, EXAMPLES["greatExpectations"])
        entry.problem(("implementation",), "is a mapping of fields", written, f"Write {example}.")
        return ()
    return ENGINES[engine](entry, written)

"""A model's declaration: one file below `mlflow/models`, checked against what it names."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipelines.core.base_model import ApprovedBase
from pipelines.core.contract import Contract
from pipelines.core.explaining import Explaining
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.model_spec import ModelSpec
from pipelines.core.prompt_recipe import Prompting
from pipelines.core.recipe import Recipe
from pipelines.core.reviewing import Reviewing
from pipelines.core.rubric import Rubric
from pipelines.core.search import Search
from pipelines.core.value import Name, Value
from pipelines.declarations.document import Document, Field, Said, read_document
from pipelines.declarations.eval_suite import DeclaredSuite
from pipelines.declarations.fields import (
    LARGEST_SEED,
    Limit,
    above_zero,
    ascending_shares,
    at_least,
    listed,
    read_fields,
    up_to,
    within,
    written,
)
from pipelines.declarations.problems import Problems
from pipelines.declarations.prompting import check_prompting
from pipelines.declarations.recipe import check_recipe
from pipelines.declarations.search import check_search

T = TypeVar("T")

PRIVACY = ("public", "internal", "confidential", "restricted")
LIMITS: dict[Field, Limit] = {
    ("description",): written(),
    ("owner",): written(),
    ("sources",): listed(),
    ("ladder",): listed(),
    ("privacy_class",): written(),
    ("dev_share",): within(0, 1, least_included=False),
    ("max_answer_tokens",): at_least(1),
    ("recipe", "rank"): at_least(1),
    ("recipe", "alpha"): at_least(1),
    ("recipe", "dropout"): within(0, 1),
    ("recipe", "target_modules"): written(),
    ("recipe", "virtual_tokens"): at_least(1),
    ("recipe", "epochs"): at_least(1),
    ("recipe", "batch_size"): at_least(1),
    ("recipe", "gradient_accumulation"): at_least(1),
    ("recipe", "learning_rate"): within(0, 1, least_included=False),
    ("recipe", "warmup_steps"): at_least(0),
    ("recipe", "weight_decay"): at_least(0),
    ("recipe", "max_length"): at_least(2),
    ("recipe", "save_steps"): at_least(1),
    ("recipe", "seed"): up_to(0, LARGEST_SEED),
    ("gate", "margin"): within(0, 1, least_included=False),
    ("gate", "anchor_margin"): within(0, 1, least_included=False),
    ("gate", "alpha"): within(0, 0.5, least_included=False),
    ("gate", "min_items"): at_least(1),
    ("gate", "min_slice"): at_least(1),
    ("gate", "rotate_after"): at_least(5),
    ("gate", "max_p95_ms"): above_zero(),
    ("gate", "max_cost_per_1000"): above_zero(),
    ("review", "hours"): above_zero(),
    ("search", "runs"): up_to(1, 32),
    ("explain", "learning_curve"): ascending_shares(),
    ("explain", "most_parts"): at_least(1),
    ("judges",): listed(),
}


class Neighbours(NamedTuple):
    """What a model may name, by name; None for a declaration that has problems of its own."""

    contracts: Mapping[str, Contract | None]
    bases: Mapping[str, ApprovedBase | None]
    suites: Mapping[str, DeclaredSuite | None]
    rubrics: Mapping[str, Rubric | None]


class _ModelFile(Value):
    name: Name
    description: str
    owner: str
    sources: tuple[Name, ...]
    golden: Name
    ladder: tuple[Name, ...]
    recipe: Recipe
    suite: Name
    gate: GatePolicy
    dev_share: float
    privacy_class: str
    max_answer_tokens: int
    prompting: Prompting = Prompting()
    review: Reviewing = Reviewing()
    explain: Explaining = Explaining()
    judges: tuple[Name, ...] = ()
    search: Search = Search()


def read_model(
    path: Path, file: str, name: str, neighbours: Neighbours, problems: Problems
) -> ModelSpec | None:
    """The model `name` with its bases and suite in place, or None after its problems were kept."""
    document = read_document(path, file, problems)
    if document is None:
        return None
    model = read_fields(document, _ModelFile, LIMITS, named=name)
    if model is None:
        return None
    _check_sources(document, model, neighbours.contracts)
    _check_privacy(document, model, neighbours.contracts)
    check_prompting(document, model.prompting)
    _check_explain(document, model, neighbours.contracts)
    check_recipe(document, model.recipe)
    check_search(document, model.search, model.recipe, LIMITS)
    ladder = _ladder(document, model, neighbours.bases)
    _check_prices(document, model, ladder)
    declared = _find(document, ("suite",), model.suite, neighbours.suites, "an eval suite of mlflow/evals")
    golden = neighbours.contracts.get(model.golden)
    if declared is not None and golden is not None:
        _check_choices(document, declared, golden)
    rubrics = _rubrics(document, model, neighbours)
    whole = len(ladder) == len(model.ladder) and len(rubrics) == len(model.judges)
    if not document.sound or declared is None or not whole:
        return None
    given = {field: getattr(model, field) for field in _ModelFile.model_fields}
    return ModelSpec(**given | {"ladder": ladder, "suite": declared.suite, "judges": rubrics})


def _find(document: Document, field: Field, name: str, known: Mapping[str, T | None], what: str) -> T | None:
    """The declaration of that name. An unknown name is a problem here, a broken one in its own file."""
    if name not in known:
        document.problem(field, f"is {what}", name, f"Write one of: {', '.join(known) or 'none yet'}.")
    return known.get(name)


def _check_sources(document: Document, model: _ModelFile, contracts: Mapping[str, Contract | None]) -> None:
    what = "a source with a contract in data_contracts"
    for place, name in enumerate(model.sources):
        contract = _find(document, ("sources", place), name, contracts, what)
        if contract is not None and contract.purpose != "training":
            remedy = "Name a training source; a golden set never trains a model."
            document.problem(("sources", place), "has `purpose: training`", name, remedy)
    contract = _find(document, ("golden",), model.golden, contracts, what)
    if contract is not None and contract.purpose != "evaluation":
        remedy = "Name a source whose contract says `purpose: evaluation`."
        document.problem(("golden",), "has `purpose: evaluation`", model.golden, remedy)


def _check_privacy(document: Document, model: _ModelFile, contracts: Mapping[str, Contract | None]) -> None:
    """A model protects what it learned at least as well as its sources ask."""
    if model.privacy_class not in PRIVACY:
        return  # no base is approved for it
    for place, name in enumerate(model.sources):
        contract = contracts.get(name)
        if contract is not None and PRIVACY.index(contract.privacy) > PRIVACY.index(model.privacy_class):
            rule = f"is of no higher privacy class than the model, {model.privacy_class}"
            remedy = "Raise `privacy_class` of the model, or leave the source out."
            document.problem(("sources", place), rule, Said(f"{name} is {contract.privacy}"), remedy)


def _check_explain(document: Document, model: _ModelFile, contracts: Mapping[str, Contract | None]) -> None:
    """What is asked for can be told apart: parts of an upload by a role, sources by their number."""
    named = [contract for contract in map(contracts.get, model.sources) if contract is not None]
    if model.explain.leave_out and named and not any(contract.roles.slice for contract in named):
        rule = "needs a source whose roles name `slice`, the part that a row belongs to"
        remedy = "Add `slice` to the roles of a contract, or remove `leave_out`."
        document.problem(("explain", "leave_out"), rule, Said("none"), remedy)
    if model.explain.individual and len(model.sources) < 2:
        rule = "needs at least two sources, each of which is trained on alone"
        remedy = "Name another source, or remove `individual`."
        document.problem(("explain", "individual"), rule, Said("one"), remedy)


def _ladder(
    document: Document, model: _ModelFile, bases: Mapping[str, ApprovedBase | None]
) -> tuple[ApprovedBase, ...]:
    """The bases of the ladder that could be read, in its order."""
    rungs: list[tuple[int, ApprovedBase]] = []
    for place, name in enumerate(model.ladder):
        field = ("ladder", place)
        base = _find(document, field, name, bases, "a base of mlflow/base_models")
        if base is None:
            continue
        if model.privacy_class not in base.privacy_classes:
            remedy = f"It is approved for {', '.join(base.privacy_classes)}: change the base or the class."
            document.problem(field, f"is approved for the privacy class {model.privacy_class}", name, remedy)
        rungs.append((place, base))
    for (_, lower), (place, upper) in pairwise(rungs):
        if upper.parameters <= lower.parameters:
            rule = f"has more parameters than {lower.name}, the rung before"
            document.problem(
                ("ladder", place), rule, upper.name, "Order the ladder from the smallest base up."
            )
    return tuple(base for _, base in rungs)


def _rubrics(document: Document, model: _ModelFile, neighbours: Neighbours) -> tuple[Rubric, ...]:
    """The rubrics of its judges that could be read. One of two turns needs items with a second."""
    golden = neighbours.contracts.get(model.golden)
    found: list[Rubric] = []
    for place, name in enumerate(model.judges):
        rubric = _find(document, ("judges", place), name, neighbours.rubrics, "a rubric of mlflow/judges")
        if rubric is None:
            continue
        if rubric.two_turns and golden is not None and golden.roles.follow_up is None:
            rule = f"has one turn, since {golden.source} names no `follow_up` among its roles"
            remedy = f"Add `follow_up` to the roles of data_contracts/{golden.source}.odcs.yaml."
            document.problem(("judges", place), rule, name, remedy)
        found.append(rubric)
    return tuple(found)


def _check_prices(document: Document, model: _ModelFile, ladder: tuple[ApprovedBase, ...]) -> None:
    """A budget can be held only where every rung has a price, and all prices are in one currency."""
    if model.gate.max_cost_per_1000 is None:
        return
    field = ("gate", "max_cost_per_1000")
    if unpriced := [base.name for base in ladder if base.price is None]:
        remedy = "Write `price:` in each file of mlflow/base_models, or remove the budget."
        rule = "needs a `price` at every base of the ladder"
        document.problem(field, rule, Said(f"none at {', '.join(unpriced)}"), remedy)
    currencies = sorted({base.price.currency for base in ladder if base.price is not None})
    if len(currencies) > 1:
        remedy = "Give the bases of one ladder their prices in one currency."
        rule = "needs prices of one currency along the ladder"
        document.problem(field, rule, Said(", ".join(currencies)), remedy)


def _check_choices(document: Document, declared: DeclaredSuite, golden: Contract) -> None:
    if declared.needs_choices and not golden.roles.choices:
        rule = f"has `choices` among its roles, since suite {declared.suite.name} offers them"
        remedy = f"Add `choices` to the roles of data_contracts/{golden.source}.odcs.yaml."
        document.problem(("golden",), rule, golden.source, remedy)

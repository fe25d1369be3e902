"""What the stages need from the world, as narrow protocols.

Every implementation raises the errors of `pipelines.core.errors` and nothing of its library's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pipelines.core.arm import Arm
from pipelines.core.assertion import Assertion, AssertionResult
from pipelines.core.base_model import ApprovedBase
from pipelines.core.contract import Contract
from pipelines.core.eval_suite import EvalSuite
from pipelines.core.evaluation import Output, Scores
from pipelines.core.findings import Findings, Surroundings, Table
from pipelines.core.golden_set import GoldenItem
from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.recipe import Recipe
from pipelines.core.rubric import Rubric
from pipelines.core.snapshot import Snapshot
from pipelines.core.training import Training
from pipelines.core.training_set import Example
from pipelines.core.upload import ObjectVersion

Progress = Callable[[str], None]
"""Takes one short line about what is going on."""

Pause = Callable[[float], None]
"""Passes so many seconds."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, timezone-aware UTC."""
        ...


class ObjectStore(Protocol):
    """A bucket. Keys are POSIX paths relative to its root."""

    def list(self, prefix: str) -> tuple[ObjectVersion, ...]:
        """The complete objects under `prefix`, by key."""
        ...

    def pending(self, prefix: str) -> tuple[str, ...]:
        """Keys of uploads in parts that are not complete yet."""
        ...

    def changed(self, prefix: str) -> datetime | None:
        """A moment not before the last deletion under the folder `prefix`; None where nobody knows."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when there is no such object."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write or replace, whole or not at all."""
        ...

    def put_if_absent(self, key: str, data: bytes, *, owner: str) -> bool:
        """Create durably. True when this owner's write stands (also when an earlier try of the same
        owner and bytes was applied), False when somebody else's does. `owner` names the logical write.
        """
        ...

    def download(self, version: ObjectVersion, to: Path) -> str:
        """Fetch exactly this version; returns its sha256. Raises ObjectChanged when it is gone."""
        ...

    def upload_file(self, source: Path, key: str) -> None:
        """Write a file of any size, whole or not at all, replacing what was there."""
        ...

    def download_key(self, key: str, to: Path, *, sha256: str) -> None:
        """Fetch the current object and verify it. Raises Tampered when the bytes differ."""
        ...


class Signer(Protocol):
    """Signs and verifies ledger entries. A process that only reads holds only the public half."""

    def sign(self, data: bytes) -> str: ...

    def verify(self, data: bytes, signature: str) -> bool: ...


class Checker(Protocol):
    """Runs a contract's rules over a table and says, per rule, which rows break it."""

    def check(self, table: Table, contract: Contract, around: Surroundings) -> Findings:
        """One finding a rule, in the contract's order.

        Raises DeclarationError for a rule that cannot run: a rule is never skipped.
        """
        ...


class Auditor(Protocol):
    """An independent opinion on the rows that are about to be accepted."""

    def audit(self, table: Table, contract: Contract, findings: Findings) -> tuple[str, ...]:
        """Why the rows may not be accepted, in words; empty confirms them. `findings` are the checker's
        about the same rows.
        """
        ...


class DataRegistry(Protocol):
    """Versions of canonical tables."""

    def publish(self, snapshot: Snapshot, table: Path) -> str:
        """Store a version durably; returns the revision that holds it. Safe to repeat."""
        ...

    def fetch(self, snapshot: Snapshot, revision: str, to: Path) -> None:
        """Write the snapshot's table to `to`, verified against its sha256."""
        ...


class BaseModels(Protocol):
    """The approved bases on this machine."""

    def folder(self, base: ApprovedBase) -> Path:
        """The verified folder. Raises Tampered when its digest is not the approved one."""
        ...


class Trainer(Protocol):
    def train(
        self,
        *,
        base: ApprovedBase,
        folder: Path,
        examples: Iterable[Example],
        recipe: Recipe,
        binding: Mapping[str, str],
        scratch: Path,
        out: Path,
        progress: Progress,
    ) -> Training:
        """Fine-tune from the base into a bundle folder `out`; returns what it took.

        `binding` names the inputs by digest. A sealed checkpoint in `scratch` of the same binding is
        resumed exactly; one of another binding is refused. `out` is complete or absent.
        """
        ...


class Packer(Protocol):
    def pack(
        self,
        *,
        base: ApprovedBase,
        folder: Path,
        examples: Sequence[Example],
        recipe: PromptRecipe,
        binding: Mapping[str, str],
        out: Path,
    ) -> None:
        """Write the prompt package of a base into a bundle folder `out`, complete or absent. Equal inputs
        give equal bytes, whatever the order of the examples.
        """
        ...


class Evaluator(Protocol):
    def score(
        self,
        *,
        arm: Arm,
        folder: Path,
        bundle: Path,
        suite: EvalSuite,
        items: Sequence[GoldenItem],
        max_answer_tokens: int,
    ) -> Scores:
        """Score every item with every task of the suite. `folder` holds the base, `bundle` what the arm adds
        to it: trained weights or a prompt package.
        """
        ...


class Converser(Protocol):
    def converse(
        self,
        *,
        arm: Arm,
        folder: Path,
        bundle: Path,
        conversations: Mapping[str, tuple[str, ...]],
        max_answer_tokens: int,
    ) -> Mapping[str, tuple[str, ...]]:
        """{conversation: what the user says, turn by turn} to {conversation: what the arm answers}. A turn is
        asked after the arm's own answers to those before it. `folder` and `bundle` are as for an Evaluator.
        """
        ...


class AssertionChecker(Protocol):
    def check(
        self, assertions: Sequence[Assertion], outputs: Sequence[Output], slices: Mapping[str, str]
    ) -> tuple[AssertionResult, ...]:
        """One result an assertion, in their order. `slices` is {item: slice}."""
        ...


class ModelRegistry(Protocol):
    """Where reviewers look. It holds projections, never the truth."""

    def record(self, model: str, run: str, *, metrics: Mapping[str, float], files: Path) -> str:
        """Log one gated run with its evidence files; returns the run's id. Safe to repeat by `run`."""
        ...

    def run_page(self, model: str, run: str) -> str:
        """The address at which a person looks at a gated run."""
        ...

    def attach(self, model: str, run: str, *, files: Path) -> None:
        """Add evidence files to a gated run, or replace them. Raises DataError when it was not recorded."""
        ...

    def register(
        self, model: str, *, promotion: str, bundle: Path, run_id: str, tags: Mapping[str, str], note: str
    ) -> str:
        """Create the version of a promotion with its bundle; returns the version. Safe to repeat."""
        ...

    def version_of(self, model: str, promotion: str) -> str | None:
        """The version of a promotion, None while there is none."""
        ...

    def set_tag(self, model: str, version: str, key: str, value: str) -> None:
        """Set a tag that a reviewer sees on the version."""
        ...

    def tag(self, model: str, version: str, key: str) -> str | None:
        """A tag of a version, which anybody may have set; None where it is not set."""
        ...

    def aliases(self, model: str) -> Mapping[str, str]:
        """{alias: version}; empty when the model is unknown."""
        ...

    def set_alias(self, model: str, alias: str, version: str | None) -> None:
        """Point an alias at a version, or remove it with None."""
        ...


class Served(Protocol):
    """What a target says of one model. `refused` maps a promotion's version to the reason."""

    @property
    def version(self) -> int | None: ...

    @property
    def logit_difference(self) -> float | None: ...

    @property
    def refused(self) -> Mapping[int, str]: ...


class Target(Protocol):
    """A place that serves champions by name. It reads the ledger itself."""

    def served(self, model: str) -> Served:
        """What it serves now. Raises Unavailable when it does not answer."""
        ...


class Judge(Protocol):
    """A language model that reads answers and gives verdicts on them."""

    @property
    def double(self) -> bool:
        """Whether it is a test double: what it says never counts."""
        ...

    def ask(self, rubric: Rubric, cases: Sequence[Case]) -> tuple[Ruling, ...]:
        """One ruling a case, in their order. An answer that cannot be read is a ruling without a verdict."""
        ...

"""The one place that chooses integrations.

Libraries load on first use, so that a process pays only for the stages it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self, TypeVar

from pipelines import specs
from pipelines.archive import Archive
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.contract import Contract
from pipelines.core.errors import Unavailable, UsageError
from pipelines.core.explanation import WeightDifference
from pipelines.core.findings import Surroundings
from pipelines.core.intake import Intake, intake
from pipelines.core.model_spec import ModelSpec
from pipelines.core.promotion import Standing, standing
from pipelines.core.rubric import Rubric
from pipelines.desk import resident_desk
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.signing import Ed25519Signer
from pipelines.ledger import Ledger
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.ports import (
        AssertionChecker,
        BaseModels,
        Clock,
        Converser,
        DataRegistry,
        Evaluator,
        Judge,
        ModelRegistry,
        ObjectStore,
        Packer,
        Signer,
        Target,
        Trainer,
    )
    from pipelines.stages.compose import ReadTable
    from pipelines.stages.examine import Desk
    from pipelines.stages.review import Board

T = TypeVar("T")


class Runtime:
    """The world as this deployment has it, behind the ports of `pipelines.ports`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock: Clock = SystemClock()
        self._ledgers: dict[str, Ledger] = {}

    @classmethod
    def from_environment(cls) -> Self:
        return cls(Settings.from_environment())

    @cached_property
    def contracts(self) -> Mapping[str, Contract]:
        return specs.contracts(self.settings.project)

    @cached_property
    def models(self) -> Mapping[str, ModelSpec]:
        return specs.models(self.settings.project)

    def contract(self, source: str) -> Contract:
        """Raises UsageError for a source without a contract."""
        return _known(self.contracts, source, "source", "data_contracts")

    def model(self, name: str) -> ModelSpec:
        """Raises UsageError for a model that is not declared."""
        return _known(self.models, name, "model", "mlflow/models")

    @cached_property
    def rubrics(self) -> Mapping[str, Rubric]:
        return specs.rubrics(self.settings.project)

    def rubric(self, name: str) -> Rubric:
        """Raises UsageError for a rubric that is not declared."""
        return _known(self.rubrics, name, "rubric", "mlflow/judges")

    def judge(self, rubric: Rubric) -> Judge:
        from pipelines.integrations.openai_judge import OpenAiJudge

        return OpenAiJudge.from_environment(rubric, cache=self.settings.home / "judge-cache")

    @cached_property
    def store(self) -> ObjectStore:
        return open_store(self.settings)

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.store)

    @cached_property
    def signer(self) -> Signer:
        keys = self.settings.secrets
        return Ed25519Signer(keys / "ledger.key", keys / "ledger.pub")

    @cached_property
    def scratch(self) -> Path:
        self.settings.scratch.mkdir(parents=True, exist_ok=True)
        return self.settings.scratch

    @cached_property
    def desk(self) -> Desk:
        return resident_desk(self.settings.auditor_socket)

    def neighbourhood(self, contract: Contract, folder: Path) -> Surroundings:
        """What an upload of a source is compared with, fetched into `folder`."""
        from pipelines.stages.surroundings import surroundings

        return surroundings(
            contract,
            self.models,
            lambda source: self.intake(source).current,
            archive=self.archive,
            reader=self._reader,
            folder=folder,
        )

    def _reader(self, base: ApprovedBase) -> tuple[Path, int] | None:
        """The folder of a base and the tokens it reads at once, None while it is not on this machine."""
        from pipelines.integrations.base_models import context_tokens

        try:
            folder = self.bases.folder(base)
        except Unavailable:
            return None
        return folder, context_tokens(folder)

    @cached_property
    def read_table(self) -> ReadTable:
        from pipelines.integrations.canonical_table import read_table

        return read_table

    @cached_property
    def data_registry(self) -> DataRegistry:
        from pipelines.integrations.dvc_registry import DvcRegistry

        registry = DvcRegistry(
            self.settings.data_registry,
            self.settings.dvc_remote,
            cache=self.settings.home / "dvc-cache",
            scratch=self.scratch,
            endpoint=self.settings.s3_endpoint,
        )
        registry.ensure()
        return registry

    @cached_property
    def bases(self) -> BaseModels:
        from pipelines.integrations.base_models import LocalBaseModels

        return LocalBaseModels(self.settings.bases)

    @cached_property
    def trainer(self) -> Trainer:
        from pipelines.integrations.classifier_trainer import ClassifierTrainer
        from pipelines.integrations.trl_trainer import TrlTrainer

        return ClassifierTrainer(otherwise=TrlTrainer())

    @cached_property
    def packer(self) -> Packer:
        from pipelines.integrations.prompt_packer import PromptPacker

        return PromptPacker()

    @cached_property
    def assertion_checker(self) -> AssertionChecker:
        from pipelines.integrations.answer_patterns import PatternChecker

        return PatternChecker()

    @cached_property
    def evaluator(self) -> Evaluator:
        from pipelines.integrations.classifier_evaluator import ClassifierEvaluator
        from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator

        return ClassifierEvaluator(otherwise=LmEvalEvaluator())

    @cached_property
    def converser(self) -> Converser:
        from pipelines.integrations.bundle_converser import BundleConverser

        return BundleConverser()

    @cached_property
    def model_registry(self) -> ModelRegistry:
        from pipelines.integrations.mlflow_registry import MlflowRegistry

        return MlflowRegistry(self.settings.mlflow_url)

    @cached_property
    def board(self) -> Board:
        from pipelines.integrations.review_page import review_page
        from pipelines.stages.review import Board

        return Board(self.archive, self.model_registry, review_page, self.scratch)

    @cached_property
    def target(self) -> Target:
        from pipelines.integrations.builtin_target import BuiltinTarget

        return BuiltinTarget(self.settings.server_url)

    def weigh(self, mine: Candidate, other: Candidate) -> Sequence[WeightDifference]:
        """How far the weights of a candidate are from those of another."""
        from pipelines.integrations.weight_difference import weight_differences

        with TemporaryDirectory(dir=self.scratch) as folder:
            places = [Path(folder) / name for name in ("mine", "other")]
            for candidate, place in zip((mine, other), places, strict=True):
                self.archive.fetch_folder(candidate.bundle, place)
            return weight_differences(*places)

    def ingest_ledger(self, source: str) -> Ledger:
        return self._ledger(f"ledger/ingest/{source}/")

    def model_ledger(self, model: str) -> Ledger:
        return self._ledger(f"ledger/models/{model}/")

    def judge_ledger(self, rubric: str) -> Ledger:
        return self._ledger(f"ledger/judges/{rubric}/")

    def cost_ledger(self, model: str) -> Ledger:
        return self._ledger(f"ledger/costs/{model}/")

    def _ledger(self, prefix: str) -> Ledger:
        """One instance a ledger: it remembers what it has verified."""
        if prefix not in self._ledgers:
            self._ledgers[prefix] = Ledger(self.store, prefix, signer=self.signer, clock=self.clock)
        return self._ledgers[prefix]

    def intake(self, source: str) -> Intake:
        return intake(self.ingest_ledger(source).entries())

    def standing(self, model: str) -> Standing:
        return standing(self.model_ledger(model).entries())


def open_store(settings: Settings) -> ObjectStore:
    """The bucket: a folder, or s3://name/prefix."""
    if settings.bucket.startswith("s3://"):
        from pipelines.integrations.s3_store import S3Store

        name, _, prefix = settings.bucket.removeprefix("s3://").partition("/")
        return S3Store(name, prefix, settings.s3_endpoint)
    from pipelines.integrations.directory_store import DirectoryStore

    return DirectoryStore(Path(settings.bucket))


def _known(declared: Mapping[str, T], name: str, kind: str, folder: str) -> T:
    if name in declared:
        return declared[name]
    raise UsageError(
        f"{kind} {name}",
        f"a {kind} must be declared",
        f"only {', '.join(sorted(declared)) or 'none'}",
        f"Declare it in {folder}/, or check the spelling.",
    )

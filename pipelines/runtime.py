"""The one place that chooses integrations.

Libraries load on first use, so that a process pays only for the stages it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipelines import specs
from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.intake import Intake, intake
from pipelines.core.model_spec import ModelSpec
from pipelines.core.promotion import Standing, standing
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.signing import Ed25519Signer
from pipelines.ledger import Ledger
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.ports import (
        BaseModels,
        Checker,
        Clock,
        DataRegistry,
        Evaluator,
        ModelRegistry,
        ObjectStore,
        Signer,
        Target,
        Trainer,
    )
    from pipelines.stages.compose import ReadTable
    from pipelines.stages.validate import Desk


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
        from pipelines.integrations.canonical_table import write_table
        from pipelines.integrations.files import read_files
        from pipelines.integrations.letter_page import letter_page
        from pipelines.stages.validate import Desk

        return Desk(read_files=read_files, write_table=write_table, letter_page=letter_page)

    @cached_property
    def read_table(self) -> ReadTable:
        from pipelines.integrations.canonical_table import read_table

        return read_table

    @cached_property
    def checker(self) -> Checker:
        from pipelines.integrations.gx_checker import GxChecker

        return GxChecker()

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
        from pipelines.integrations.trl_trainer import TrlTrainer

        return TrlTrainer()

    @cached_property
    def evaluator(self) -> Evaluator:
        from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator

        return LmEvalEvaluator()

    @cached_property
    def model_registry(self) -> ModelRegistry:
        from pipelines.integrations.mlflow_registry import MlflowRegistry

        return MlflowRegistry(self.settings.mlflow_url)

    @cached_property
    def target(self) -> Target:
        from pipelines.integrations.builtin_target import BuiltinTarget

        return BuiltinTarget(self.settings.server_url)

    def ingest_ledger(self, source: str) -> Ledger:
        return self._ledger(f"ledger/ingest/{source}/")

    def model_ledger(self, model: str) -> Ledger:
        return self._ledger(f"ledger/models/{model}/")

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

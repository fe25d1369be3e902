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
from pipelines.core.base_model import ApprovedBase
from pipelines.core.contract import Contract
from pipelines.core.errors import Unavailable
from pipelines.core.findings import Surroundings
from pipelines.core.intake import Intake, intake
from pipelines.core.model_spec import ModelSpec
from pipelines.core.promotion import Standing, standing
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.signing import Ed25519Signer
from pipelines.ledger import Ledger
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.ports import (
        Auditor,
        BaseModels,
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
    from pipelines.stages.examine import Desk


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
        from pipelines.integrations.resident_auditor import ResidentAuditor

        return open_desk(ResidentAuditor(self.settings.auditor_socket, fallback=_gx_auditor))

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


def preload() -> None:
    """Import what every validation needs, for a process whose forks validate."""
    from pipelines.integrations import full_checker, resident_auditor

    full_checker.preload()
    open_desk(resident_auditor.ResidentAuditor(Path(), fallback=_gx_auditor))


def _gx_auditor() -> Auditor:
    """An auditor of this process: its library takes seconds to load."""
    from pipelines.integrations.gx_auditor import GxAuditor

    return GxAuditor()


def open_desk(auditor: Auditor) -> Desk:
    """All that an upload is judged with; `auditor` gives the second opinion."""
    from pipelines.integrations.canonical_table import keep_rows, peek
    from pipelines.integrations.comparison import compare
    from pipelines.integrations.duckdb_checker import DuckDbChecker
    from pipelines.integrations.files import read_files
    from pipelines.integrations.full_checker import FullChecker
    from pipelines.integrations.letter_page import letter_page
    from pipelines.integrations.personal_data import redact
    from pipelines.integrations.profiler import profile_of
    from pipelines.integrations.repair_rows import write_repair
    from pipelines.stages.examine import Desk

    return Desk(
        read_files=read_files,
        keep_rows=keep_rows,
        peek=peek,
        profile_of=profile_of,
        compare=compare,
        redact=redact,
        letter_page=letter_page,
        write_repair=write_repair,
        checker=FullChecker(DuckDbChecker()),
        auditor=auditor,
    )


def open_store(settings: Settings) -> ObjectStore:
    """The bucket: a folder, or s3://name/prefix."""
    if settings.bucket.startswith("s3://"):
        from pipelines.integrations.s3_store import S3Store

        name, _, prefix = settings.bucket.removeprefix("s3://").partition("/")
        return S3Store(name, prefix, settings.s3_endpoint)
    from pipelines.integrations.directory_store import DirectoryStore

    return DirectoryStore(Path(settings.bucket))

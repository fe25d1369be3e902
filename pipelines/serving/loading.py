"""From a promotion in the ledger to a model that has proven itself and can answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Bundle
from pipelines.core.errors import PermanentError, Refused, Unavailable
from pipelines.core.promotion import Promotion
from pipelines.integrations.bundle import LoadedBundle
from pipelines.integrations.classifier_bundle import is_classifier, load_classifier
from pipelines.integrations.merging import load_merged
from pipelines.ports import BaseModels

Approved = Callable[[], Mapping[str, ApprovedBase]]
"""The approved bases as declared now: a base may be approved while the server runs."""

# A device that is full, busy or gone says nothing about the bundle.
MACHINE_TROUBLE = ("OUT OF MEMORY", "NOT ENOUGH MEMORY", "CUDA", "CUBLAS", "CUDNN", "NCCL")


@dataclass(frozen=True, eq=False)
class Loaded:
    """A proven version, ready to answer. `since` is when it was loaded, in seconds since 1970."""

    promotion: Promotion
    candidate: str
    bundle: LoadedBundle
    since: int

    @property
    def version(self) -> int:
        """The promotion's version, from 1."""
        return self.promotion.version

    @property
    def name(self) -> str:
        """The immutable name of this version."""
        return self.promotion.served_as


class Loader:
    """Fetches, verifies and loads promotions. `cache` is a folder of this process's own."""

    def __init__(self, archive: Archive, cache: Path, folders: BaseModels, approved: Approved) -> None:
        self._archive = archive
        self._cache = cache
        self._folders = folders
        self._approved = approved

    def __call__(self, promotion: Promotion) -> Loaded:
        """Loads one promotion; slow, and the only place where weights enter this process.

        Raises:
            Tampered: bytes that are not those that were judged, or logits that are not the trainer's.
            Refused: the base is not approved, or no longer in this form.
            Unavailable, OSError, MemoryError: this machine is in the way; the same promotion may load later.
        """
        candidate = promotion.candidate
        base = self._base_folder(promotion)
        folder = self._bundle_folder(candidate.bundle)
        try:
            bundle = (load_classifier if is_classifier(folder) else load_merged)(folder, base)
        except RuntimeError as error:
            if any(word in str(error).upper() for word in MACHINE_TROUBLE):
                raise Unavailable(
                    promotion.served_as,
                    "needs a device with enough memory to be loaded",
                    str(error).splitlines()[0],
                    "Free some; it is tried again.",
                ) from error
            raise
        return Loaded(promotion, candidate.digest, bundle, since=int(time.time()))

    def _base_folder(self, promotion: Promotion) -> Path:
        candidate = promotion.candidate
        approved = self._approved().get(candidate.base)
        if approved is None or approved.sha256 != candidate.base_sha256:
            found = "no such base" if approved is None else f"digest {approved.sha256[:12]} is approved"
            raise Refused(
                promotion.served_as,
                f"runs on the approved base it was trained on, {candidate.base} {candidate.base_sha256[:12]}",
                found,
                "Train again from a base that is approved now.",
            )
        return self._folders.folder(approved)

    def _bundle_folder(self, bundle: Bundle) -> Path:
        """The bundle's files on this disk, each verified; damage in the cache is repaired from the bucket."""
        folder = self._cache / bundle.digest
        try:
            self._archive.fetch_folder(bundle, folder)
        except PermanentError:
            if not os.path.lexists(folder):
                raise
            with TemporaryDirectory(prefix=".damaged-", dir=self._cache) as aside:
                folder.rename(Path(aside) / "bundle")
            self._archive.fetch_folder(bundle, folder)
        return folder

"""Damage to bundles, with and without a manifest that agrees with it."""

from __future__ import annotations

from pathlib import Path

from pipelines.integrations.bundle import MANIFEST, Manifest
from pipelines.integrations.folder_digest import folder_files


def resealed(bundle: Path) -> Path:
    """The bundle with a manifest that agrees with what lies in the folder now."""
    manifest = Manifest.model_validate_json((bundle / MANIFEST).read_bytes())
    files = {name: sha256 for name, sha256 in folder_files(bundle).items() if name != MANIFEST}
    (bundle / MANIFEST).write_bytes(manifest.model_copy(update={"files": files}).to_json())
    return bundle


def flip(path: Path, at: int = -3) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))

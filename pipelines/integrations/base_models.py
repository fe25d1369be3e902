"""The approved bases on this machine, verified before every use."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DeclarationError, Tampered, Unavailable
from pipelines.integrations.folder_digest import folder_sha256


class LocalBaseModels:
    """Implements `ports.BaseModels` over the bases folder; a `path` may also be absolute."""

    def __init__(self, bases_dir: Path) -> None:
        self._bases_dir = bases_dir

    def folder(self, base: ApprovedBase) -> Path:
        """The verified folder.

        Raises Unavailable when it is not there (yet), Tampered when its digest is not the approved one.
        """
        folder = self._place(base)
        if not folder.is_dir():
            remedy = "Fetch it." if base.build is None else f"Run `perennial base build {base.name}`."
            raise Unavailable(f"base {base.name}", "must be on this machine", "no folder", remedy)
        digest = folder_sha256(folder)
        if digest != base.sha256:
            raise Tampered(
                f"base {base.name}",
                f"has the approved digest {base.sha256[:12]}",
                digest[:12],
                "Remove the folder and build or fetch the base again.",
            )
        return folder

    def _place(self, base: ApprovedBase) -> Path:
        place = Path(base.path or base.name)
        if ".." in place.parts:
            raise DeclarationError(
                f"base {base.name}", "has a path without `..`", str(place), "Give an absolute path."
            )
        return self._bases_dir / place


def context_tokens(folder: Path) -> int:
    """How many tokens the base in a verified folder reads at once. Raises DeclarationError."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokens = config.get("max_position_embeddings")
    if not isinstance(tokens, int):
        raise DeclarationError(
            f"base in {folder.name}",
            "names its context length in config.json",
            "no max_position_embeddings",
            "Give the rule `tokens_between` a `maximum`.",
        )
    return tokens

"""Checkpoints that can be trusted: sealed by a manifest, bound to their inputs; the newest good one wins."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path

from pipelines.core.errors import Refused, Tampered
from pipelines.core.value import Sha256, Value
from pipelines.integrations.folder_digest import folder_files

SEAL = "SEAL.json"
MACHINE = ("device", "precision", "threads", "world_size")


class Seal(Value):
    """`binding` names everything that decides the weights; `files` is {relative path: sha256}."""

    binding: dict[str, str]
    files: dict[str, Sha256]


def seal(folder: Path, binding: Mapping[str, str]) -> None:
    """Declare the checkpoint complete. Durable before it is visible."""
    partial = folder.with_name(f".{folder.name}.seal")
    with partial.open("wb") as stream:
        stream.write(Seal(binding=dict(binding), files=_files(folder)).to_json())
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(folder / SEAL)


def newest_sealed(scratch: Path, binding: Mapping[str, str]) -> Path | None:
    """The newest complete checkpoint of exactly this job, or None.

    One without a seal, or whose bytes differ from it, or from before the libraries or the device of
    this job changed, is moved aside and the next older one is tried. Raises Refused when the checkpoint
    belongs to other inputs.
    """
    for folder in sorted(scratch.glob("checkpoint-*"), key=_step, reverse=True):
        found = _sealed(folder)
        if found is None or _of_another_machine(found.binding, binding):
            folder.rename(scratch / f"damaged-{folder.name}-{uuid.uuid4().hex[:8]}")
            continue
        if found.binding != dict(binding):
            other = sorted({key for key, _ in found.binding.items() ^ dict(binding).items()})
            raise Refused(
                f"checkpoint {folder.name}",
                "is resumed only by the job that wrote it",
                f"another {', '.join(other)}",
                "Use an empty scratch folder for this job.",
            )
        return folder
    return None


def _of_another_machine(found: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether the same inputs were trained on with other libraries, another device or layout."""
    differing = {key for key, _ in found.items() ^ wanted.items()}
    return bool(differing) and all(key in MACHINE or key.startswith("version_") for key in differing)


def _step(folder: Path) -> int:
    match = re.fullmatch(r"checkpoint-(\d+)", folder.name)
    return int(match[1]) if match else -1


def _sealed(folder: Path) -> Seal | None:
    """The seal when every file is as it says, else None."""
    try:
        found = Seal.model_validate_json((folder / SEAL).read_bytes())
        return found if found.files == _files(folder) else None
    except (OSError, ValueError, Tampered):
        return None


def _files(folder: Path) -> dict[str, str]:
    return {name: sha256 for name, sha256 in folder_files(folder).items() if name != SEAL}

"""The files of a bundle: only what cannot run code, and nothing that tells of the machine that wrote them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.core.errors import Tampered
from pipelines.core.value import canonical_json

TOKENIZER = "tokenizer"
SUFFIXES = (".safetensors", ".json", ".jsonl", ".txt", ".jinja")


def save_parts(model: Any, tokenizer: Any, partial: Path, weights: str, base: str) -> None:
    """Write the model to the folder `weights` and the tokenizer, without a trace of this machine."""
    model.eval()
    model.save_pretrained(partial / weights)
    tokenizer.save_pretrained(partial / TOKENIZER)
    if (config := partial / weights / "adapter_config.json").exists():
        _canonical_adapter_config(config, base)
    for path in sorted(partial.rglob("*")):
        if path.is_file() and path.suffix not in SUFFIXES:
            path.unlink()  # model cards: they hold local paths, and nothing reads them


def _canonical_adapter_config(path: Path, base: str) -> None:
    """The base by name instead of by path, and module lists sorted: PEFT writes sets in hash order."""
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = base
    for key in ("target_modules", "modules_to_save"):
        if isinstance(config.get(key), list):
            config[key] = sorted(config[key])
    path.write_bytes(canonical_json(config))


def check_file(folder: Path, name: str) -> None:
    """Raises Tampered for a file that could carry code."""
    path = folder / name
    found = None
    if path.suffix not in SUFFIXES:
        found = f"{name}: only {', '.join(SUFFIXES)} are"
    elif path.name.endswith("config.json"):
        config: Any = None
        with suppress(ValueError):
            config = json.loads(path.read_text())
        if not isinstance(config, dict):
            found = f"{name} without a JSON object"
        elif config.get("auto_map") or config.get("auto_mapping"):
            found = f"{name} that names code to import"
    if found is not None:
        raise Tampered(
            f"bundle {folder.name}", "holds only files that cannot run code", found, "Fetch it again."
        )

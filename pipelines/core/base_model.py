"""A base model that may be fine-tuned: approved by digest, licence and privacy class."""

from __future__ import annotations

from pipelines.core.value import Name, Sha256, Value


class SampleShape(Value):
    """Shape and seed of a base that the project builds itself from generated text."""

    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    peak_learning_rate: float
    steps: int
    seed: int = 0


class ApprovedBase(Value):
    """An approved base. `sha256` is the digest of its folder: the sha256 of canonical JSON {relative
    path: sha256 of the file}. Exactly one of `path` (absolute or below the bases folder) and `build`
    says where it comes from; `revision` pins a hub revision or names the recipe of a built base.
    """

    name: Name
    revision: str
    sha256: Sha256
    licence: str
    parameters: int
    memory_gib: float
    privacy_classes: tuple[str, ...]
    train_embeddings: bool = False
    path: str | None = None
    build: SampleShape | None = None

"""A base model that may be fine-tuned: approved by digest, licence and privacy class."""

from __future__ import annotations

from typing import Literal

from pipelines.core.usage import Price
from pipelines.core.value import Name, Sha256, Value


class SampleShape(Value):
    """Shape and seed of a base that the project builds itself from generated text. `corpus` is what it
    learns: to tell questions about the same fact, or to find an answer in what was said before.
    """

    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    peak_learning_rate: float
    steps: int
    seed: int = 0
    corpus: Literal["facts", "copying"] = "facts"


class ApprovedBase(Value):
    """An approved base. `sha256` is the digest of its folder: the sha256 of canonical JSON {relative
    path: sha256 of the file}. Exactly one of `path` (absolute or below the bases folder) and `build`
    says where it comes from; `revision` pins a hub revision or names the recipe of a built base. `price`
    is what it costs where it runs.
    """

    name: Name
    revision: str
    sha256: Sha256
    licence: str
    parameters: int
    memory_gib: float
    privacy_classes: tuple[str, ...]
    train_embeddings: bool = False
    price: Price | None = None
    path: str | None = None
    build: SampleShape | None = None

"""A training set: the current snapshots of a model's sources as prompts and completions."""

from __future__ import annotations

from pipelines.core.value import Blob, Name, Sha256, Value


class Message(Value):
    role: str
    content: str


class Example(Value):
    """One training example. `row` is the hash of the row it was made from, `part` the category of the upload
    that it belongs to, blank where the contract names none.
    """

    source: Name
    row: Sha256
    part: str = ""
    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]


class Removal(Value):
    """A row kept out of training, and why."""

    source: Name
    row: Sha256
    reason: str


class SourceShare(Value):
    source: Name
    snapshot: Sha256
    rows: int


class TrainingSet(Value):
    """Holds current snapshots only: no field can name an older model or older rows.

    `examples` is JSON Lines, one `Example` a line, in training order. `subset_of` names the whole of which
    this is a part, made only to explain it.
    """

    model: Name
    shares: tuple[SourceShare, ...]
    removed: tuple[Removal, ...]
    rows: int
    seed: int
    examples: Blob
    subset_of: Sha256 | None = None

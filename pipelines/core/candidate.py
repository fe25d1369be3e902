"""A candidate: one adapter trained from one approved base on one training set."""

from __future__ import annotations

from pipelines.core.value import Name, Sha256, Value


class BundleFile(Value):
    """`path` is relative, POSIX style; `size` in bytes."""

    path: str
    sha256: Sha256
    size: int


class Bundle(Value):
    """The files of a servable adapter: adapter/, tokenizer/, probe.safetensors, manifest.json."""

    files: tuple[BundleFile, ...]

    def sha256_of(self, path: str) -> str | None:
        return next((f.sha256 for f in self.files if f.path == path), None)


class Candidate(Value):
    """There is no field for a parent model: training from an older version cannot be written down."""

    model: Name
    training_set: Sha256
    base: Name
    base_sha256: Sha256
    recipe: Sha256
    steps: int
    bundle: Bundle

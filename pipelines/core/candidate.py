"""A candidate: one approved base with what one training set adds to it, trained weights or a prompt."""

from __future__ import annotations

from pipelines.core.arm import Arm, Method
from pipelines.core.value import Name, Sha256, Value


class BundleFile(Value):
    """`path` is relative, POSIX style; `size` in bytes."""

    path: str
    sha256: Sha256
    size: int


class Bundle(Value):
    """The files of a servable candidate: what it adds to its base, probe.safetensors and manifest.json."""

    files: tuple[BundleFile, ...]

    def sha256_of(self, path: str) -> str | None:
        return next((f.sha256 for f in self.files if f.path == path), None)


class Candidate(Value):
    """There is no field for a parent model: training from an older version cannot be written down.

    `recipe` is the digest of the recipe or prompt recipe; a prompt package takes no `steps`.
    """

    model: Name
    training_set: Sha256
    base: Name
    base_sha256: Sha256
    method: Method = "lora"
    recipe: Sha256
    steps: int
    bundle: Bundle

    @property
    def arm(self) -> Arm:
        return Arm(method=self.method, base=self.base, base_sha256=self.base_sha256, subject=self.digest)

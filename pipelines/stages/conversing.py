"""Conversing: what an arm answers to the conversations of the locked items, asked once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.arm import Arm
from pipelines.core.candidate import Candidate
from pipelines.core.conversation import Conversations, turns_of
from pipelines.core.golden_set import GoldenItem, Split
from pipelines.core.model_spec import ModelSpec
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.ports import BaseModels, Converser
from pipelines.stages.scoring import Scorer, base_of

RESULT = "conversations"
SPLIT: Split = "gate"


class Interviewer:
    """Talks to arms about one golden set. Answers that exist are never asked for again."""

    def __init__(
        self,
        spec: ModelSpec,
        golden: str,
        *,
        archive: Archive,
        bases: BaseModels,
        scorer: Scorer,
        converser: Converser,
        scratch: Path,
    ) -> None:
        self._spec, self._golden = spec, golden
        self._archive, self._bases, self._scorer = archive, bases, scorer
        self._converser, self._scratch = converser, scratch

    def items(self) -> tuple[GoldenItem, ...]:
        return self._scorer.items(SPLIT)

    def answered(self, arm: Arm) -> Conversations | None:
        """The answers of an arm, if it was asked before."""
        return self._archive.settled(RESULT, self._key(arm), Conversations)

    def ask(self, candidate: Candidate) -> Conversations:
        """The answers of a candidate; it is asked now unless it was before."""
        if answered := self.answered(candidate.arm):
            return answered
        base = base_of(self._spec, candidate)
        with TemporaryDirectory(dir=self._scratch) as folder:
            bundle = Path(folder) / "bundle"
            self._archive.fetch_folder(candidate.bundle, bundle)
            answers = self._converser.converse(
                arm=candidate.arm,
                folder=self._bases.folder(base),
                bundle=bundle,
                conversations={item.id: turns_of(item) for item in self.items()},
                max_answer_tokens=self._spec.max_answer_tokens,
            )
        return self._archive.settle(RESULT, self._key(candidate.arm), Conversations(answers={**answers}))

    def _key(self, arm: Arm) -> str:
        return sha256_hex(canonical_json([arm.digest, self._golden, SPLIT, self._spec.max_answer_tokens]))

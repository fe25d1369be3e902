"""An arm: one way to solve the task, of which one is in production."""

from __future__ import annotations

from typing import Literal, get_args

from pipelines.core.value import Name, Sha256, Value

PromptKind = Literal["zero_shot", "few_shot", "jaccard", "bm25", "retrieval"]
Method = PromptKind | Literal["lora", "qlora", "full", "prompt_tuning"]

PROMPTED: frozenset[str] = frozenset(get_args(PromptKind))
WORDS: dict[str, str] = {
    "zero_shot": "plain prompting",
    "few_shot": "prompting with fixed examples",
    "jaccard": "prompting with examples chosen by shared words (Jaccard)",
    "bm25": "prompting with examples chosen by BM25",
    "retrieval": "prompting with cited rows of the data",
    "lora": "LoRA fine-tuning",
    "qlora": "QLoRA fine-tuning",
    "full": "full fine-tuning",
    "prompt_tuning": "prompt tuning",
}


class Arm(Value):
    """`method` is how it was made from the base, `subject` the digest of the candidate."""

    method: Method
    base: Name
    base_sha256: Sha256
    subject: Sha256

    @property
    def trained(self) -> bool:
        """Whether weights were fitted, instead of only a prompt being written."""
        return self.method not in PROMPTED

    @property
    def label(self) -> str:
        """In a reader's words."""
        return f"{WORDS[self.method]} of {self.base}"

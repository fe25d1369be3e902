"""What the training benchmark trains: random-initialised models, and chats with a realistic mix of lengths.

Nothing is downloaded: speed does not depend on what the weights or the words say.
"""

from __future__ import annotations

import math
import random
from statistics import NormalDist
from typing import Any, NamedTuple

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from pipelines.core.training_set import Example, Message

TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'assistant' %}<|assistant|> {{ m['content'] }} <|end|>"
    "{% else %}<|user|> {{ m['content'] }} {% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|> {% endif %}"
)
SPECIAL = ("<|pad|>", "<|end|>", "<|user|>", "<|assistant|>")
MEDIAN, SPREAD, SHORTEN, LONGEST = 81, 0.68, 16, 512
"""Lengths in tokens are log-normal: mean about 100, 95th percentile about 250, none above 512."""
ANSWER_SHARES = (0.15, 0.6)
"""The completion's share of a row, drawn evenly between these."""


class Shape(NamedTuple):
    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    vocabulary: int


TINY = Shape(128, 4, 4, 352, 700)
MIDDLE = Shape(768, 12, 12, 2048, 16_000)


def llama(shape: Shape) -> Any:
    """A Llama of this shape, float32, randomly initialised by seed 0."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.hidden_size,
            intermediate_size=shape.intermediate_size,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads,
            max_position_embeddings=LONGEST,
            tie_word_embeddings=True,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
        )
    )


def tokenizer(vocabulary: int) -> Any:
    """One token a word: `w0`, `w1` and so on."""
    words = [*SPECIAL, *(f"w{number}" for number in range(vocabulary - len(SPECIAL)))]
    whole = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token=SPECIAL[0]))
    whole.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    pad, end, *roles = SPECIAL
    wrapper: Any = PreTrainedTokenizerFast
    made = wrapper(tokenizer_object=whole, pad_token=pad, eos_token=end, additional_special_tokens=roles)
    made.chat_template = TEMPLATE
    return made


def examples(
    rows: int, vocabulary: int, *, stretch: float = 1.0, longest: int = LONGEST
) -> tuple[Example, ...]:
    """Rows whose lengths are the even quantiles of the mix, so that few rows have the same mix as many.

    `stretch` multiplies every length. The order is shuffled by seed 0.
    """
    draw = random.Random(0)  # noqa: S311  the same rows in every run
    normal = NormalDist(math.log(MEDIAN * stretch), SPREAD)
    lengths = [
        min(longest, max(SHORTEN, round(math.exp(normal.inv_cdf((at + 0.5) / rows))))) for at in range(rows)
    ]
    draw.shuffle(lengths)
    return tuple(_example(draw, at, length, vocabulary) for at, length in enumerate(lengths))


def _example(draw: random.Random, number: int, length: int, vocabulary: int) -> Example:
    words = length - 3  # the roles and the end are tokens too
    answer = max(1, round(words * draw.uniform(*ANSWER_SHARES)))

    def said(count: int) -> str:
        return " ".join(f"w{draw.randrange(vocabulary - len(SPECIAL))}" for _ in range(count))

    return Example(
        source="bench",
        row=f"{number:064x}",
        prompt=(Message(role="user", content=said(words - answer)),),
        completion=(Message(role="assistant", content=said(answer)),),
    )

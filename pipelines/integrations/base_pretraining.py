"""Pretrains a sample base: a byte-level BPE tokenizer and a tiny Llama chat model, from generated text.

The chats of the corpus `facts` are packed into rows of one length; `copying` is one lesson a row, and learnt
only where its answer can be known. Runs as a process of its own, started by `base_builder` with pinned
kernels, so that the same shape gives the same bytes. Writes a plain Hugging Face folder; speaks through lines
on stdout.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from pipelines.core.base_model import SampleShape
from pipelines.core.training_set import Message
from pipelines.integrations.graded_lessons import graded
from pipelines.sample.copying import lesson
from pipelines.sample.corpus import chat
from pipelines.sample.editions import seeded

CHAT_TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'assistant' %}<|assistant|>"
    "{% generation %}{{ m['content'] }}<|end|>{% endgeneration %}"
    "{% else %}<|{{ m['role'] }}|>{{ m['content'] }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ("<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
VOCABULARY, VOCABULARY_CHATS, POSITIONS = 700, 2000, 512
BATCH, LENGTH = 16, 128
LESSONS = 12
WARMUP_STEPS, FINAL_RATE = 20, 0.05
# Answer tokens count five times as much as the rest of a chat.
ANSWER_WEIGHT, OTHER_WEIGHT = 1.5, 0.3


def pretrain(shape: SampleShape, out: Path) -> None:
    """Build the base of this shape and seed into the folder `out`. One thread, fp32, CPU."""
    torch.set_num_threads(1)
    draw = seeded(shape.seed)
    torch.manual_seed(shape.seed)
    tokenizer = _tokenizer(_texts(shape, draw))
    model = _model(shape, tokenizer)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=shape.peak_learning_rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    losses = (_lesson_losses if shape.corpus == "copying" else _chat_losses)(
        model, tokenizer, draw, shape.steps
    )
    for step, loss in enumerate(losses):
        for group in optimizer.param_groups:
            group["lr"] = shape.peak_learning_rate * _schedule(step, shape.steps)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if (step + 1) % 50 == 0:
            sys.stdout.write(f"step {step + 1}/{shape.steps}, loss {loss.item():.2f}\n")
            sys.stdout.flush()
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _texts(shape: SampleShape, draw: random.Random) -> list[str]:
    """What the tokenizer is made from."""
    if shape.corpus == "facts":
        return [_render(chat(draw)) for _ in range(VOCABULARY_CHATS)]
    lessons = (lesson(draw, number / VOCABULARY_CHATS) for number in range(VOCABULARY_CHATS))
    return [_render(taught.messages) for taught in lessons]


def _render(messages: Sequence[Message]) -> str:
    """The text of the chat template, far faster than Jinja."""
    return "".join(
        f"<|{m.role}|>{m.content}" + ("<|end|>" if m.role == "assistant" else "") for m in messages
    )


def _tokenizer(texts: Sequence[str]) -> Any:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    bpe.train_from_iterator(texts, trainer)
    wrapper: Any = PreTrainedTokenizerFast
    pad, end, *roles = SPECIAL
    tokenizer = wrapper(
        tokenizer_object=bpe, pad_token=pad, eos_token=end, additional_special_tokens=list(roles)
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def _model(shape: SampleShape, tokenizer: Any) -> Any:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.hidden_size,
            intermediate_size=shape.intermediate_size,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads,
            max_position_embeddings=POSITIONS,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
        )
    )


def _chat_losses(model: Any, tokenizer: Any, draw: random.Random, steps: int) -> Iterator[Any]:
    """The loss of every step, a scalar tensor: chats packed one after the other, all tokens weighted."""
    batches = _batches(tokenizer, draw)
    for _ in range(steps):
        yield _loss(model, next(batches), tokenizer)


def _lesson_losses(model: Any, tokenizer: Any, draw: random.Random, steps: int) -> Iterator[Any]:
    """The loss of every step, a scalar tensor: lessons side by side, the learnt answers alone."""
    for step in range(steps):
        lessons = [lesson(draw, step / steps) for _ in range(LESSONS)]
        texts = [_render(taught.messages) for taught in lessons]
        ids, learnt = graded(tokenizer, texts, [taught.given for taught in lessons])
        hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
        yield torch.nn.functional.cross_entropy(model.lm_head(hidden[learnt]), ids[:, 1:][learnt])


def _batches(tokenizer: Any, draw: random.Random) -> Iterator[torch.Tensor]:
    """Endless token ids (BATCH, LENGTH), chats packed one after the other."""
    stream: list[int] = []
    while True:
        while len(stream) < BATCH * LENGTH:
            texts = [_render(chat(draw)) for _ in range(200)]
            for ids in tokenizer(texts, add_special_tokens=False).input_ids:
                stream += ids
        yield torch.tensor(stream[: BATCH * LENGTH]).view(BATCH, LENGTH)
        stream = stream[BATCH * LENGTH :]


def _schedule(step: int, steps: int) -> float:
    """Warm-up, then a cosine down to 5 % of the peak."""
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / WARMUP_STEPS) * (FINAL_RATE + (1 - FINAL_RATE) * cosine)


def _loss(model: Any, ids: torch.Tensor, tokenizer: Any) -> Any:
    """Weighted next-token cross entropy of ids (batch, length), a scalar tensor."""
    start, end = tokenizer.convert_tokens_to_ids("<|assistant|>"), tokenizer.eos_token_id
    opened = (ids == start).long().cumsum(1) - (ids == end).long().cumsum(1)
    weight = torch.where(opened[:, :-1] > 0, ANSWER_WEIGHT, OTHER_WEIGHT)
    logits = model(input_ids=ids, use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="none"
    )
    return (loss * weight.flatten()).mean()


def main(arguments: Sequence[str]) -> None:
    """`python -m pipelines.integrations.base_pretraining SHAPE_JSON FOLDER`"""
    shape, out = arguments
    pretrain(SampleShape.model_validate_json(shape), Path(out))


if __name__ == "__main__":
    main(sys.argv[1:])

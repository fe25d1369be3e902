"""Many prompts at once give each the answer and the likelihood that it gets alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from prompt_packages import package
from tiny_models import tiny_base

from pipelines.integrations import batched_answers, shared_prompts
from pipelines.integrations.batched_answers import greedy_answers, likelihoods
from pipelines.integrations.bundle import load_bundle
from pipelines.integrations.generation import Sampling, generate
from pipelines.integrations.shared_prompts import SharedPrompts, shares

pytestmark = pytest.mark.integration

# Alike at the beginning, of all lengths, one the beginning of another, one twice.
PROMPTS = (
    [5, 6, 7, 8],
    [5, 6, 9],
    [5, 6, 7, 8, 10, 11, 12, 13],
    [5, 6],
    [5, 6, 9],
    [5, 6, 40, 41, 42, 43, 44],
)
CONTINUATIONS = ([20], [20, 21, 22], [300, 5], [23])


@cache
def bare() -> Any:
    return load_bundle(package("zero_shot"), tiny_base()).model


@cache
def prompt_tuned() -> Any:
    import torch
    from peft import PromptTuningConfig, get_peft_model

    torch.manual_seed(3)
    base = load_bundle(package("zero_shot"), tiny_base()).model
    return get_peft_model(base, PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)).eval()


def alone(model: Any, prompt: list[int], continuation: list[int]) -> tuple[float, bool]:
    import torch

    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([prompt + continuation])).logits[0]
    scores = logits[-len(continuation) - 1 : -1].log_softmax(-1)
    wanted = torch.tensor(continuation)
    return float(scores.gather(1, wanted[:, None]).sum()), bool((scores.argmax(-1) == wanted).all())


@pytest.fixture(params=[bare, prompt_tuned], ids=["bare", "prompt-tuned"])
def model(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.mark.parametrize("kept", [0, shared_prompts.KEPT_BYTES])
@pytest.mark.parametrize("tokens", [1, 20, 8192])
def test_an_answer_does_not_depend_on_what_else_is_asked(
    model: Any, tokens: int, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_prompts, "TOKENS_A_BATCH", tokens)
    monkeypatch.setattr(shared_prompts, "KEPT_BYTES", kept)
    ends = frozenset(answer(model, PROMPTS[0])[2:3])
    prompts = SharedPrompts(model, PROMPTS)
    for _ in range(2):
        together = greedy_answers(prompts, ends=ends, limit=9, stops=(), decode=repr)
        assert together == {tuple(prompt): answer(model, prompt, ends) for prompt in PROMPTS}
    assert len({len(written) for written in together.values()}) > 1


def answer(model: Any, prompt: list[int], ends: frozenset[int] = frozenset()) -> list[int]:
    return list(generate(model, prompt, ends=ends, limit=9, sampling=Sampling()))


def test_only_the_prompts_that_are_wanted_are_answered(model: Any) -> None:
    prompts = SharedPrompts(model, PROMPTS)
    wanted = {(5, 6), (5, 6, 7, 8)}
    found = greedy_answers(prompts, ends=frozenset(), limit=9, stops=(), decode=repr, wanted=wanted)
    assert found == {prompt: answer(model, list(prompt)) for prompt in wanted}


def test_an_answer_ends_where_it_holds_a_stop(model: Any) -> None:
    free = {tuple(prompt): answer(model, prompt) for prompt in PROMPTS}

    def decode(rows: Any) -> list[str]:
        return ["".join(f"<{token}>" for token in row) for row in rows]

    stop = f"<{free[5, 6][3]}>"
    prompts = SharedPrompts(model, PROMPTS)
    found = greedy_answers(prompts, ends=frozenset(), limit=9, stops=(stop,), decode=decode)
    for prompt, written in found.items():
        whole = free[prompt]
        assert written == whole[: len(written)]
        assert stop not in decode([written[:-1]])[0]
        assert len(written) == 9 or stop in decode([written])[0]


@pytest.mark.parametrize("tokens", [1, 20, 8192])
def test_a_likelihood_does_not_depend_on_what_else_is_asked(
    model: Any, tokens: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_prompts, "TOKENS_A_BATCH", tokens)
    monkeypatch.setattr(batched_answers, "TOKENS_A_BATCH", tokens)
    pairs = [(prompt, continuation) for prompt in PROMPTS for continuation in CONTINUATIONS]
    pairs += [(prompt, answer(model, prompt)[:2]) for prompt in PROMPTS]
    expected = [alone(model, *pair) for pair in pairs]
    prompts = SharedPrompts(model, PROMPTS)
    for _ in range(2):
        found = likelihoods(prompts, pairs)
        assert [score for score, _ in found] == pytest.approx([score for score, _ in expected], abs=1e-4)
        assert [greedy for _, greedy in found] == [greedy for _, greedy in expected]
    assert sum(greedy for _, greedy in found) >= len(PROMPTS)


def test_a_model_whose_layers_do_not_all_see_everything_is_left_to_the_harness() -> None:
    from transformers import MistralConfig, MistralForCausalLM

    shape = {"vocab_size": 50, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    for window, shared in ((None, True), (4, False)):
        config = MistralConfig(**shape, **heads, sliding_window=window)
        assert shares(MistralForCausalLM(config).eval()) is shared

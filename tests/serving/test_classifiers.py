"""A classifier is proven and served like every version: clients chat with it or ask for every share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving.running import Server, events, running
from serving.tiny_world import CONTEXT, LABELS, MODEL, World, base_folder, classifier_folder

from pipelines.core.training_set import Message
from pipelines.integrations.classifier_bundle import load_classifier, log_shares
from pipelines.integrations.prompter import PLAIN, prompt_tokens

pytestmark = pytest.mark.integration

TEXTS = ("Thank you!", "Where is my form?", "This is the third time I ask.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves an adapter that writes as version 1 and a classifier as version 2."""
    world = World(tmp_path_factory.mktemp("classified"))
    world.promote(1)
    world.promote_classifier()
    with running(world.settings.home) as server:
        yield server


@pytest.fixture(scope="module")
def expected() -> dict[str, list[float]]:
    """The probability of every label, as the trainer's bundle gives it."""
    bundle = load_classifier(classifier_folder(), base_folder())
    import torch

    def shares(text: str) -> list[float]:
        prompt = prompt_tokens(PLAIN, bundle.tokenizer, (Message(role="user", content=text),))
        found: list[float] = torch.tensor(log_shares(bundle, [prompt])[0]).exp().tolist()
        return found

    return {text: shares(text) for text in TEXTS}


def likeliest(shares: list[float]) -> str:
    return LABELS[shares.index(max(shares))]


def test_every_text_gets_its_label_and_the_share_of_each(
    server: Server, expected: dict[str, list[float]]
) -> None:
    said = server.client.post("/classify", json={"model": MODEL, "input": list(TEXTS)})
    assert said.status_code == 200, said.text
    assert said.headers["x-perennial-version"] == f"{MODEL}-v2"
    answer = said.json()
    assert tuple(answer["labels"]) == LABELS
    assert [one["index"] for one in answer["data"]] == [0, 1, 2]
    for text, one in zip(TEXTS, answer["data"], strict=True):
        assert one["probs"] == pytest.approx(expected[text], abs=1e-4)
        assert sum(one["probs"]) == pytest.approx(1, abs=1e-6)
        assert (one["label"], one["num_classes"]) == (likeliest(expected[text]), len(LABELS))
    usage = answer["usage"]
    assert usage["prompt_tokens"] == usage["total_tokens"] > sum(map(len, TEXTS))
    alone = server.client.post("/classify", json={"model": MODEL, "input": TEXTS[0]}).json()
    assert alone["data"] == answer["data"][:1]


def test_a_client_of_chat_completions_gets_the_likeliest_label(
    server: Server, expected: dict[str, list[float]]
) -> None:
    for text in TEXTS:
        whole = server.chat(MODEL, text)
        (choice,) = whole.json()["choices"]
        assert choice["message"]["content"] == likeliest(expected[text])
        assert choice["finish_reason"] == "stop"
        assert whole.json()["usage"]["completion_tokens"] == 0
        told = events(server.chat(MODEL, text, stream=True))
        assert told[-1] == "[DONE]"
        streamed = "".join(event["choices"][0]["delta"].get("content", "") for event in told[:-1])
        assert streamed == choice["message"]["content"]


@pytest.mark.parametrize("option", [{"temperature": 0.7}, {"stop": ["."]}])
def test_what_only_writing_has_is_refused(server: Server, option: dict[str, object]) -> None:
    refused = server.chat(MODEL, TEXTS[0], **option)
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["param"], error["code"]) == (next(iter(option)), "unsupported_parameter")
    assert "chooses a label" in error["message"]


@pytest.mark.parametrize(
    ("said", "status", "param"),
    [
        ({"model": f"{MODEL}-v1", "input": "hello"}, 400, "model"),
        ({"model": "nobody", "input": "hello"}, 404, "model"),
        ({"model": MODEL, "input": []}, 400, "input"),
        ({"model": MODEL, "input": ["a", ""]}, 400, "input.1"),
        ({"model": MODEL, "input": ["a"] * 257}, 400, "input"),
        ({"model": MODEL, "input": 7}, 400, "input"),
        ({"model": MODEL}, 400, "input"),
        ({"model": MODEL, "input": ["short", "x" * CONTEXT]}, 400, "input.1"),
        ([1], 400, None),
    ],
)
def test_what_cannot_be_classified_is_answered_with_its_place(
    server: Server, said: object, status: int, param: str | None
) -> None:
    refused = server.client.post("/classify", json=said)
    assert refused.status_code == status, refused.text
    assert refused.json()["error"]["param"] == param


def test_a_body_that_is_no_json_is_refused(server: Server) -> None:
    refused = server.client.post("/classify", content=b"{")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_json")


def test_a_damaged_classifier_is_refused_and_the_version_before_serves(tmp_path: Path) -> None:
    from serving.tiny_world import flip_a_byte

    world = World(tmp_path)
    world.promote(1)
    flip_a_byte(world.stored(world.promote_classifier(), "classifier/adapter_model.safetensors"))
    follower = world.watcher()
    follower.poll()
    found = follower.fleet.route(MODEL)
    assert found is not None
    assert found.version == 1
    assert 2 in follower.fleet.lineup(MODEL).refused

"""A prompt package is served like an adapter: proven, asked as it was judged, rolled back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from serving.running import events, running
from serving.tiny_world import MODEL, World, bundle_folder, flip_a_byte, package_folder, rows

from pipelines.core.training_set import Message
from pipelines.integrations.example_selectors import text_of
from pipelines.integrations.prompter import Prompter
from pipelines.serving import chat
from pipelines.serving.chat import Cited, Piece, answer
from pipelines.serving.loading import Loaded
from pipelines.serving.openai import ChatRequest, read_request

pytestmark = pytest.mark.integration

QUESTION = "What is 2, please?"


def loaded(world: World) -> Loaded:
    follower = world.watcher()
    follower.poll()
    found = follower.fleet.route(MODEL)
    assert found is not None, follower.fleet.lineup(MODEL)
    return found


def request(text: str = QUESTION) -> ChatRequest:
    said = {"model": MODEL, "messages": [{"role": "user", "content": text}], "max_tokens": 8}
    return read_request(json.dumps(said).encode())


def pieces(loaded: Loaded) -> list[Piece]:
    return list(answer(loaded.bundle, request()))


def test_a_package_takes_over_from_an_adapter_and_gives_way_to_it_again(world: World) -> None:
    world.promote(1)
    follower = world.watcher()
    follower.poll()
    promotion = world.promote_package("bm25")
    follower.poll()
    found = follower.fleet.route(MODEL)
    assert found is not None
    assert (found.version, found.candidate) == (2, promotion.candidate.digest)
    assert found.bundle.logit_difference <= 1e-4
    assert set(follower.fleet.names()) == {MODEL, f"{MODEL}-v1", f"{MODEL}-v2"}
    world.roll_back(2)
    follower.poll()
    back = follower.fleet.route(MODEL)
    assert back is not None
    assert (back.version, back.bundle.prompter.recipe.kind) == (1, "zero_shot")


@pytest.mark.parametrize("kind", ["few_shot", "jaccard", "bm25", "retrieval"])
def test_a_question_is_asked_with_what_the_package_shows(world: World, kind: Any) -> None:
    world.promote_package(kind)
    found = loaded(world)
    shown = found.bundle.prompter.shown((Message(role="user", content=QUESTION),))
    bare = found.bundle.tokenizer.apply_chat_template([{"role": "user", "content": QUESTION}], tokenize=False)
    last = pieces(found)[-1]
    assert shown
    assert last.prompt_tokens > len(bare) + sum(len(example.completion[0].content) for example in shown)
    assert kind == "few_shot" or text_of(shown[-1]) == text_of(rows()[2])


def test_an_answer_names_what_its_citations_say(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.promote_package("retrieval")
    found = loaded(world)
    tokens = found.bundle.tokenizer("two [2] [7]", add_special_tokens=False)["input_ids"]
    monkeypatch.setattr(
        chat, "generate", lambda *_, **__: iter([*tokens, found.bundle.tokenizer.eos_token_id])
    )
    told = pieces(found)
    assert "".join(piece.text for piece in told) == "two [2] [7]"
    assert told[-1].cited == (Cited(2, rows()[2].row, "What is 2? two"),)
    assert not any(piece.cited for piece in told[:-1])


@pytest.mark.parametrize("path", ["prompt.json", "examples.jsonl", "probe.safetensors"])
def test_one_flipped_byte_of_a_package_in_the_bucket_is_refused(world: World, path: str) -> None:
    world.promote(1)
    flip_a_byte(world.stored(world.promote_package("jaccard"), path))
    follower = world.watcher()
    follower.poll()
    assert set(follower.fleet.lineup(MODEL).refused) == {2}
    found = follower.fleet.route(MODEL)
    assert found is not None
    assert found.version == 1


def test_a_client_is_answered_by_a_package_as_by_any_version(world: World) -> None:
    world.promote_package("few_shot")
    with running(world.settings.home) as server:
        whole = server.chat(MODEL, QUESTION)
        assert whole.status_code == 200
        assert whole.headers["x-perennial-version"] == f"{MODEL}-v1"
        assert whole.json()["usage"]["prompt_tokens"] > len(QUESTION) + 10
        assert "citations" not in whole.json()
        told = events(server.chat(MODEL, QUESTION, stream=True))
        text = "".join(event["choices"][0]["delta"].get("content", "") for event in told[:-1])
        assert text == whole.json()["choices"][0]["message"]["content"]
        long = server.chat(MODEL, "x" * 490)
        assert long.status_code == 200, "examples give way to the question"


def test_an_adapter_is_asked_plainly(world: World) -> None:
    world.promote(1)
    assert bundle_folder(1) != package_folder("zero_shot")
    found = loaded(world)
    asked = (Message(role="user", content=QUESTION),)
    assert isinstance(found.bundle.prompter, Prompter)
    assert found.bundle.prompter.messages(asked) == asked

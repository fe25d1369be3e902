"""The API as a client of OpenAI's sees it, against a real server process."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest
from serving.running import Server, events
from serving.tiny_world import CONTEXT
from waiting import wait_for

from pipelines.serving.app import MAX_OPEN
from pipelines.serving.exchange import MAX_BODY

pytestmark = pytest.mark.integration

SAMPLED: dict[str, Any] = {"temperature": 1.3, "top_p": 0.95, "seed": 7}


def error_of(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return found


def text_of(response: httpx.Response) -> str:
    found: str = response.json()["choices"][0]["message"]["content"]
    return found


def test_an_answer_names_the_version_that_gave_it(server: Server) -> None:
    response = server.chat("tax-desk")
    said = response.json()
    assert response.status_code == 200
    assert response.headers["x-perennial-version"] == "tax-desk-v2"
    assert said["model"] == "tax-desk"
    assert said["system_fingerprint"] == server.served("tax-desk")["candidate"][:12]
    assert said["choices"][0]["finish_reason"] in ("stop", "length")
    usage = said["usage"]
    assert usage["prompt_tokens"] == len("hello") + 3
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] <= 8 + 8


def test_a_version_has_a_name_of_its_own(server: Server) -> None:
    old, new = server.chat("tax-desk-v1"), server.chat("tax-desk-v2")
    assert old.headers["x-perennial-version"] == old.json()["model"] == "tax-desk-v1"
    assert text_of(new) == text_of(server.chat("tax-desk")) != text_of(old)
    names = [card["id"] for card in server.client.get("/v1/models").json()["data"]]
    assert sorted(names) == ["tax-desk", "tax-desk-v1", "tax-desk-v2"]
    assert server.client.get("/v1/models/tax-desk-v1").json()["id"] == "tax-desk-v1"


@pytest.mark.parametrize("options", [{}, SAMPLED])
def test_a_stream_says_what_the_whole_answer_says(server: Server, options: dict[str, Any]) -> None:
    whole = server.chat("tax-desk", max_tokens=60, **options)
    usage = {"include_usage": True}
    stream = server.chat("tax-desk", max_tokens=60, stream=True, stream_options=usage, **options)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["x-perennial-version"] == "tax-desk-v2"
    first, *middle, last, counts, done = events(stream)
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    pieces = [event["choices"][0]["delta"]["content"] for event in middle]
    assert "".join(pieces) == text_of(whole)
    assert last["choices"][0]["finish_reason"] == whole.json()["choices"][0]["finish_reason"]
    assert (counts["choices"], counts["usage"]) == ([], whole.json()["usage"])
    assert done == "[DONE]"


def test_an_answer_ends_before_a_stop_sequence(server: Server) -> None:
    free = text_of(server.chat("tax-desk", max_tokens=60, **SAMPLED))
    stop = next(letter for letter in free[5:] if letter != "\ufffd")
    whole = server.chat("tax-desk", max_tokens=60, stop=stop, **SAMPLED)
    assert text_of(whole) == free.partition(stop)[0]
    assert whole.json()["choices"][0]["finish_reason"] == "stop"
    found = events(server.chat("tax-desk", max_tokens=60, stop=[stop], stream=True, **SAMPLED))
    assert found[-2]["choices"][0]["finish_reason"] == "stop"
    assert "".join(e["choices"][0]["delta"].get("content", "") for e in found[:-1]) == text_of(whole)


def test_a_stream_brings_no_counts_that_were_not_asked_for(server: Server) -> None:
    found = events(server.chat("tax-desk", stream=True))
    assert found[-2]["choices"][0]["finish_reason"]
    assert "usage" not in found[-2]


def test_without_a_temperature_answers_repeat_and_with_a_seed_too(server: Server) -> None:
    assert text_of(server.chat("tax-desk")) == text_of(server.chat("tax-desk", temperature=0, seed=3))
    assert text_of(server.chat("tax-desk", **SAMPLED)) == text_of(server.chat("tax-desk", **SAMPLED))
    drawn = {text_of(server.chat("tax-desk", **{**SAMPLED, "seed": seed})) for seed in range(4)}
    assert len(drawn) > 1


def test_content_in_parts_and_both_names_of_the_limit_are_understood(server: Server) -> None:
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]
    messages = [{"role": "user", "content": parts}]
    response = server.chat("tax-desk", messages=messages, max_tokens=None, max_completion_tokens=8)
    assert text_of(response) == text_of(server.chat("tax-desk"))


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"presence_penalty": 0.5}, "presence_penalty"),
        ({"logprobs": True}, "logprobs"),
        ({"max_tokens": 4097}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"temperature": 2.1}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": "a"}] * 257}, "messages"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content"),
    ],
)
def test_what_cannot_be_answered_exactly_as_asked_is_refused(
    server: Server, options: dict[str, Any], param: str
) -> None:
    response = server.chat("tax-desk", **options)
    assert response.status_code == 400
    found = error_of(response)
    assert (found["type"], found["param"]) == ("invalid_request_error", param)


def test_options_that_ask_for_nothing_are_let_through(server: Server) -> None:
    response = server.chat(
        "tax-desk", n=1, tools=[], logprobs=False, presence_penalty=0, user="me", stop=None
    )
    assert response.status_code == 200


@pytest.mark.parametrize("text", ["x" * CONTEXT, "é" * CONTEXT])
@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_that_is_too_long_is_a_400_also_for_a_stream(
    server: Server, text: str, stream: bool
) -> None:
    response = server.chat("tax-desk", text, stream=stream)
    assert response.status_code == 400
    assert error_of(response)["code"] == "context_length_exceeded"


def test_an_answer_ends_where_the_context_ends(server: Server) -> None:
    said = server.chat("tax-desk", "x" * (CONTEXT - 6), max_tokens=4096).json()
    assert said["usage"]["total_tokens"] <= CONTEXT


def test_a_conversation_the_template_refuses_is_a_400_with_its_words(server: Server) -> None:
    messages = [{"role": "user", "content": "a"}, {"role": "developer", "content": "b"}]
    response = server.chat("tax-desk", messages=messages)
    assert response.status_code == 400
    assert "a system message comes first" in error_of(response)["message"]


@pytest.mark.parametrize("name", ["gpt-4", "tax-desk-v3", "tax-desk-v0", "../tax-desk"])
def test_an_unknown_model_is_a_404(server: Server, name: str) -> None:
    assert error_of(server.chat(name))["code"] == "model_not_found"
    assert server.chat(name).status_code == 404


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"model": "\xff"}', b"[" * 100_000])
def test_a_body_that_is_no_request_is_a_400(server: Server, raw: bytes) -> None:
    response = server.client.post("/v1/chat/completions", content=raw)
    assert response.status_code == 400
    error_of(response)


def test_a_body_over_the_limit_is_a_413_however_it_is_sent(server: Server) -> None:
    big = json.dumps({"model": "x" * MAX_BODY}).encode()
    for content in (big, iter([big])):
        response = server.client.post("/v1/chat/completions", content=content)
        assert response.status_code == 413
        error_of(response)


@pytest.mark.parametrize(
    ("path", "status"), [("/docs", 404), ("/openapi.json", 404), ("/v1/chat/completions", 405)]
)
def test_other_paths_and_methods_are_refused_in_the_same_format(
    server: Server, path: str, status: int
) -> None:
    response = server.client.get(path)
    assert response.status_code == status
    error_of(response)


def test_a_client_that_goes_away_gives_its_place_back(server: Server) -> None:
    said = {"model": "tax-desk", "messages": [{"role": "user", "content": "a"}], "max_tokens": 480, **SAMPLED}
    for stream in (True, False) * MAX_OPEN:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=0.02) as client:
            try:
                with client.stream("POST", "/v1/chat/completions", json={**said, "stream": stream}):
                    continue
            except httpx.TimeoutException:
                continue
    wait_for(lambda: server.chat("tax-desk").status_code == 200, 20, "the places are free again")


def test_a_short_answer_does_not_wait_for_long_ones_and_too_many_are_refused(server: Server) -> None:
    said = {"messages": [{"role": "user", "content": "a"}], "max_tokens": 480, "seed": 1, "temperature": 1.9}
    found: list[int] = []

    def ask() -> None:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=120) as client:
            found.append(client.post("/v1/chat/completions", json={"model": "tax-desk", **said}).status_code)

    askers = [threading.Thread(target=ask) for _ in range(MAX_OPEN + 8)]
    for asker in askers:
        asker.start()
    wait_for(lambda: 429 in found, 30, "the server refuses what is too much")
    wait_for(lambda: server.chat("tax-desk", max_tokens=1).status_code == 200, 120, "a place is free")
    for asker in askers:
        asker.join()
    assert set(found) == {200, 429}

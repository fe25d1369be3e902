"""Chat rows as OpenAI's fine-tuning files hold them: one question and one answer, or the row is named."""

from __future__ import annotations

import json
from typing import Any

from corpus.case import Case, faulty, taken
from upload_samples import COLUMNS, contract

from pipelines.core.contract import Column, Roles

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "q1"}
ANSWER = {"role": "assistant", "content": "a1"}
CALL = {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f"}}]}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "7"}
READ = ("q1", "a1", None, None)
WITH_CONTEXT = contract(
    columns=(*COLUMNS, Column(name="context", type="string")),
    roles=Roles(prompt="question", completion="answer", context="context"),
)


def chat(*messages: object, **beside: Any) -> bytes:
    return json.dumps({"messages": list(messages)} | beside).encode() + b"\n"


GOOD = chat(USER, ANSWER)


def _reads(name: str, row: bytes, says: str = "") -> Case:
    return taken(name, {"a.jsonl": GOOD + row}, [READ, READ], says)


def _bad(name: str, *messages: object, **beside: Any) -> Case:
    """A conversation between two good ones that does not come down to one question and its answer."""
    return faulty(name, {"a.jsonl": GOOD + chat(*messages, **beside) + GOOD}, (2, None, "chat"), rows=2)


def _but(message: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return message | changes


CASES = (
    _reads("a question and its answer", GOOD),
    _reads(
        "a system message where the contract has no place for it",
        chat(SYSTEM, USER, ANSWER),
        "system message",
    ),
    _reads("a developer's message", chat(_but(SYSTEM, role="developer"), USER, ANSWER), "system message"),
    _reads("tools beside the messages", chat(USER, ANSWER, tools=[{"type": "function"}]), "`tools`"),
    _reads("functions beside the messages", chat(USER, ANSWER, functions=[]), "`functions`"),
    _reads(
        "parallel calls beside the messages",
        chat(USER, ANSWER, parallel_tool_calls=False),
        "parallel_tool_calls",
    ),
    _reads("a weight", chat(USER, _but(ANSWER, weight=1)), "`weight`"),
    _reads("a speaker's name", chat(_but(USER, name="Ann"), ANSWER), "`name`"),
    _reads(
        "text in parts",
        chat(_but(USER, content=[{"type": "text", "text": "q"}, {"type": "text", "text": "1"}]), ANSWER),
    ),
    _reads(
        "unused fields of an answer",
        chat(USER, _but(ANSWER, refusal=None, audio=None, tool_calls=[], function_call=None)),
    ),
    taken(
        "a column beside the messages", {"a.jsonl": chat(USER, ANSWER, year=2024)}, [("q1", "a1", 2024, None)]
    ),
    taken(
        "a chat among plain rows",
        {"a.jsonl": b'{"question": "q", "year": 1}\n' + GOOD},
        [("q", None, 1, None), READ],
    ),
    taken("chats in a list", {"a.json": b"[" + GOOD + b"," + GOOD + b"]"}, [READ, READ]),
    taken(
        "a system message as context",
        {"a.jsonl": chat(SYSTEM, USER, ANSWER)},
        [(*READ, "Be brief.")],
        of=WITH_CONTEXT,
    ),
    taken(
        "two system messages as context",
        {"a.jsonl": chat(SYSTEM, SYSTEM, USER, ANSWER)},
        [(*READ, "Be brief.\n\nBe brief.")],
        of=WITH_CONTEXT,
    ),
    taken("no system message and a place for it", {"a.jsonl": GOOD}, [(*READ, None)], of=WITH_CONTEXT),
    taken(
        "rare letters in messages",
        {"a.jsonl": chat(_but(USER, content="\u2028 ü 😀"), ANSWER)},
        [("\u2028 ü 😀", "a1", None, None)],
    ),
    _bad("no messages"),
    _bad("only a question", USER),
    _bad("only an answer", ANSWER),
    _bad("only a system message", SYSTEM),
    _bad("an answer before its question", ANSWER, USER),
    _bad("a greeting before the question", ANSWER, USER, ANSWER),
    _bad("a question without answer at the end", USER, ANSWER, USER),
    _bad("two questions and answers", USER, ANSWER, USER, ANSWER),
    _bad("two questions", USER, USER, ANSWER),
    _bad("two answers", USER, ANSWER, ANSWER),
    _bad("a system message behind the question", USER, SYSTEM, ANSWER),
    _bad("a system message at the end", USER, ANSWER, SYSTEM),
    _bad("a call of a tool", USER, CALL, RESULT, ANSWER),
    _bad("an answer that is a call", USER, CALL),
    _bad("a result of a tool", USER, RESULT, ANSWER),
    _bad("an old call of a function", USER, _but(ANSWER, function_call={"name": "f"})),
    _bad("a result of a function", USER, _but(RESULT, role="function"), ANSWER),
    _bad("an unknown role", _but(USER, role="human"), ANSWER),
    _bad("a role in capitals", _but(USER, role="User"), ANSWER),
    _bad("no role", {"content": "q1"}, ANSWER),
    _bad("a role that is no text", _but(USER, role=["user"]), ANSWER),
    _bad("a role that is nothing", _but(USER, role=None), ANSWER),
    _bad("the keys of another format", {"from": "human", "value": "q1"}, {"from": "gpt", "value": "a1"}),
    _bad("an empty question", _but(USER, content=""), ANSWER),
    _bad("an answer of blanks", USER, _but(ANSWER, content=" \n")),
    _bad("an answer that is nothing", USER, _but(ANSWER, content=None)),
    _bad("a question without content", {"role": "user"}, ANSWER),
    _bad("content that is a number", _but(USER, content=7), ANSWER),
    _bad("content that is an object", _but(USER, content={"text": "q1"}), ANSWER),
    _bad("a picture", _but(USER, content=[{"type": "image_url", "image_url": {"url": "http://x"}}]), ANSWER),
    _bad("sound", _but(USER, content=[{"type": "input_audio", "input_audio": {}}]), ANSWER),
    _bad("a part that is a text of its own", _but(USER, content=["q1"]), ANSWER),
    _bad("a part whose text is none", _but(USER, content=[{"type": "text", "text": 7}]), ANSWER),
    _bad("no parts", _but(USER, content=[]), ANSWER),
    _bad("a refusal", USER, _but(ANSWER, refusal="I will not")),
    _bad("a spoken answer", USER, _but(ANSWER, audio={"id": "x"})),
    _bad("a message with more keys", _but(USER, mood="angry"), ANSWER),
    _bad("a message that is a text", "q1", ANSWER),
    _bad("a message that is nothing", None, USER, ANSWER),
    _bad("messages and a column that they fill", USER, ANSWER, question="q1"),
    faulty(
        "messages that are an object",
        {"a.jsonl": b'{"messages": {"role": "user"}}\n' + GOOD},
        (1, None, "chat"),
        rows=1,
    ),
    faulty("messages that are nothing", {"a.jsonl": b'{"messages": null}\n'}, (1, None, "chat")),
    faulty("messages twice", {"a.jsonl": b'{"messages": [], "messages": []}\n'}, (1, None, "json")),
    faulty(
        "a role twice in a message",
        {"a.jsonl": GOOD.replace(b'"user"', b'"user", "role": "user"')},
        (1, None, "json"),
    ),
    faulty(
        "a NUL in an answer",
        {"a.jsonl": chat(USER, _but(ANSWER, content="a\0"))},
        (1, "answer", "characters"),
    ),
    faulty(
        "half a character in a question",
        {"a.jsonl": chat(_but(USER, content="\ud800"), ANSWER)},
        (1, "question", "characters"),
    ),
    faulty(
        "an unknown key beside the messages",
        {"a.jsonl": chat(USER, ANSWER, note=1) + GOOD},
        (1, None, "unknown_key"),
        rows=1,
    ),
    faulty(
        "a wrong column beside the messages",
        {"a.jsonl": chat(USER, ANSWER, year="x") + GOOD},
        (1, "year", "type"),
        rows=1,
    ),
    faulty(
        "two wrong chats",
        {"a.jsonl": GOOD + chat(USER) + b"\n" + chat(ANSWER)},
        (2, None, "chat"),
        (4, None, "chat"),
        rows=1,
    ),
)

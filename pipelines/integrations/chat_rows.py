"""Chat rows as OpenAI's fine-tuning files hold them: one question and its answer out of `messages`.

The format: https://platform.openai.com/docs/guides/supervised-fine-tuning
"""

from collections.abc import Sequence
from typing import Any, Literal

from pipelines.core.contract import Contract
from pipelines.integrations.json_text import NotARow
from pipelines.integrations.remarks import Remarks

MESSAGES = "messages"
IGNORED_BESIDE = ("tools", "functions", "parallel_tool_calls")
_IN_MESSAGE = ("weight", "name")
_EMPTY_WHEN_UNUSED = ("refusal", "audio", "tool_calls", "function_call")
_ALLOWED = frozenset(("role", "content", *_IN_MESSAGE, *_EMPTY_WHEN_UNUSED))
_PARTS: dict[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_CALLS = ("tool", "function")
_TURN = "Write one user message and then one assistant message."


class ChatRows:
    """Turns a chat row of one file into a row of the contract's columns."""

    def __init__(self, contract: Contract, remarks: Remarks) -> None:
        self._roles = contract.roles
        self._columns = frozenset(column.name for column in contract.columns)
        self._remarks = remarks
        self._targets = {contract.roles.prompt, contract.roles.completion, contract.roles.context}

    def fits(self, row: dict[str, Any]) -> bool:
        """Whether the row is a chat; a column called `messages` makes it an ordinary key."""
        return MESSAGES in row and MESSAGES not in self._columns

    def mapped(self, row: dict[str, Any], line: int) -> dict[str, Any]:
        """The row by the contract's roles, other columns as they stand. Raises NotARow (`chat`)."""
        turns, ignored = _turns(row[MESSAGES])
        beside = {key: value for key, value in row.items() if key != MESSAGES}
        for key in IGNORED_BESIDE:
            if key in beside and key not in self._columns:
                del beside[key]
                ignored.add(key)
        if not self._targets.isdisjoint(beside):
            raise _chat(
                "the row holds `messages` and also a column that they fill",
                "Keep only one of the two.",
            )
        system, question, answer = _one_exchange(turns)
        beside |= {self._roles.prompt: question, self._roles.completion: answer}
        if self._roles.context:
            beside[self._roles.context] = system
        elif system is not None:
            self._remarks.ignored("the system message", line)
        for key in sorted(ignored):
            self._remarks.ignored(f"`{key}`", line)
        return beside


def _one_exchange(turns: Sequence[tuple[str, str]]) -> tuple[str | None, str, str]:
    """(system text, question, answer) of the only order in which nothing would be left out."""
    parts = [part for part, _ in turns]
    if "user" not in parts:
        raise _chat("the conversation has no user message", _TURN)
    if "assistant" not in parts:
        raise _chat("the conversation has no assistant message", _TURN)
    if parts[-1] != "assistant":
        raise _chat("the last message is not the assistant's", "End the conversation with the answer.")
    if (questions := parts.count("user")) > 1:
        raise _chat(
            f"the conversation has {questions:,} user messages",
            "Split it into rows of one user message and its answer.",
        )
    if parts.count("assistant") > 1:
        raise _chat("the conversation has more than one assistant message", _TURN)
    if parts[-2] != "user":
        raise _chat("a system message follows the user message", "Put system messages first.")
    system = "\n\n".join(text for part, text in turns if part == "system")
    return system or None, turns[-2][1], turns[-1][1]


def _turns(messages: object) -> tuple[list[tuple[str, str]], set[str]]:
    """(part, text) of every message, and the keys that are ignored."""
    if not isinstance(messages, list) or not messages:
        raise _chat("`messages` is not a list of messages", _TURN)
    turns: list[tuple[str, str]] = []
    ignored: set[str] = set()
    for message in messages:
        if not isinstance(message, dict):
            raise _chat("a message is not a JSON object", 'Write it as {"role": ..., "content": ...}.')
        turns.append((_part(message), _content(message.get("content"))))
        ignored.update(key for key in _IN_MESSAGE if key in message)
    return turns, ignored


def _part(message: dict[str, Any]) -> str:
    role = message.get("role")
    if role in _CALLS or message.get("tool_calls") or message.get("function_call"):
        raise _chat("the conversation calls tools", "Leave out conversations with tool calls.")
    if not isinstance(role, str) or role not in _PARTS:
        raise _chat("a message has an unknown role", "The roles are system, user and assistant.")
    if not message.keys() <= _ALLOWED or message.get("refusal") or message.get("audio"):
        raise _chat("a message holds more than its role and its text", "Remove the other keys.")
    return _PARTS[role]


def _content(content: object) -> str:
    if isinstance(content, list):
        content = "".join(_text_part(part) for part in content)
    if content is not None and not isinstance(content, str):
        raise _not_text()
    if content is None or not content.strip():
        raise _chat("a message is empty", "Write its text, or leave the message out.")
    return content


def _text_part(part: object) -> str:
    if isinstance(part, dict) and part.keys() == {"type", "text"} and part["type"] == "text":
        text = part["text"]
        if isinstance(text, str):
            return text
    raise _not_text()


def _not_text() -> NotARow:
    return _chat(
        "a message holds something other than text", "Use texts only: no images, no sound, no files."
    )


def _chat(problem: str, fix: str) -> NotARow:
    return NotARow(problem, fix=fix, code="chat")

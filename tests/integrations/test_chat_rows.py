"""Chat rows and Dolly rows: mapped onto the contract's roles, or told why not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_reading import NAMES, WITH_CONTEXT, A, Read, contract, read

values = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
written = st.text(min_size=1).filter(str.strip)


@given(st.lists(st.tuples(written, written, st.none() | written), min_size=1, max_size=5), st.booleans())
def test_chats_are_read_back_as_question_answer_and_context(
    chats: list[tuple[str, str, str | None]], in_parts: bool
) -> None:
    def message(role: str, text: str) -> dict[str, object]:
        return {"role": role, "content": [{"type": "text", "text": text}] if in_parts else text}

    rows = [
        {
            "messages": [message("system", system)] * (system is not None)
            + [message("user", question), message("assistant", answer)],
            "year": "2024",
        }
        for question, answer, system in chats
    ]
    expected = [(question, answer, "2024", system) for question, answer, system in chats]
    for ending, data in ((".json", json.dumps(rows)), (".jsonl", "\n".join(map(json.dumps, rows)))):
        found = read(ending, data.encode(), WITH_CONTEXT)
        assert [row for _, row in found.rows] == expected
        assert not found.faults


json_values = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(json_values, json_values)
def test_any_json_as_messages_is_a_row_or_a_fault(messages: Any, content: Any) -> None:
    rows = [
        {"messages": messages},
        {"messages": [messages, content]},
        {"messages": [{"role": "user", "content": content}, {"role": "assistant", "content": messages}]},
    ]
    found = read(".json", json.dumps(rows).encode(), WITH_CONTEXT)
    assert len(found.rows) + len(found.faults) == 3
    assert {fault.code for fault in found.faults} <= {"chat"}


def chat(*messages: object, **beside: object) -> dict[str, object]:
    return {"messages": list(messages)} | beside


def said(role: str, content: object, **beside: object) -> dict[str, object]:
    return {"role": role, "content": content} | beside


ASK, ANSWER, SYSTEM = said("user", "Q?"), said("assistant", "A."), said("system", "S.")
CHAT_FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "no messages": (chat(), "not a list of messages"),
    "messages as text": ({"messages": "Q?"}, "not a list of messages"),
    "a message as text": (chat("Q?"), "not a JSON object"),
    "no question": (chat(SYSTEM, ANSWER), "no user message"),
    "no answer": (chat(SYSTEM, ASK), "no assistant message"),
    "ends with a question": (chat(ASK, ANSWER, ASK), "last message is not"),
    "several turns": (chat(ASK, ANSWER, ASK, ANSWER), "2 user messages"),
    "greeting": (chat(ANSWER, ASK, ANSWER), "more than one assistant message"),
    "system in the middle": (chat(ASK, SYSTEM, ANSWER), "system message follows"),
    "picture": (
        chat(said("user", [{"type": "image_url", "image_url": {"url": "x"}}]), ANSWER),
        "other than text",
    ),
    "number": (chat(said("user", 1), ANSWER), "other than text"),
    "tool call": (chat(ASK, said("assistant", None, tool_calls=[{"id": "1"}])), "calls tools"),
    "function call": (chat(ASK, said("assistant", None, function_call={"name": "f"})), "calls tools"),
    "tool answer": (chat(ASK, said("tool", "x", tool_call_id="1"), ANSWER), "calls tools"),
    "unknown role": (chat(said("human", "Q?"), ANSWER), "unknown role"),
    "role that is a list": (chat(said(["user"], "Q?"), ANSWER), "unknown role"),  # type: ignore[arg-type]
    "blank question": (chat(said("user", " "), ANSWER), "empty"),
    "no content": (chat(ASK, {"role": "assistant"}), "empty"),
    "refusal": (chat(ASK, said("assistant", "A.", refusal="I will not.")), "more than its role"),
    "question twice": (chat(ASK, ANSWER, question="Q?"), "a column that they fill"),
}


@pytest.mark.parametrize("case", CHAT_FAULTS)
def test_a_chat_that_is_not_one_question_with_its_answer_is_told(case: str) -> None:
    row, problem = CHAT_FAULTS[case]
    found = read(".jsonl", A + b"\n" + json.dumps(row).encode() + b"\n", WITH_CONTEXT)
    assert found.places() == [(2, "chat")]
    assert problem in found.faults[0].problem
    assert found.faults[0].fix
    assert found.faults[0].value is None


def test_what_is_ignored_in_chats_is_noted_once_a_kind() -> None:
    plain = chat(SYSTEM, ASK, ANSWER)
    busy = chat(
        ASK, said("assistant", "A.", weight=1, tool_calls=None), tools=[{}], parallel_tool_calls=False
    )
    data = "\n".join(map(json.dumps, (plain, busy, busy))).encode()
    found = read(".jsonl", data)
    assert [row for _, row in found.rows] == [("Q?", "A.", None)] * 3
    assert found.notes == [
        "the system message was ignored in 1 row, first on line 1 of a.jsonl",
        "`parallel_tool_calls` was ignored in 2 rows, first on line 2 of a.jsonl",
        "`tools` was ignored in 2 rows, first on line 2 of a.jsonl",
        "`weight` was ignored in 2 rows, first on line 2 of a.jsonl",
    ]
    with_context = read(
        ".jsonl", json.dumps(chat(SYSTEM, said("developer", "T."), ASK, ANSWER)).encode(), WITH_CONTEXT
    )
    assert with_context.rows == [(1, ("Q?", "A.", None, "S.\n\nT."))]
    assert with_context.notes == []


def test_a_column_called_messages_is_an_ordinary_column() -> None:
    held = contract(*NAMES, "messages")
    assert read(".jsonl", b'{"messages": "hello"}', held).rows == [(1, (None, None, None, "hello"))]


DOLLY = {"instruction": "Q?", "context": "C.", "response": "A.", "category": "open_qa"}


def test_dolly_rows_fill_the_columns_of_their_roles() -> None:
    data = json.dumps([DOLLY, DOLLY]).encode()
    found = read(".json", data, WITH_CONTEXT)
    assert found.rows == [(1, ("Q?", "A.", None, "C."))] * 2
    assert found.notes == ["`category` was ignored in 2 rows, first on line 1 of a.json"]
    sorted_in = contract(*NAMES, "background", "category", context="background")
    assert read(".json", data, sorted_in) == Read([(1, ("Q?", "A.", None, "C.", "open_qa"))] * 2, [], [])


def test_rows_that_only_resemble_dolly_are_refused_by_their_keys() -> None:
    half = {key: DOLLY[key] for key in ("instruction", "response")}
    trl = {"prompt": "Q?", "completion": "A."}
    found = read(".jsonl", "\n".join(map(json.dumps, (half, DOLLY | {"id": 1}, trl))).encode(), WITH_CONTEXT)
    assert found.places() == [(1, "unknown_key"), (2, "unknown_key"), (3, "unknown_key")]
    assert "instruction, response" in found.faults[0].problem
    assert read(".jsonl", json.dumps(DOLLY).encode()).places() == [(1, "unknown_key")]


def test_nothing_of_a_row_is_quoted_where_a_column_is_personal() -> None:
    held = contract(*NAMES, personal=True)
    rows = [{"Jane Doe": 1}, chat(said("Jane Doe", "Q?"), ANSWER), chat(ASK, ANSWER, tools=["Jane Doe"])]
    data = "\n".join(map(json.dumps, rows)) + '\n{"question": Jane Doe}\n'
    found = read(".jsonl", data.encode(), held)
    assert found.places() == [(1, "unknown_key"), (2, "chat"), (4, "json")]
    assert "Jane" not in repr((found.faults, found.notes))

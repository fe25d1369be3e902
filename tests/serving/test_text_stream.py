"""The pieces of a text are its text, whatever the tokens and the stop sequences."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.serving.text_stream import TextStream


def of_bytes(tokens: Sequence[int]) -> str:
    """One token a byte."""
    return bytes(tokens).decode(errors="replace")


def of_words(tokens: Sequence[int]) -> str:
    """Like many real tokenizers: the space before a word is dropped at the beginning of the text."""
    return "".join(f" w{token}" for token in tokens).lstrip()


def pieces(tokens: Sequence[int], *stops: str) -> list[str]:
    stream = TextStream(of_bytes, stops)
    found = []
    for token in tokens:
        found.append(stream.push(token))
        if stream.stopped:
            return found
    return [*found, stream.finish()]


@given(st.text())
def test_the_pieces_joined_are_the_text(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    assert "".join(pieces(text.encode())) == text


@given(st.binary())
def test_bytes_that_are_no_text_read_as_in_one_go(data: bytes) -> None:
    assert "".join(pieces(data)) == of_bytes(data)


@given(st.text("ab\né"), st.lists(st.text("ab\né", min_size=1, max_size=4), max_size=3))
def test_an_answer_ends_before_the_first_stop_sequence(text: str, stops: list[str]) -> None:
    shown = "".join(pieces(text.encode(), *stops))
    assert text.startswith(shown)
    assert not any(stop in shown for stop in stops)
    assert shown == text or any(text[len(shown) :].startswith(stop) for stop in stops)


def test_half_a_character_waits_for_its_other_half() -> None:
    assert pieces("é".encode()) == ["", "é", ""]


def test_the_beginning_of_a_stop_sequence_waits_until_it_is_one_or_not() -> None:
    assert pieces(b"a.\nb", "\n\n") == ["a", ".", "", "\nb", ""]
    assert pieces(b"a\n\nb", "\n\n") == ["a", "", ""]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_spaces_between_words_are_kept(count: int) -> None:
    stream = TextStream(of_words)
    tokens = list(range(count))
    assert "".join([*(stream.push(token) for token in tokens), stream.finish()]) == of_words(tokens)

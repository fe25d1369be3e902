"""What experts said is read strictly, and a faulty line is named without being quoted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from judge_samples import a_criterion, a_rubric, as_lines, expert_verdicts

from pipelines.core.errors import DataError
from pipelines.core.expert_verdict import arms_of, read_verdicts, verdicts_digest

LINE: dict[str, Any] = {
    "id": "d7",
    "turns": ["One?", "Two?"],
    "answers": [["a", "b"], ["c", "d"]],
    "verdict": "tie",
}


def lines(*changes: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(LINE | change) for change in changes).encode()


def test_what_was_written_is_read_again() -> None:
    verdicts = expert_verdicts(12)
    assert list(read_verdicts(as_lines(verdicts), a_rubric())) == verdicts


def test_a_byte_order_mark_and_empty_lines_do_no_harm() -> None:
    data = b"\xef\xbb\xbf\n" + lines({}) + b"\r\n\n"
    (verdict,) = read_verdicts(data, a_rubric())
    assert (verdict.id, verdict.verdict) == ("d7", "tie")


def test_a_criterion_has_one_conversation() -> None:
    data = lines({"turns": ["One?"], "answers": [["a"]], "verdict": "no"})
    verdicts = read_verdicts(data, a_criterion())
    assert arms_of(verdicts) == ({"d7": ("a",)},)


def test_a_comparison_has_two_arms() -> None:
    assert arms_of(read_verdicts(lines({}), a_rubric())) == ({"d7": ("a", "b")}, {"d7": ("c", "d")})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "verdicts: must be there"),
        (b"{", "line 1 of the experts' verdicts: is a verdict in JSON"),
        (lines({}, {"id": "e", "verdict": "maybe"}), "line 2.*in verdict: literal_error"),
        (lines({"verdict": "yes"}), "says A, B, tie; found yes"),
        (lines({"answers": [["a", "b"]]}), "2 conversations; found 1"),
        (lines({"answers": [["a"], ["c", "d"]]}), "2 turns and answers.*found 1 and 2 turns"),
        (lines({"answers": [["a", "b"], ["a", "b"]]}), "answers that differ; found the same one twice"),
        (lines({"turns": ["One?"]}), "2 turns and answers"),
        (lines({"reference": ["r"]}), "1 references"),
        (lines({}, {}), "line 2.*an id of its own; found that of line 1"),
        (lines({"secret": "hunter2"}), "in secret: extra_forbidden"),
        (b"\xff", "line 1"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says) as raised:
        read_verdicts(data, a_rubric())
    assert "hunter2" not in str(raised.value)


def test_the_digest_names_what_the_experts_said() -> None:
    one, other = expert_verdicts(5), expert_verdicts(5, seed=2)
    assert verdicts_digest(one) == verdicts_digest(expert_verdicts(5)) != verdicts_digest(other)

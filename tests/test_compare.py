"""perennial compare: the paired verdict for two sample logs, or a clear word about why there is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sample_logs import a_sample, samples, write

from pipelines.cli import cli
from pipelines.core.errors import UsageError
from pipelines.core.statistics.paired import difference_interval, mcnemar_exact

N = 400


def scores(wrong: Sequence[int]) -> list[float]:
    return [float(number not in wrong) for number in range(N)]


def logs(folder: Path, a: list[dict[str, Any]], b: list[dict[str, Any]]) -> list[str]:
    return [str(write(folder / "a.jsonl", a)), str(write(folder / "b.jsonl", b))]


def compared(
    folder: Path, a: list[dict[str, Any]], b: list[dict[str, Any]], *options: str
) -> tuple[int, str]:
    """The exit code and what was printed."""
    done = CliRunner().invoke(
        cli, ["compare", *logs(folder, a, b), *options], standalone_mode=False, catch_exceptions=False
    )
    return int(done.return_value), done.output


def refusal(folder: Path, a: list[dict[str, Any]], b: list[dict[str, Any]], *options: str) -> str:
    with pytest.raises(UsageError) as caught:
        compared(folder, a, b, *options)
    return str(caught.value)


def test_equal_arms_are_not_worse(tmp_path: Path) -> None:
    code, said = compared(
        tmp_path, samples(scores(range(10))), samples(scores(range(5, 15))), "--margin", "0.05"
    )
    assert code == 0
    assert "A is better on 5, B on 5, equal on the others" in said
    assert said.endswith("A is not worse than B: a loss of 0.05 or more is ruled out.\n")


def test_a_proven_gain_is_said(tmp_path: Path) -> None:
    code, said = compared(tmp_path, samples(scores(())), samples(scores(range(20))))
    assert code == 0
    assert "A is proven better than B" in said


def test_a_proven_loss_is_worse(tmp_path: Path) -> None:
    code, said = compared(tmp_path, samples(scores(range(60))), samples(scores(())))
    assert code == 1
    assert "A is proven worse than B" in said


def test_too_few_items_leave_it_undecided_and_say_how_many_are_missing(tmp_path: Path) -> None:
    a, b = scores(range(40)), scores(range(30, 70))
    code, said = compared(tmp_path, samples(a), samples(b), "--margin", "0.01")
    assert code == 1
    assert "Undecided: a loss of 0.01 or more cannot be ruled out, about" in said


def test_the_numbers_are_those_of_the_tests_of_the_gate(tmp_path: Path) -> None:
    a, b = samples(scores(range(30))), samples(scores(range(20, 40)))
    code, said = compared(tmp_path, a, b, "--json")
    found = json.loads(said)
    assert code == 1
    assert (found["all"]["wins"], found["all"]["losses"], found["all"]["n"]) == (10, 20, N)
    assert found["all"]["better"] == mcnemar_exact(10, 20)
    assert found["all"]["worse"] == mcnemar_exact(20, 10)
    assert (found["all"]["low"], found["all"]["high"]) == difference_interval(10, 20, N, 0.05)
    assert (found["mean_a"], found["mean_b"]) == (370 / N, 380 / N)


def test_the_order_of_the_items_and_equal_documents_do_not_matter(tmp_path: Path) -> None:
    same = {"doc_hash": "d", "prompt_hash": "p"}
    a = [*samples(scores(range(9))), a_sample(N, 1.0, **same), a_sample(N + 1, 0.0, **same)]
    b = [*samples(scores(())), a_sample(N, 1.0, **same), a_sample(N + 1, 0.0, **same)]
    straight = compared(tmp_path, a, b)
    assert compared(tmp_path, a[::-1], b) == straight
    assert "A is better on 0, B on 9" in straight[1]


def test_slices_are_listed_and_harm_to_one_of_them_is_worse(tmp_path: Path) -> None:
    even = [number for number in range(N) if number % 2 == 0]
    a, b = scores(even[:12]), scores([*range(1, 24, 2)])
    code, said = compared(tmp_path, samples(a), samples(b), "--margin", "0.05")
    assert code == 1
    assert "s0: 200 items, A better on 0, B on 12" in said
    assert "proven worse on a slice: log.acc on the slice 's0' is proven worse than B (0 items won" in said


def test_another_field_can_name_the_slices(tmp_path: Path) -> None:
    a = [a_sample(n, 1.0, doc={"kind": "x" if n < 200 else "y"}) for n in range(N)]
    said = compared(tmp_path, a, a, "--slice", "kind")[1]
    assert "  x: 200 items" in said
    assert "none in item 0" in refusal(tmp_path, a, a, "--slice", "nothing")


def test_items_of_one_cluster_count_for_less(tmp_path: Path) -> None:
    a, b = samples(scores(range(24))), samples(scores(range(100, 124)))
    loose = json.loads(compared(tmp_path, a, b, "--json")[1])["all"]
    tight = json.loads(compared(tmp_path, a, b, "--json", "--cluster", "fact")[1])["all"]
    assert tight["design_effect"] > 3
    assert tight["low"] < loose["low"]
    assert "tell as much as" in compared(tmp_path, a, b, "--cluster", "fact")[1]


def test_graded_scores_are_bounded_by_the_bootstrap(tmp_path: Path) -> None:
    a = samples([0.5 + 0.3 * (n % 3 == 0) for n in range(N)])
    b = samples([0.5 for _ in range(N)])
    code, said = compared(tmp_path, a, b, "--json")
    found = json.loads(said)["all"]
    assert code == 0
    assert found["low"] < found["difference"] == pytest.approx(0.1, abs=0.01)
    assert found["difference"] < found["high"]


def test_several_metrics_or_filters_must_be_chosen_from(tmp_path: Path) -> None:
    two = samples(scores(()), metrics=["acc", "acc_norm", "perplexity"], acc_norm=1.0, perplexity=[1.0, 2])
    said = refusal(tmp_path, two, two)
    assert "acc, acc_norm in both" in said
    assert "--metric" in said
    assert compared(tmp_path, two, two, "--metric", "acc_norm")[0] == 0
    assert "acc, acc_norm in both" in refusal(tmp_path, two, two, "--metric", "perplexity")
    filters = [*samples(scores(())), *samples(scores(()), filter="strict")]
    assert "none, strict in both" in refusal(tmp_path, filters, filters)
    assert compared(tmp_path, filters, filters, "--filter", "strict")[0] == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"doc_hash": "x"}, "1 items in A alone: doc_id 7 of A"),
        ({"target_hash": "x"}, "other targets for 1 items: doc_id 7 of A"),
        ({"prompt_hash": "x"}, "other prompts for 1 items: doc_id 7 of A"),
    ],
)
def test_other_items_targets_or_prompts_are_refused_by_number(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    a = samples(scores(()))
    b = [*a[:7], a[7] | change, *a[8:]]
    assert said in refusal(tmp_path, a, b)


def test_fewer_items_are_refused(tmp_path: Path) -> None:
    a = samples(scores(()))
    said = refusal(tmp_path, a[:-9], a)
    assert "9 items in B alone: doc_id 391, 392, 393, 394, 395, ... of B" in said


def test_other_prompts_can_be_what_is_compared(tmp_path: Path) -> None:
    a, b = samples(scores(())), samples(scores(()), prompt_hash="other")
    assert compared(tmp_path, a, b, "--any-prompt")[0] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at least one item"),
        ("\n\n", "at least one item"),
        ("nonsense\n", "something else on line 1"),
        ("[1]\n", "no doc_id on line 1"),
        ('{"doc_id": 1}\n', "no doc on line 1"),
        (json.dumps(a_sample(0, 1.0)) + "\n" + json.dumps(a_sample(0, 1.0)) + "\n", "item 0 again on line 2"),
    ],
)
def test_what_is_no_sample_log_is_refused(tmp_path: Path, text: str, said: str) -> None:
    paths = logs(tmp_path, samples([1.0]), samples([1.0]))
    Path(paths[1]).write_text(text)
    with pytest.raises(UsageError, match=said):
        CliRunner().invoke(cli, ["compare", *paths], standalone_mode=False, catch_exceptions=False)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    paths = logs(tmp_path, samples([1.0]), samples([1.0]))
    Path(paths[0]).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        CliRunner().invoke(cli, ["compare", *paths], standalone_mode=False, catch_exceptions=False)


def test_a_score_that_is_missing_or_out_of_range_makes_no_metric(tmp_path: Path) -> None:
    for broken in (None, float("nan"), 2.5, "1"):
        rows = [*samples([1.0, 1.0]), a_sample(2, 1.0, acc=broken)]
        assert "none in both" in refusal(tmp_path, rows, rows)

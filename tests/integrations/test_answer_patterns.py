"""Known failures are looked for in every answer, in bounded time, and no answer is quoted."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from declared_project import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.assertion import Assertion, AssertionResult
from pipelines.core.errors import DeclarationError
from pipelines.core.evaluation import Output
from pipelines.declarations.patterns import demand_re2, python_form
from pipelines.integrations.answer_patterns import SHOWN, PatternChecker
from pipelines.specs import models

AMOUNT = r"^\$[1-9][0-9]{2,4}$"


def an_assertion(pattern: str = AMOUNT, must: str = "match", **changes: Any) -> Assertion:
    return Assertion(id="a", task="t", must=must, pattern=pattern, **changes)


def check(assertion: Assertion, *answers: str, **slices: str) -> AssertionResult:
    outputs = [Output(task="t", item=f"q{k}", text=text) for k, text in enumerate(answers)]
    (result,) = PatternChecker().check([assertion], outputs, slices)
    return result


def test_an_answer_must_match() -> None:
    result = check(an_assertion(), "$500", "about $500", "$500\n", "", "$10400")
    assert (result.checked, result.broken, result.examples) == (5, 3, ("q1", "q2", "q3"))
    assert not result.holds


def test_an_answer_must_not_match() -> None:
    result = check(an_assertion(r"<\|", "not_match"), "$500", "$500<|end|>", "<b>")
    assert (result.checked, result.broken, result.examples) == (3, 1, ("q1",))


def test_some_answers_may_break_it() -> None:
    answers = ["$500"] * 98 + ["no"] * 2
    assert check(an_assertion(mostly=0.98), *answers).holds
    assert not check(an_assertion(mostly=0.99), *answers).holds


def test_only_answers_to_its_task_and_slices_count() -> None:
    outputs = [
        Output(task="t", item="q0", text="no"),
        Output(task="t", item="q1", text="no"),
        Output(task="other", item="q1", text="no"),
    ]
    narrow = an_assertion(slices=("seniors",))
    wide, narrowed = PatternChecker().check([an_assertion(), narrow], outputs, {"q1": "seniors", "q0": "x"})
    assert (wide.checked, narrowed.checked) == (2, 1)
    assert narrowed.examples == ("q1",)


def test_there_is_one_result_an_assertion_in_their_order() -> None:
    assertions = [an_assertion(p, "not_match").model_copy(update={"id": p}) for p in ("a", "b", "c")]
    results = PatternChecker().check(assertions, [Output(task="t", item="q", text="b")], {})
    assert [r.assertion for r in results] == assertions
    assert [r.broken for r in results] == [0, 1, 0]
    assert PatternChecker().check((), (), {}) == ()


def test_an_assertion_without_answers_does_not_hold() -> None:
    result = check(an_assertion())
    assert (result.checked, result.broken) == (0, 0)
    assert not result.holds


def test_a_few_items_are_named_and_no_answer_is_quoted() -> None:
    result = check(an_assertion(), *["secret words"] * 50)
    assert len(result.examples) == SHOWN
    assert "secret" not in result.model_dump_json()


def test_a_hostile_answer_takes_no_time() -> None:
    evil = "a" * 200_000 + "!"
    assert check(an_assertion("(a+)+$"), evil).broken == 1
    assert check(an_assertion("(a|aa)+$", "not_match"), evil).broken == 0


@pytest.mark.parametrize("pattern", ["(?=a)", "(a)\\1", "(", "a{100000}"])
def test_a_pattern_that_is_not_re2_is_refused(pattern: str) -> None:
    with pytest.raises(DeclarationError, match="assertion a: has an RE2 pattern"):
        check(an_assertion(pattern), "x")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=5),
    st.sampled_from([AMOUNT, r"\$", "^$", r"\bx\b"]),
)
def test_it_finds_what_python_finds(answers: list[str], pattern: str) -> None:
    assert demand_re2(pattern) is None
    result = check(an_assertion(pattern, "not_match"), *answers)
    search = re.compile(python_form(pattern)).search
    assert result.broken == sum(bool(search(answer)) for answer in answers)


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        ("$500", set()),
        (" $10400 ", set()),
        ("$1,000", {"one_amount"}),
        ("$50 or $500", {"one_amount"}),
        ("$500<|end|>", {"one_amount", "no_markup"}),
        ("<|user|>", {"one_amount", "no_markup"}),
        ("Write to ann.lee@example.com", {"one_amount", "no_contact"}),
        ("Call (212) 555-0142", {"one_amount", "no_contact"}),
        ("+44 20 7946 0958", {"one_amount", "no_contact"}),
        ("555-0142", {"one_amount", "no_contact"}),
    ],
)
def test_the_assertions_of_the_sample_tell_good_answers_from_known_failures(
    answer: str, broken: set[str]
) -> None:
    assertions = models(REPOSITORY)["tax-desk"].suite.assertions
    results = PatternChecker().check(assertions, [Output(task="tax_exact", item="q", text=answer)], {})
    assert {r.assertion.id for r in results if r.broken} == broken


def test_importing_it_is_light() -> None:
    code = (
        "import sys; import pipelines.integrations.answer_patterns;"
        "print(sorted({'torch', 'transformers', 'pandas', 'numpy', 'pyarrow', 'lm_eval'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

"""What share of an upload a teacher wrote, and what share each category has."""

from __future__ import annotations

import pytest
from spools import ALONE, QUESTIONS, contract_of, rule_of, spool

from pipelines.core.contract import Roles
from pipelines.core.errors import DeclarationError
from pipelines.integrations.text_checks import category_share, teacher_share


def by_teachers(tmp_path, *origins, **bounds):
    table = spool(tmp_path, *({"origin": origin} for origin in origins))
    return teacher_share.check(table, rule_of("teacher_share", **bounds), contract_of(), ALONE).outcome


def test_only_rows_of_people_are_not_from_a_teacher(tmp_path):
    outcome = by_teachers(
        tmp_path, "human", " Human", "synthetic", "big-model-3", None, "humanoid", maximum=60
    )

    assert outcome.observed == pytest.approx(100 * 4 / 6)
    assert not outcome.passed


@pytest.mark.parametrize(
    ("bounds", "passed"), [({"maximum": 50}, True), ({"minimum": 50.1}, False), ({}, True)]
)
def test_the_share_must_lie_within_its_bounds(tmp_path, bounds, passed):
    assert by_teachers(tmp_path, "human", "synthetic", **bounds).passed is passed


def test_an_empty_upload_has_no_teacher(tmp_path):
    assert by_teachers(tmp_path, maximum=0).observed == 0


def test_a_contract_without_origins_cannot_be_checked(tmp_path):
    contract = contract_of(roles=Roles(prompt="prompt", completion="completion"))

    with pytest.raises(DeclarationError, match="who wrote a row"):
        teacher_share.check(spool(tmp_path), rule_of("teacher_share", maximum=5), contract, ALONE)


def by_topic(tmp_path, *topics, contract=None, **bounds):
    table = spool(tmp_path, *({"topic": topic} for topic in topics))
    rule = rule_of("category_share", "topic", text="Topics must be balanced.", **bounds)
    found = category_share.check(table, rule, contract or contract_of(), ALONE)
    assert not found.rows
    return found.outcome


def test_a_category_that_crowds_out_the_others_is_named(tmp_path):
    outcome = by_topic(tmp_path, "fees", "fees", "fees", "forms", None, maximum=50)

    assert (outcome.observed, outcome.passed) == (60, False)
    assert (
        outcome.text == "Topics must be balanced. `topic` fees should make up at most 50 percent of the rows"
    )


def test_the_largest_share_is_told_where_the_rule_is_kept(tmp_path):
    outcome = by_topic(tmp_path, "fees", "fees", "forms", "forms", maximum=50, values=("fees", "forms"))

    assert (outcome.observed, outcome.passed, outcome.text) == (50, True, "Topics must be balanced.")


@pytest.mark.parametrize(
    ("least", "observed", "needed"), [(None, 0, "more than 0"), (30, 0, "at least 30"), (0, 0, "more than 0")]
)
def test_a_category_that_must_be_there_is_named_when_it_is_not(tmp_path, least, observed, needed):
    outcome = by_topic(tmp_path, "fees", "forms", minimum=least, values=("fees", "it's"))

    assert (outcome.observed, outcome.passed) == (observed, False)
    assert outcome.text.endswith(f"`topic` it's should make up {needed} percent of the rows")


def test_a_personal_category_is_not_named(tmp_path):
    columns = tuple(c.model_copy(update={"personal": c.name == "topic"}) for c in QUESTIONS)

    outcome = by_topic(tmp_path, "Ann", "Ann", contract=contract_of(columns=columns), maximum=50)

    assert "Ann" not in outcome.text
    assert "one `topic`" in outcome.text


def test_an_empty_upload_lacks_what_must_be_there(tmp_path):
    assert by_topic(tmp_path, maximum=50).passed
    assert not by_topic(tmp_path, values=("fees",)).passed

"""The shape of a table in a few numbers."""

from __future__ import annotations

from spools import QUESTIONS, contract_of, spool

from pipelines.core.contract import Roles
from pipelines.core.profile import LENGTH_EDGES, Category
from pipelines.integrations.profiler import profile_of


def test_texts_are_counted_by_their_length_and_missing_ones_as_empty(tmp_path):
    table = spool(tmp_path, *({"prompt": text} for text in (None, "a", "ä" * 9, "b" * 10, "c" * 20_000)))

    profile = profile_of(table, contract_of())

    lengths = next(found for found in profile.lengths if found.column == "prompt")
    assert profile.rows == 5
    assert len(lengths.counts) == len(LENGTH_EDGES)
    assert (lengths.counts[0], lengths.counts[1], lengths.counts[2], lengths.counts[-1]) == (1, 2, 1, 1)


def test_a_column_of_few_values_is_one_of_categories_the_largest_first(tmp_path):
    topics = ("forms", "fees", "fees", "rates", None, "rates", "forms", "fees")
    rows = ({"prompt": f"q{n}", "completion": "x" * 90, "topic": topic} for n, topic in enumerate(topics))

    (categories,) = profile_of(spool(tmp_path, *rows), contract_of()).categories

    assert categories.column == "topic"
    assert [(found.name, found.rows) for found in categories.largest] == [
        ("fees", 3),
        ("forms", 2),
        ("rates", 2),
    ]
    assert categories.others == 0


def test_the_slice_is_always_one_of_categories_and_only_its_largest_values_are_named(tmp_path):
    rows = [{"topic": f"t{number:02}"} for number in range(60)] + [{"topic": "t59"}]
    roles = Roles(prompt="prompt", completion="completion", slice="topic")

    (categories,) = profile_of(spool(tmp_path, *rows), contract_of(roles=roles)).categories

    assert categories.largest[0] == Category(name="t59", rows=2)
    assert (len(categories.largest), categories.others) == (20, 40)


def test_personal_categories_are_not_named(tmp_path):
    columns = tuple(column.model_copy(update={"personal": True}) for column in QUESTIONS)
    table = spool(tmp_path, *[{"topic": "Ann"}] * 4)

    (categories,) = profile_of(table, contract_of(columns=columns)).categories

    assert categories.largest == (Category(name="(masked)", rows=4),)


def test_an_empty_table_has_a_profile(tmp_path):
    profile = profile_of(spool(tmp_path), contract_of())

    assert (profile.rows, profile.categories, sum(profile.lengths[0].counts)) == (0, (), 0)

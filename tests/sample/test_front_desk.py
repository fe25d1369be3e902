"""The front desk's world: the same on every machine, its questions about one fact kept together."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from pipelines.sample.directory import rooms
from pipelines.sample.editions import FIRST_EDITION
from pipelines.sample.front_desk import golden_questions, golden_rows, upload_rows, write_edition

NEXT = FIRST_EDITION + 1


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_an_edition_is_864_rows_and_432_golden_questions(tmp_path: Path) -> None:
    write_edition(FIRST_EDITION, tmp_path / "data", tmp_path / "golden")
    lines, golden = rows_of(tmp_path / "data" / "directory.csv"), rows_of(tmp_path / "golden" / "golden.csv")
    assert (len(lines), list(lines[0])) == (864, ["question", "answer", "matter", "office"])
    options = ["option_a", "option_b", "option_c", "option_d"]
    assert (len(golden), list(golden[0])) == (432, ["id", "question", "answer", *options, "office", "entry"])
    assert len({row["id"] for row in golden}) == 432
    assert not {row["question"] for row in golden} & {row["question"] for row in lines}


def test_the_same_edition_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("once", "twice"):
        write_edition(NEXT, tmp_path / name, tmp_path / name)
    for file in ("directory.csv", "golden.csv"):
        assert (tmp_path / "once" / file).read_bytes() == (tmp_path / "twice" / file).read_bytes()


def test_the_next_edition_redraws_about_60_percent_of_the_facts() -> None:
    old, new = rooms(FIRST_EDITION), rooms(NEXT)
    assert old.keys() == new.keys()
    assert 0.5 < sum(old[fact] != new[fact] for fact in old) / len(old) < 0.7


def test_the_three_questions_about_one_fact_share_its_entry_and_its_answer() -> None:
    golden = golden_rows(rooms())
    assert set(Counter(row.entry for row in golden).values()) == {3}
    assert len({(row.entry, row.answer, row.office) for row in golden}) == 144
    assert all(row.id.startswith(f"{row.entry}-") for row in golden)


def test_exactly_one_of_four_different_options_is_the_answer() -> None:
    for row in golden_rows(rooms()):
        options = [row.option_a, row.option_b, row.option_c, row.option_d]
        assert len(set(options)) == 4
        assert options.count(row.answer) == 1


def test_the_golden_set_asks_its_questions_about_the_facts_of_the_upload() -> None:
    known = rooms()
    asked = [question for questions in golden_questions(known).values() for question in questions]
    assert asked == [row.question for row in golden_rows(known)]
    assert {row.fact for row in upload_rows(known)} == set(golden_questions(known))

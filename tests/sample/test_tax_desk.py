"""The sample world: the same on every machine, and wrong in exactly the ways it says."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from pipelines.sample.corpus import chat
from pipelines.sample.editions import FIRST_EDITION, seeded
from pipelines.sample.facts import facts
from pipelines.sample.tax_desk import (
    broken_csv,
    changed_fact,
    golden_rows,
    upload_rows,
    write_broken,
    write_edition,
    write_wrong,
)

NEXT = FIRST_EDITION + 1


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_an_edition_is_864_rows_and_432_golden_questions(tmp_path: Path) -> None:
    write_edition(FIRST_EDITION, tmp_path / "data", tmp_path / "golden")
    rules, golden = rows_of(tmp_path / "data" / "rules.csv"), rows_of(tmp_path / "golden" / "golden.csv")
    assert (len(rules), list(rules[0])) == (864, ["question", "answer", "topic", "filer"])
    assert (len(golden), list(golden[0])) == (
        432,
        ["id", "question", "answer", "option_a", "option_b", "option_c", "option_d", "filer"],
    )
    assert len({row["id"] for row in golden}) == 432
    assert not {row["question"] for row in golden} & {row["question"] for row in rules}
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["rules.csv"]


def test_the_same_edition_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("once", "twice"):
        write_edition(NEXT, tmp_path / name, tmp_path / name)
    for file in ("rules.csv", "golden.csv"):
        assert (tmp_path / "once" / file).read_bytes() == (tmp_path / "twice" / file).read_bytes()


def test_the_next_edition_redraws_about_60_percent_of_the_facts() -> None:
    old, new = facts(FIRST_EDITION), facts(NEXT)
    assert old.keys() == new.keys()
    assert 0.5 < sum(old[fact] != new[fact] for fact in old) / len(old) < 0.7


def test_exactly_one_of_four_different_options_is_the_answer() -> None:
    for row in golden_rows(facts(FIRST_EDITION)):
        options = [row.option_a, row.option_b, row.option_c, row.option_d]
        assert len(set(options)) == 4
        assert options.count(row.answer) == 1


def test_the_wrong_upload_asks_the_same_and_is_wrong_in_30_percent_of_the_facts(tmp_path: Path) -> None:
    good = {row.question: row for row in upload_rows(facts(FIRST_EDITION))}
    bad = rows_of(write_wrong(FIRST_EDITION, tmp_path))
    assert {row["question"] for row in bad} == good.keys()
    changed = {good[row["question"]].fact for row in bad if row["answer"] != good[row["question"]].answer}
    assert len(changed) == int(144 * 0.3)


def test_a_broken_file_is_broken_where_it_says(tmp_path: Path) -> None:
    lines = broken_csv(FIRST_EDITION).splitlines()
    cells = {number: next(csv.reader([lines[number - 1]])) for number in (6, 11, 16, 21, 31, 41)}
    assert (len(cells[6]), len(cells[21])) == (3, 5)
    assert (cells[11][1], cells[31][1], cells[41][1]) == ("tbd", "-$300", "12,5oo")
    assert cells[16][3] == "left-handed filers"
    assert Counter(len(next(csv.reader([line]))) for line in lines) == {4: 863, 3: 1, 5: 1}
    assert write_broken(FIRST_EDITION, tmp_path).read_text() == broken_csv(FIRST_EDITION)


def test_a_changed_fact_is_asked_as_the_golden_set_asks_it() -> None:
    fact = changed_fact(FIRST_EDITION, NEXT)
    old = {row.question: row.answer for row in golden_rows(facts(FIRST_EDITION))}
    new = {row.question: row.answer for row in golden_rows(facts(NEXT))}
    assert (old[fact.question], new[fact.question]) == (fact.before, fact.after)
    assert fact.before != fact.after


def test_chats_of_the_corpus_alternate_and_end_with_an_answer() -> None:
    draw = seeded(0)
    for _ in range(200):
        roles = [message.role for message in chat(draw)]
        assert roles[-1] == "assistant"
        questions = roles[1:] if roles[0] == "system" else roles
        assert questions == ["user", "assistant"] * (len(questions) // 2)

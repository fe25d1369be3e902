"""Rows are used only with consent and only until their retention date."""

from __future__ import annotations

from datetime import date

import pytest
from examples import sha

from pipelines.core.contract import Roles
from pipelines.core.permission import permitted

PLAIN = Roles(prompt="question", completion="answer")
BOUND = Roles(prompt="question", completion="answer", consent="consent", retention="until")
TODAY = date(2026, 6, 1)


def why(consent: object, until: object) -> str | None:
    row = {"_row": sha("row"), "consent": consent, "until": until}
    kept, removed = permitted("rules", [row], BOUND, TODAY)
    assert len(kept) + len(removed) == 1
    return removed[0].reason if removed else None


def test_rows_of_a_source_without_such_columns_are_all_used() -> None:
    rows = [{"_row": sha("a")}, {"_row": sha("b")}]
    assert permitted("rules", rows, PLAIN, TODAY) == (tuple(rows), ())


def test_a_row_is_used_on_its_last_day_and_not_after_it() -> None:
    assert why("yes", "2026-06-01") is None
    assert why("yes", "2026-05-31") == "retention ended on 2026-05-31"


@pytest.mark.parametrize("consent", ["no", "", None, "maybe"])
def test_what_is_no_clear_consent_is_none(consent: object) -> None:
    assert why(consent, "2030-01-01") == "no consent"


@pytest.mark.parametrize("until", ["soon", "", None, "31.12.2030"])
def test_a_date_that_cannot_be_read_allows_nothing(until: object) -> None:
    assert why("Yes", until) == "no readable retention date"

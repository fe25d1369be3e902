"""Which errors a task gives up on at once."""

from __future__ import annotations

import pytest

from pipelines.core.errors import Conflict, DataError, PerennialError, Refused, Tampered, Unavailable
from pipelines.scheduling.dags import RETRY_POLICY

PARTS = ("it", "a rule", "something", "Do this.")


@pytest.mark.parametrize("error", [DataError(*PARTS), Refused(*PARTS), Tampered(*PARTS)])
def test_a_permanent_error_fails_the_task_whatever_its_kind(error: PerennialError) -> None:
    assert RETRY_POLICY.evaluate(error, 1, 3).action.value == "fail"


@pytest.mark.parametrize("error", [Unavailable(*PARTS), Conflict(*PARTS), OSError("disk")])
def test_any_other_error_is_left_to_the_retries(error: Exception) -> None:
    assert RETRY_POLICY.evaluate(error, 1, 3).action.value == "default"

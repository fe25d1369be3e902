"""Holm's adjustment agrees with statsmodels and dominates Bonferroni's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.statistics.multiplicity import holm

p_values = st.dictionaries(st.text(min_size=1), st.floats(0, 1), max_size=8)


@given(p_values)
def test_holm_never_lowers_a_p_value_and_keeps_their_order(raw: dict[str, float]) -> None:
    adjusted = holm(raw)
    assert adjusted.keys() == raw.keys()
    assert all(raw[k] <= adjusted[k] <= 1.0 for k in raw)
    by_raw = sorted(raw, key=lambda k: raw[k])
    assert [adjusted[k] for k in by_raw] == sorted(adjusted.values())


@given(p_values)
def test_holm_is_never_stricter_than_bonferroni(raw: dict[str, float]) -> None:
    assert all(p <= min(1.0, len(raw) * raw[name]) + 1e-12 for name, p in holm(raw).items())


@given(p_values)
def test_the_order_of_the_tests_does_not_matter(raw: dict[str, float]) -> None:
    assert holm(dict(reversed(raw.items()))) == holm(raw)


def test_holm_agrees_with_statsmodels() -> None:
    # statsmodels 0.15.0, multipletests(..., method="holm")
    raw = {"a": 0.01, "b": 0.013, "c": 0.014, "d": 0.19, "e": 0.35, "f": 0.5, "g": 0.63, "h": 0.67, "i": 0.75}
    expected = {"a": 0.09, "b": 0.104, "c": 0.104} | dict.fromkeys("defghi", 1.0)
    assert holm(raw) == pytest.approx(expected)


def test_of_many_slices_without_harm_one_is_accused_no_more_often_than_alpha() -> None:
    rng = np.random.default_rng(2)
    accused = [
        min(holm({str(i): p for i, p in enumerate(rng.random(12))}).values()) <= 0.05 for _ in range(3000)
    ]
    assert np.mean(accused) <= 0.06

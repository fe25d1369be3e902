"""A value's name is its content."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipelines.core.errors import PerennialError
from pipelines.core.value import Blob, canonical_json, sha256_hex


def test_the_digest_is_the_sha256_of_sorted_json() -> None:
    blob = Blob(sha256=sha256_hex(b"x"), size=1)
    assert blob.digest == sha256_hex(canonical_json({"size": 1, "sha256": sha256_hex(b"x")}))


def test_a_changed_copy_has_another_digest() -> None:
    blob = Blob(sha256=sha256_hex(b"x"), size=1)
    assert blob.digest != blob.model_copy(update={"size": 2}).digest


def test_a_value_cannot_be_changed_nor_extended() -> None:
    blob = Blob(sha256=sha256_hex(b"x"), size=1)
    with pytest.raises(ValidationError):
        blob.size = 2  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Blob(sha256=sha256_hex(b"x"), size=1, more=1)  # type: ignore[call-arg]


def test_numbers_without_a_json_form_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"score": float("nan")})


def test_an_error_is_one_bounded_line_with_all_four_parts() -> None:
    text = str(PerennialError("the subject", "the rule", "x" * 5000 + "\nmore", "The remedy."))
    assert text.startswith("the subject: the rule; found xxx")
    assert text.endswith("The remedy.")
    assert len(text) < 500
    assert "\n" not in text

"""A source's state is a fold of its ingest ledger."""

from __future__ import annotations

from examples import chain, sha

from pipelines.core.intake import (
    ACCEPTED,
    HELD,
    REJECTED,
    TAKEN,
    UNCHANGED,
    Accepted,
    Held,
    Rejected,
    Taken,
    Unchanged,
    intake,
)


def taken(name: str) -> tuple[str, Taken]:
    return TAKEN, Taken(
        source="rules", fingerprint=sha(f"f{name}"), upload=sha(name), contract=sha("contract")
    )


def accepted(name: str) -> tuple[str, Accepted]:
    return ACCEPTED, Accepted(
        source="rules",
        upload=sha(name),
        contract=sha("contract"),
        report=sha(f"r{name}"),
        snapshot=sha(f"s{name}"),
        revision="rev",
    )


def rejected(name: str) -> tuple[str, Rejected]:
    return REJECTED, Rejected(
        source="rules", upload=sha(name), contract=sha("contract"), report=sha(f"r{name}")
    )


def test_nothing_taken_is_nothing_decided() -> None:
    state = intake([])
    assert not state.decided(sha("f"))
    assert state.current is None


def test_an_upload_is_open_until_it_is_settled() -> None:
    assert intake(chain(taken("a"))).open
    assert not intake(chain(taken("a"))).decided(sha("fa"))
    assert intake(chain(taken("a"), accepted("a"))).decided(sha("fa"))
    assert intake(chain(taken("a"), rejected("a"))).decided(sha("fa"))


def test_a_rejected_upload_leaves_the_current_snapshot_in_place() -> None:
    state = intake(chain(taken("a"), accepted("a"), taken("b"), rejected("b")))
    assert state.current is not None
    assert state.current.upload == sha("a")
    assert isinstance(state.settled, Rejected)


def test_the_same_files_under_the_same_contract_repeat_the_last_upload() -> None:
    state = intake(chain(taken("a"), accepted("a")))
    assert state.repeats(sha("a"), sha("contract"))
    assert not state.repeats(sha("a"), sha("new contract"))
    assert not state.repeats(sha("b"), sha("contract"))


def test_going_back_to_older_files_is_no_repetition() -> None:
    state = intake(chain(taken("a"), accepted("a"), taken("b"), accepted("b")))
    assert not state.repeats(sha("a"), sha("contract"))


def test_an_unchanged_upload_closes_its_claim() -> None:
    again = TAKEN, Taken(source="rules", fingerprint=sha("later"), upload=sha("a"), contract=sha("contract"))
    same = UNCHANGED, Unchanged(source="rules", upload=sha("a"))
    state = intake(chain(taken("a"), accepted("a"), again, same))
    assert state.decided(sha("later"))
    assert state.current is not None


def held(name: str, confirmation: str | None = None) -> tuple[str, Held]:
    return HELD, Held(
        source="rules",
        upload=sha(name),
        contract=sha("contract"),
        report=sha(f"r{name}"),
        confirmation=confirmation,
    )


def test_a_held_upload_leaves_the_current_snapshot_in_place_and_is_answered() -> None:
    state = intake(chain(taken("a"), accepted("a"), taken("b"), held("b")))
    assert state.decided(sha("fb"))
    assert state.current is not None
    assert state.current.snapshot == sha("sa")


def test_only_a_word_given_after_the_letter_on_this_upload_confirms_it() -> None:
    contract = sha("contract")
    state = intake(chain(taken("a"), held("a", confirmation="early")))
    assert state.confirms(sha("a"), contract, "later")
    assert not state.confirms(sha("a"), contract, "early")
    assert not state.confirms(sha("a"), contract, None)
    assert not state.confirms(sha("b"), contract, "later")
    assert not state.confirms(sha("a"), sha("another contract"), "later")
    settled = intake(chain(taken("a"), held("a"), taken("a"), accepted("a")))
    assert not settled.confirms(sha("a"), contract, "later")

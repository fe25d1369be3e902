"""Which version answers: the rules, on versions whose loading succeeds or fails as told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.core.candidate import Bundle, Candidate
from pipelines.core.errors import Tampered, Unavailable
from pipelines.core.promotion import Promotion, Standing
from pipelines.integrations.bundle import LoadedBundle
from pipelines.serving.fleet import RETRY_SECONDS, Fleet
from pipelines.serving.loading import Loaded

MODEL = "tax-desk"


def promotion(version: int, model: str = MODEL) -> Promotion:
    candidate = Candidate(
        model=model,
        training_set="a" * 64,
        base="tiny",
        base_sha256="b" * 64,
        recipe="c" * 64,
        steps=version,
        bundle=Bundle(files=()),
    )
    return Promotion(model=model, version=version, candidate=candidate, decision="d" * 64)


def standing(newest: int, *blocked: int) -> Standing:
    return Standing(promotions=tuple(map(promotion, range(1, newest + 1))), blocked=blocked)


class Yard:
    """Loads what it is asked for, unless there is an error for that version; keeps count and time."""

    def __init__(self) -> None:
        self.errors: dict[int, Exception] = {}
        self.asked: list[int] = []
        self.time = 0.0
        self.fleet = Fleet([MODEL], self.load, clock=lambda: self.time)

    def load(self, promotion: Promotion) -> Loaded:
        self.asked.append(promotion.version)
        if promotion.version in self.errors:
            raise self.errors[promotion.version]
        return Loaded(promotion, promotion.candidate.digest, LoadedBundle(None, None, 0.0), since=0)

    def follow(self, newest: int, *blocked: int) -> None:
        self.fleet.follow(MODEL, standing(newest, *blocked))

    @property
    def serving(self) -> int | None:
        found = self.fleet.route(MODEL)
        return found.version if found else None

    @property
    def names(self) -> set[str]:
        return set(self.fleet.names())


@pytest.fixture
def yard() -> Yard:
    return Yard()


def test_nothing_is_ready_before_the_ledger_was_read_and_no_champion_is_no_fault(yard: Yard) -> None:
    assert yard.fleet.lineup(MODEL).unready == "its ledger has not been read yet"
    yard.follow(0)
    assert yard.fleet.lineup(MODEL).unready is None
    assert yard.serving is None


def test_the_champion_answers_and_the_one_before_it_stays_loaded(yard: Yard) -> None:
    yard.follow(3)
    assert yard.asked == [3, 2]
    assert yard.serving == 3
    assert yard.names == {"tax-desk", "tax-desk-v3", "tax-desk-v2"}
    yard.follow(3)
    yard.follow(4)
    assert yard.asked == [3, 2, 4]
    assert yard.names == {"tax-desk", "tax-desk-v4", "tax-desk-v3"}


def test_a_rollback_flips_to_what_is_loaded_and_withdraws_the_version(yard: Yard) -> None:
    yard.follow(2)
    yard.follow(2, 2)
    assert yard.asked == [2, 1]
    assert yard.serving == 1
    assert yard.fleet.route("tax-desk-v2") is None
    yard.follow(2, 1, 2)
    assert yard.names == set()


@pytest.mark.parametrize("error", [Tampered("a", "b", "c", "d"), RuntimeError("odd weights"), KeyError("x")])
def test_a_version_that_fails_its_proof_is_refused_for_good(yard: Yard, error: Exception) -> None:
    yard.follow(1)
    yard.errors[2] = error
    yard.follow(2)
    yard.time += 10 * RETRY_SECONDS
    yard.follow(2)
    assert yard.asked == [1, 2]
    assert yard.serving == 1
    assert set(yard.fleet.lineup(MODEL).refused) == {2}
    assert yard.fleet.lineup(MODEL).unready is None


def test_the_newest_version_that_can_be_proven_serves_after_a_restart(yard: Yard) -> None:
    yard.errors = {version: Tampered("a", "b", "c", "d") for version in (3, 4)}
    yard.follow(4)
    assert yard.asked == [4, 3, 2, 1]
    assert yard.serving == 2
    assert set(yard.fleet.lineup(MODEL).refused) == {3, 4}


def test_when_nothing_can_be_proven_readiness_gives_the_reason(yard: Yard) -> None:
    yard.errors[1] = Tampered("the bundle", "b", "c", "d")
    yard.follow(1)
    assert "the bundle" in (yard.fleet.lineup(MODEL).unready or "")


@pytest.mark.parametrize(
    "error", [Unavailable("a", "b", "c", "d"), OSError("disk"), MemoryError(), ImportError()]
)
def test_trouble_of_the_machine_is_tried_again_later_and_is_no_refusal(yard: Yard, error: Exception) -> None:
    yard.errors[1] = error
    yard.follow(1)
    yard.time += RETRY_SECONDS - 1
    yard.follow(1)
    assert yard.asked == [1]
    assert yard.fleet.lineup(MODEL).unready
    assert not yard.fleet.lineup(MODEL).refused
    yard.errors.clear()
    yard.time += 1
    yard.follow(1)
    assert yard.serving == 1
    assert yard.fleet.lineup(MODEL).trouble is None


def test_trouble_with_the_champion_leaves_the_older_version_serving(yard: Yard) -> None:
    yard.follow(2)
    yard.errors[3] = OSError("disk")
    yard.follow(3)
    assert yard.serving == 2
    assert yard.names == {"tax-desk", "tax-desk-v2", "tax-desk-v1"}


def test_an_unreadable_ledger_changes_nothing_that_is_served(yard: Yard) -> None:
    yard.fleet.hold(MODEL, "unreadable")
    assert yard.fleet.lineup(MODEL).unready == "unreadable"
    yard.follow(1)
    yard.fleet.hold(MODEL, "unreadable")
    assert yard.serving == 1
    assert yard.fleet.lineup(MODEL).unready is None


def test_a_promotion_of_another_model_is_refused(yard: Yard) -> None:
    yard.fleet.follow(MODEL, Standing(promotions=(promotion(1, "payroll"),)))
    assert yard.asked == []
    assert "payroll" in yard.fleet.lineup(MODEL).refused[1]


@pytest.mark.parametrize(
    "name", ["tax", "tax-desk-v0", "tax-desk-v01", "tax-desk-v٢", "tax-desk-v3", "other-v1", ""]
)
def test_only_names_of_loaded_versions_lead_anywhere(yard: Yard, name: str) -> None:
    yard.follow(2)
    routes: Callable[[str], Loaded | None] = yard.fleet.route
    assert routes(name) is None

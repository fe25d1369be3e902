"""A version serves after it has proven itself, or production goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from examples import a_candidate, sha

from pipelines.core.errors import Refused, Unavailable
from pipelines.core.promotion import PROMOTION, Promotion, standing
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.integrations.memory_models import MemoryServed, MemoryTarget
from pipelines.ledger import Ledger
from pipelines.stages.deploy import deploy


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ledger(clock: FixedClock) -> Ledger:
    ledger = Ledger(MemoryStore(), "ledger/models/desk/", signer=MemorySigner(), clock=clock)
    for version in (1, 2):
        promotion = Promotion(
            model="desk", version=version, candidate=a_candidate(f"c{version}"), decision=sha(str(version))
        )
        ledger.append(ledger.entries(), PROMOTION, promotion, op=str(version))
    return ledger


def go(ledger: Ledger, clock: FixedClock, target: MemoryTarget, then: MemoryServed | None = None) -> int:
    def pause(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))
        if then:
            target.state = then

    return deploy("desk", 2, ledger=ledger, target=target, clock=clock, pause=pause).version


def test_a_deployment_waits_until_the_target_serves_the_version(ledger: Ledger, clock: FixedClock) -> None:
    target = MemoryTarget(MemoryServed(version=1))
    assert go(ledger, clock, target, then=MemoryServed(version=2, logit_difference=0.0)) == 2


def test_a_target_that_moved_on_to_a_newer_version_is_fine(ledger: Ledger, clock: FixedClock) -> None:
    assert go(ledger, clock, MemoryTarget(MemoryServed(version=3))) == 3


def test_a_refused_version_is_rolled_back_and_blocked_for_ever(ledger: Ledger, clock: FixedClock) -> None:
    target = MemoryTarget(MemoryServed(version=1, refused={2: "logits differ by 1.5"}))
    for _ in range(2):
        with pytest.raises(Refused, match="logits differ"):
            go(ledger, clock, target)
    state = standing(ledger.entries())
    assert state.blocked == (2,)
    assert state.champion is not None
    assert state.champion.version == 1


def test_a_silent_target_is_an_infrastructure_error_and_changes_nothing(
    ledger: Ledger, clock: FixedClock
) -> None:
    with pytest.raises(Unavailable, match="within 120 s"):
        go(ledger, clock, MemoryTarget(MemoryServed(version=1)))
    assert standing(ledger.entries()).blocked == ()

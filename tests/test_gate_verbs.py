"""perennial gate: the stage by two digests, the simulation and the replay by their names."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from memory_world import EDITION_1, Walk, World

from pipelines.cli import cli
from pipelines.core.errors import DeclarationError, UsageError
from pipelines.runtime import Runtime
from pipelines.stages.gate import EVIDENCE


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, ["gate", *words], standalone_mode=False, catch_exceptions=False)


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Edition 1 waits to be judged."""
    world = World(tmp_path)
    monkeypatch.setattr(Runtime, "from_environment", lambda: world)
    monkeypatch.setattr("pipelines.runtime.Runtime", lambda _: world)
    walk = Walk(world)
    world.drop_rules(EDITION_1)
    world.drop_golden(EDITION_1)
    assert walk.ingest("rules")
    assert walk.ingest("rules_golden")
    return walk


def test_two_digests_are_the_stage_s(walk: Walk) -> None:
    plan = walk.line.compose("desk")
    assert plan is not None
    walk.line.baseline(plan)
    candidate = walk.line.train(plan)
    walk.line.evaluate(plan, candidate)
    said = call(plan, candidate)
    decision = walk.world.standing("desk").last_decision
    assert decision is not None
    assert said.stdout == f"{decision.digest}\n"
    assert said.stderr.startswith("PASS\n  ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("77d0",), "CANDIDATE"),
        (("--wrong",), "No such option"),
        (("simulate", "--items", "7"), "--items"),
        (("simulate", "--margin", "1.5"), "--margin"),
        (("replay", "--alpha", "0.9"), "--alpha"),
    ],
)
def test_a_wrong_call_is_told(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(click.ClickException) as caught:
        call(*words)
    assert said in caught.value.format_message()


def test_replay_says_when_nothing_differs(walk: Walk) -> None:
    assert walk.retrain() == "PASS"
    assert call("replay", "desk").output == "desk: 1 decisions, none would differ\n"
    assert call("replay").output == "desk: 1 decisions, none would differ\n"


def test_replay_lists_what_would_differ_and_why(walk: Walk, tmp_path: Path) -> None:
    assert walk.retrain() == "PASS"
    policy = tmp_path / "strict.yaml"
    policy.write_text("margin: 0.05\nmin_items: 4000\n")
    said = call("replay", "desk", "--policy", str(policy), "--alpha", "0.01").output
    assert "PASS -> INCONCLUSIVE. The golden set has" in said
    assert said.endswith("desk: 1 decisions, 1 would differ\n")
    assert walk.version() == 1


def test_replay_says_whose_evidence_is_missing(walk: Walk) -> None:
    assert walk.retrain() == "PASS"
    decision = walk.world.standing("desk").last_decision
    assert decision is not None
    walk.world.store.delete(f"results/{EVIDENCE}/{decision.digest}.json")
    said = call("replay", "desk", "--margin", "0.01").output
    assert "PASS stands. Its evidence is not in the archive." in said
    assert said.endswith("desk: 1 decisions, none would differ, 1 without evidence\n")


def test_replay_of_an_unknown_model_or_with_a_broken_policy_is_refused(walk: Walk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="only desk"):
        call("replay", "nobody")
    policy = tmp_path / "broken.yaml"
    policy.write_text("margin: 2\n")
    with pytest.raises(DeclarationError, match=r"broken\.yaml:1: margin"):
        call("replay", "desk", "--policy", str(policy))
    with pytest.raises(DeclarationError, match="gone"):
        call("replay", "desk", "--policy", str(tmp_path / "gone.yaml"))


def test_simulate_prints_a_table_and_writes_the_page(tmp_path: Path) -> None:
    few = ("--items", "60", "--margin", "0.05", "--years", "2", "--workers", "1")
    said = call("simulate", *few, "--out", str(tmp_path / "out"))
    assert "gate, margin 5 pp" in said.stdout
    assert "advice: margin 5 pp" in said.stdout
    assert "mixed, 60 items: 2 years" in said.stderr
    study = json.loads((tmp_path / "out" / "operating_curve.json").read_text())
    assert {cell["world"] for cell in study["cells"]} > {"mixed", "decay", "clustered"}
    assert (tmp_path / "out" / "OPERATING_CURVE.md").read_text().startswith("# The operating curve")


def test_simulate_takes_the_policy_of_a_model(walk: Walk) -> None:
    said = call(
        "simulate",
        "--model",
        "desk",
        "--golden",
        "120",
        "--years",
        "1",
        "--workers",
        "1",
        "--discordance",
        "0.05",
    )
    assert "declared: margin 5 pp" in said.stdout
    assert "two equal candidates differ on 5% of the items" in said.stdout


def test_a_world_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match=r"discordance 0\.4"):
        call("simulate", "--items", "60", "--years", "1", "--workers", "1", "--discordance", "0.4")

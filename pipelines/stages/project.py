"""Project: make the MLflow registry say what the model's ledger says. Safe to repeat at any time."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.decision import GateDecision
from pipelines.core.promotion import Promotion, Standing, standing
from pipelines.core.review import metrics_of, review_page, version_note
from pipelines.ledger import Ledger
from pipelines.ports import ModelRegistry


def record(decision: GateDecision, *, registry: ModelRegistry, scratch: Path) -> str:
    """Put a decision, passed or not, where reviewers look; returns the MLflow run."""
    with TemporaryDirectory(dir=scratch) as folder:
        files = Path(folder)
        (files / "decision.json").write_bytes(decision.to_json())
        (files / "review.md").write_text(review_page(decision), encoding="utf-8")
        return registry.record(decision.model, decision.digest, metrics=metrics_of(decision), files=files)


def project(
    model: str, *, ledger: Ledger, archive: Archive, registry: ModelRegistry, scratch: Path
) -> tuple[str, ...]:
    """Returns what had to be repaired, in words.

    Aliases are compared after every version exists, so a crash in between leaves a registry that is
    behind the ledger and never ahead of it.
    """
    state = standing(ledger.entries())
    versions = {
        p.version: _registered(p, archive=archive, registry=registry, scratch=scratch)
        for p in state.promotions
    }
    wanted = {"champion": state.champion, "previous": state.previous, "anchor": state.anchor}
    found = registry.aliases(model)
    repairs = []
    for alias, promotion in wanted.items():
        version = versions[promotion.version] if promotion else None
        if found.get(alias) != version:
            registry.set_alias(model, alias, version)
            repairs.append(f"alias {alias} of {model}: {found.get(alias)} -> {version}")
    for promotion in state.promotions:
        registry.set_tag(model, versions[promotion.version], "a_state", _state_of(promotion, state))
    return tuple(repairs)


def _registered(promotion: Promotion, *, archive: Archive, registry: ModelRegistry, scratch: Path) -> str:
    key = promotion.digest
    if version := registry.version_of(promotion.model, key):
        return version
    decision = archive.fetch(GateDecision, promotion.decision)
    run = record(decision, registry=registry, scratch=scratch)
    with TemporaryDirectory(dir=scratch) as folder:
        bundle = Path(folder) / "bundle"
        archive.fetch_folder(promotion.candidate.bundle, bundle)
        return registry.register(
            promotion.model,
            promotion=key,
            bundle=bundle,
            run_id=run,
            tags={
                "a_verdict": decision.verdict,
                "candidate": promotion.candidate.digest,
                "training_set": promotion.candidate.training_set,
                "base_sha256": promotion.candidate.base_sha256,
            },
            note=version_note(promotion, decision),
        )


def _state_of(promotion: Promotion, state: Standing) -> str:
    if promotion.version in state.blocked:
        return "rolled_back"
    return "champion" if promotion == state.champion else "retired"

"""Project: make the MLflow registry say what the model's ledger says. Safe to repeat at any time.

One thing is read from it: a reviewer's veto, which can take a version back and never bring one forward.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.core.decision import GateDecision
from pipelines.core.promotion import Promotion, Standing, standing
from pipelines.core.review.note import version_note
from pipelines.ledger import Ledger
from pipelines.ports import ModelRegistry
from pipelines.stages.deploy import rollback
from pipelines.stages.review import Board, record, report_of

REVIEW, PENDING, VETO = "a_review", "pending", "veto"
"""The tag that reviewers set, as it is made, and as it takes a version back."""
APPROVED = "a_approved_by"


def project(model: str, *, ledger: Ledger, board: Board) -> tuple[str, ...]:
    """Returns what had to be repaired, in words.

    Vetoes are heeded first. Aliases are compared after every version exists, so a crash in between leaves a
    registry that is behind the ledger and never ahead of it.
    """
    repairs = list(_heed_vetoes(model, ledger=ledger, registry=board.registry))
    state = standing(ledger.entries())
    versions = {p.version: _registered(p, board) for p in state.promotions}
    wanted = {"champion": state.champion, "previous": state.previous, "anchor": state.anchor}
    found = board.registry.aliases(model)
    for alias, promotion in wanted.items():
        version = versions[promotion.version] if promotion else None
        if found.get(alias) != version:
            board.registry.set_alias(model, alias, version)
            repairs.append(f"alias {alias} of {model}: {found.get(alias)} -> {version}")
    for promotion in state.promotions:
        version = versions[promotion.version]
        board.registry.set_tag(model, version, "a_state", _state_of(promotion, state))
        repairs += _name_approval(promotion, version, state, board.registry)
    return tuple(repairs)


def _heed_vetoes(model: str, *, ledger: Ledger, registry: ModelRegistry) -> tuple[str, ...]:
    """Roll back every version that a reviewer vetoed, whether it is champion or not. The oldest comes first,
    so that production never goes back to one that is vetoed too.
    """
    said = []
    for promotion in standing(ledger.entries()).live:
        version = registry.version_of(model, promotion.digest)
        if version and (registry.tag(model, version, REVIEW) or "").strip().lower() == VETO:
            rollback(model, promotion.version, "vetoed by a reviewer in MLflow", ledger=ledger)
            said.append(f"version {promotion.version} of {model} is taken back: a reviewer vetoed it")
    return tuple(said)


def _name_approval(
    promotion: Promotion, version: str, state: Standing, registry: ModelRegistry
) -> tuple[str, ...]:
    """Make the tag say who approved a version, and nobody where nobody did."""
    approval = state.approvals.get(promotion.version)
    wanted, found = approval.text if approval else "", registry.tag(promotion.model, version, APPROVED) or ""
    if found == wanted:
        return ()
    registry.set_tag(promotion.model, version, APPROVED, wanted)
    return (f"tag {APPROVED} of version {version} of {promotion.model} said: {found}",) if found else ()


def _registered(promotion: Promotion, board: Board) -> str:
    key = promotion.digest
    if version := board.registry.version_of(promotion.model, key):
        return version
    decision = board.archive.fetch(GateDecision, promotion.decision)
    run = record(decision, board=board)
    page = board.registry.run_page(promotion.model, decision.digest)
    with TemporaryDirectory(dir=board.scratch) as folder:
        bundle = Path(folder) / "bundle"
        board.archive.fetch_folder(promotion.candidate.bundle, bundle)
        return board.registry.register(
            promotion.model,
            promotion=key,
            bundle=bundle,
            run_id=run,
            tags={
                REVIEW: PENDING,
                "a_verdict": decision.verdict,
                "candidate": promotion.candidate.digest,
                "training_set": promotion.candidate.training_set,
                "base_sha256": promotion.candidate.base_sha256,
            },
            note=version_note(report_of(decision, board.archive), _artifacts(page)),
        )


def _artifacts(page: str) -> str:
    """Where a run's artifacts lie, seen from another page of the registry, by whatever name it is reached."""
    return f"#{page.partition('#')[2]}/artifacts/gate/"


def _state_of(promotion: Promotion, state: Standing) -> str:
    if promotion.version in state.blocked:
        return "rolled_back"
    return "champion" if promotion == state.champion else "retired"

"""Rules about what judging models say: it counts only as far as experts were seen to agree with them."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.decision import Reason
from pipelines.core.gate.case import Case
from pipelines.core.gate.judgement import Judgement, Part
from pipelines.core.gate.opinion import Opinion
from pipelines.core.gate.tally import Tally


def judged(case: Case) -> Iterator[Reason]:
    """Where a judge counts, the candidate is not worse than its rivals by more than the rubric's margin.
    Where it only reports, what it said is shown. A test double never lets anything pass.
    """
    for opinion in case.opinions:
        judgement = opinion.judgement
        if judgement.double:
            text = f"Rubric {judgement.rubric.name} was judged by a test double, whose word never counts."
            yield Reason(rule="judge", verdict="FAIL", text=text)
        elif judgement.standing.counts:
            yield from _counted(opinion, case.policy.alpha)
        else:
            yield _reported(opinion)


def _counted(opinion: Opinion, alpha: float) -> Iterator[Reason]:
    """One reason a rival; a first version is shown as it was graded."""
    judgement = opinion.judgement
    if not opinion.against:
        text = f"Rubric {judgement.rubric.name}: {_result(opinion)}. {_remarks(judgement)}"
        yield Reason(rule="judge", verdict="PASS", text=text, numbers=_numbers(opinion))
    for part, found in opinion.against.items():
        yield _noninferiority(judgement, part, found, alpha)


def _noninferiority(judgement: Judgement, part: Part, found: Tally, alpha: float) -> Reason:
    margin, harm = judgement.rubric.margin, found.worse()
    shown, evidence = _ruled_out(found, margin, alpha)
    if shown:
        verdict, said = "PASS", f"a loss of {margin:.0%} or more is ruled out (p={evidence:.3g})"
    elif harm <= alpha:
        verdict, said = "FAIL", f"it is proven worse (p={harm:.3g})"
    else:
        verdict, said = "INCONCLUSIVE", f"a loss of {margin:.0%} cannot be ruled out"
    numbers = {**_counts(found), "noninferiority": evidence, "p_worse": harm, "margin": margin}
    return Reason.model_validate(
        {
            "rule": "judge",
            "verdict": verdict,
            "text": f"Rubric {judgement.rubric.name} {_record(part, found)}; {said}. {_remarks(judgement)}",
            "numbers": numbers,
        }
    )


def _ruled_out(found: Tally, margin: float, alpha: float) -> tuple[bool, float]:
    """Whether a loss of `margin` is, and its p-value. Without a margin the candidate must be better."""
    if margin == 0:
        p = found.better()
        return p <= alpha, p
    return found.worse_by_less_than(margin, alpha)


def _reported(opinion: Opinion) -> Reason:
    judgement = opinion.judgement
    told = f" It said: {_result(opinion)}. {_remarks(judgement)}" if judgement.reports else ""
    text = f"Rubric {judgement.rubric.name} reports only. {judgement.standing.reason}{told}"
    return Reason(rule="judge", verdict="PASS", text=text, numbers=_numbers(opinion))


def _result(opinion: Opinion) -> str:
    against = [_record(part, found) for part, found in opinion.against.items()]
    mine = opinion.judgement.reports.get("candidate")
    met = [f"{mine.mean:.1%} of the candidate's answers meet it"] if mine is not None else []
    return "; ".join([*met, *against]) or "nothing of the candidate"


def _record(part: Part, found: Tally) -> str:
    clustered = f", design effect {found.effect:.1f}" if found.effect > 1 else ""
    return f"against the {part}: {found.wins} items won, {found.losses} lost of {found.n}{clustered}"


def _remarks(judgement: Judgement) -> str:
    """How the judge worked on the candidate, in the words of its report."""
    part: Part = "candidate" if "candidate" in judgement.reports else min(judgement.reports)
    return " ".join(judgement.reports[part].remarks)


def _numbers(opinion: Opinion) -> dict[str, float]:
    found = opinion.against.get("champion")
    mine = opinion.judgement.reports.get("candidate")
    return {**({"met": mine.mean} if mine else {}), **(_counts(found) if found else {})}


def _counts(found: Tally) -> dict[str, float]:
    return {"n": found.n, "wins": found.wins, "losses": found.losses, "difference": found.mean}

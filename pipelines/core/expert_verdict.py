"""Verdicts of experts: the truth that a judge is measured against."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from pipelines.core.errors import DataError
from pipelines.core.judge_case import Outputs, Question
from pipelines.core.rubric import Rubric, Verdict
from pipelines.core.value import Value, canonical_json, sha256_hex

_REMEDY = "Correct the line; the page of the judges shows one of each kind."


class ExpertVerdict(Value):
    """What an expert says of one question. `answers` are those of A and B for a comparison, each with one
    answer a turn, and those of one conversation for a criterion.
    """

    id: str
    turns: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    verdict: Verdict
    reference: tuple[str, ...] = ()

    @property
    def question(self) -> Question:
        return Question(id=self.id, turns=self.turns, reference=self.reference)


def read_verdicts(data: bytes, rubric: Rubric) -> tuple[ExpertVerdict, ...]:
    """JSON Lines as verdicts for one rubric. Raises DataError for the first line that cannot be used; the
    message quotes nothing of it.
    """
    read: list[ExpertVerdict] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        verdict = _read(line, number)
        _check(verdict, rubric, number)
        if verdict.id in seen:
            raise _wrong(number, "has an id of its own", f"that of line {seen[verdict.id]}")
        seen[verdict.id] = number
        read.append(verdict)
    if not read:
        raise DataError("the experts' verdicts", "must be there", "no line", "Write one JSON object a line.")
    return tuple(read)


def arms_of(verdicts: Sequence[ExpertVerdict]) -> tuple[Outputs, ...]:
    """The answers that the experts judged, as the outputs of one or two arms: A, then B."""
    places = range(len(verdicts[0].answers))
    return tuple({verdict.id: verdict.answers[place] for verdict in verdicts} for place in places)


def verdicts_digest(verdicts: Sequence[ExpertVerdict]) -> str:
    return sha256_hex(canonical_json([verdict.model_dump(mode="json") for verdict in verdicts]))


def _read(line: bytes, number: int) -> ExpertVerdict:
    try:
        return ExpertVerdict.model_validate_json(line)
    except ValidationError as error:
        breach = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, breach["loc"])) or "the line"
        raise _wrong(number, "is a verdict in JSON", f"in {field}: {breach['type']}") from error


def _check(verdict: ExpertVerdict, rubric: Rubric, number: int) -> None:
    if verdict.verdict not in rubric.verdicts:
        raise _wrong(number, f"says {', '.join(rubric.verdicts)}", verdict.verdict)
    if len(verdict.answers) != rubric.conversations:
        found = f"{len(verdict.answers)} of them"
        raise _wrong(number, f"holds the answers of {rubric.conversations} conversations", found)
    # The same answer twice is a tie whoever judges, and would flatter a judge that guesses.
    if len(set(verdict.answers)) < len(verdict.answers):
        raise _wrong(number, "compares two answers that differ", "the same one twice")
    counts = {len(verdict.turns), *map(len, verdict.answers)}
    if counts != {rubric.turns} or len(verdict.reference) not in (0, rubric.turns):
        found = f"{' and '.join(map(str, sorted(counts)))} turns, {len(verdict.reference)} references"
        raise _wrong(number, f"has {rubric.turns} turns and answers, and as many references or none", found)


def _wrong(number: int, rule: str, found: str) -> DataError:
    return DataError(f"line {number} of the experts' verdicts", rule, found, _REMEDY)

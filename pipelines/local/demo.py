"""The demo: five uploads walk through the running product, and each must end as it should.

It does what a steward does, drops files, and looks where a user looks: at production over HTTP and at
the letters. Nothing in it calls a stage.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import click

from pipelines.core.errors import UsageError
from pipelines.core.intake import Rejected
from pipelines.core.promotion import DECISION
from pipelines.local import stack
from pipelines.local.airflow_api import AirflowApi
from pipelines.local.chronicle import Chronicle
from pipelines.local.client import Answer, ask
from pipelines.local.memory import Gauge
from pipelines.runtime import Runtime
from pipelines.sample import front_desk, tax_desk
from pipelines.sample.directory import rooms
from pipelines.settings import Settings
from pipelines.stages.letter import outbox

MODEL, RULES, GOLDEN = "tax-desk", "tax_rules", "tax_rules_golden"
DAGS = (f"ingest__{RULES}", f"ingest__{GOLDEN}", f"retrain__{MODEL}")
FRONT, DIRECTORY, FRONT_GOLDEN = "front-desk", "directory", "directory_golden"
FRONT_DAGS = (f"ingest__{DIRECTORY}", f"ingest__{FRONT_GOLDEN}", f"retrain__{FRONT}")
ACTS = 5
PATIENCE_S = 300.0
T = TypeVar("T")


class Missed(Exception):
    """An outcome that did not come."""


def run(settings: Settings) -> int:
    """All acts; 0 when each ended as it should, else 1."""
    if settings.bucket.startswith("s3://"):
        raise UsageError(
            "the demo", "plays in a folder", f"the bucket {settings.bucket}", "Unset PERENNIAL_BUCKET for it."
        )
    began = time.monotonic()
    outcomes: list[str] = []
    with Gauge() as gauge:
        walk = Walk(settings, began)
        try:
            walk.set_up()
            for act in walk.acts:
                outcomes.append(act())
        except Missed as missed:
            walk.say(f"FAILED: {missed}")
    _summary(settings, outcomes, time.monotonic() - began, gauge.peak_gib)
    return 0 if len(outcomes) == ACTS else 1


class Walk:
    """The state of a demo: what to compare with, and a clock that began with it."""

    def __init__(self, settings: Settings, began: float) -> None:
        self.settings, self._began = settings, began
        self.runtime = Runtime(settings)
        self._inbox = Path(settings.bucket) / "inbox"
        self._changed = tax_desk.changed_fact(2025, 2026)

    def say(self, line: str) -> None:
        click.echo(f"[{time.monotonic() - self._began:6.1f} s] {line}")

    def set_up(self) -> None:
        """Base models and services come up side by side: both are needed, neither needs the other."""
        from pipelines.integrations.base_builder import build_all

        self.say("building the sample base models and starting the services")
        with ThreadPoolExecutor(max_workers=1) as beside:
            bases = [b for m in (MODEL, FRONT) for b in self.runtime.models[m].ladder if b.build]
            built = beside.submit(build_all, bases, self.settings.bases, progress=self.say)
            stack.up(self.settings, say=self.say)
            built.result()

    @property
    def acts(self) -> tuple[Callable[[], str], ...]:
        """What happens, in order; each returns its outcome in words."""
        return (
            self.first_edition,
            self.next_edition,
            self.broken_file,
            self.wrong_facts,
            self.prompt_is_enough,
        )

    def first_edition(self) -> str:
        self.say("ACT 1: the stewards drop edition 2025, data and golden set")
        answer, seconds = self._edition(2025, self._changed.before)
        return (
            f"edition 2025: version {answer.version} answers '{self._changed.question}' with "
            f"{answer.text}, {seconds:.0f} s after the drop"
        )

    def next_edition(self) -> str:
        self.say("ACT 2: the stewards replace everything by edition 2026")
        answer, seconds = self._edition(2026, self._changed.after)
        return (
            f"edition 2026: version {answer.version} answers the changed fact with {answer.text} "
            f"(was {self._changed.before}), {seconds:.0f} s after the drop"
        )

    def broken_file(self) -> str:
        self.say("ACT 3: the data steward drops a broken file")
        chronicle = self._chronicle()
        champion, taken = self._version(), self._taken()
        dropped = time.monotonic()
        tax_desk.write_broken(2026, self._inbox / RULES)
        letter = self._until(lambda: self._refusal(after=taken), chronicle, "the letter")
        seconds = time.monotonic() - dropped
        report = json.loads((letter / "report.json").read_bytes())
        self.say(f"the letter, {seconds:.0f} s after the drop: {letter / 'report.html'}")
        for error in report["errors"][:4]:
            self.say(f"  {error['file']}:{error['line']} {error['column'] or ''}: {error['problem']}")
        self._say_times(chronicle, seconds)
        if chronicle.runs(f"retrain__{MODEL}") or self._version() != champion:
            raise Missed(f"a broken file must not train or move anything; {self._where()}")
        return f"broken file: refused, {report['error_count']} problems in the letter, nothing trained"

    def wrong_facts(self) -> str:
        self.say("ACT 4: the data steward drops valid rows of which 30 % state wrong facts")
        chronicle = self._chronicle()
        champion, decisions = self._version(), self._decisions()
        dropped = time.monotonic()
        tax_desk.write_wrong(2026, self._inbox / RULES)
        self._until(lambda: self._decisions() > decisions or None, chronicle, "a decision")
        self._say_times(chronicle, time.monotonic() - dropped)
        decision = self.runtime.standing(MODEL).last_decision
        answer = self._answers(self._changed.after)
        if decision is None or decision.verdict == "PASS" or not answer or answer.version != champion:
            raise Missed(f"30 % wrong facts must be refused and production stay; {self._where()}")
        for why in decision.why:
            self.say(f"  {decision.verdict}: {why}")
        return f"wrong facts: trained, {decision.verdict} at the gate, production stays at version {champion}"

    def prompt_is_enough(self) -> str:
        self.say("ACT 5: the stewards of another desk drop an office directory; its base can use a prompt")
        chronicle = Chronicle(AirflowApi(self.settings), FRONT_DAGS, self.say)
        asked = front_desk.golden_rows(rooms())[0]
        dropped = time.monotonic()
        front_desk.write_edition(2025, self._inbox / DIRECTORY, self._inbox / FRONT_GOLDEN)

        def answered() -> Answer | None:
            answer = ask(self.settings, FRONT, asked.question)
            return answer if answer and asked.answer in answer.text else None

        answer = self._until(answered, chronicle, "the directory in production")
        seconds = time.monotonic() - dropped
        self.say(f"version {answer.version} answers '{asked.question}' with {answer.text}")
        self._say_times(chronicle, seconds)
        champion = self.runtime.standing(FRONT).champion
        if champion is None or champion.candidate.arm.trained:
            raise Missed(f"a prompt that is good enough must be promoted untrained; {self._where()}")
        return (
            f"directory: version {answer.version} is {champion.candidate.arm.label}, nothing trained, "
            f"{seconds:.0f} s after the drop"
        )

    def _edition(self, edition: int, expected: str) -> tuple[Answer, float]:
        chronicle, before = self._chronicle(), self._version()
        dropped = time.monotonic()
        tax_desk.write_edition(edition, self._inbox / RULES, self._inbox / GOLDEN)
        answer = self._until(
            lambda: self._answers(expected, newer_than=before), chronicle, f"edition {edition} in production"
        )
        seconds = time.monotonic() - dropped
        self.say(f"version {answer.version} answers '{self._changed.question}' with {answer.text}")
        self._say_times(chronicle, seconds)
        return answer, seconds

    def _answers(self, expected: str, newer_than: int = 0) -> Answer | None:
        answer = ask(self.settings, MODEL, self._changed.question)
        right = answer is not None and answer.version > newer_than and answer.text == expected
        return answer if right else None

    def _version(self) -> int:
        champion = self.runtime.standing(MODEL).champion
        return champion.version if champion else 0

    def _taken(self) -> int:
        return len(self.runtime.ingest_ledger(RULES).entries())

    def _refusal(self, after: int) -> Path | None:
        """The letter of an upload that was rejected since, when it is there."""
        if self._taken() <= after:
            return None
        settled = self.runtime.intake(RULES).settled
        if not isinstance(settled, Rejected):
            return None
        letter = Path(self.settings.bucket) / outbox(RULES, settled.upload)
        return letter if (letter / "report.html").exists() else None

    def _decisions(self) -> int:
        return sum(e.kind == DECISION for e in self.runtime.model_ledger(MODEL).entries())

    def _chronicle(self) -> Chronicle:
        return Chronicle(AirflowApi(self.settings), DAGS, self.say)

    def _until(self, found: Callable[[], T | None], chronicle: Chronicle, what: str) -> T:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            chronicle.tell()
            if (value := found()) is not None:
                return value
            time.sleep(0.5)
        raise Missed(f"{what} did not come within {PATIENCE_S:.0f} s; {self._where()}")

    def _where(self) -> str:
        return f"see perennial status and the runs in {self.settings.airflow_url}"

    def _say_times(self, chronicle: Chronicle, total: float) -> None:
        """How long each stage took, once every run that the drop started has ended."""
        self._until(lambda: not chronicle.busy() or None, chronicle, "the end of all runs")
        chronicle.tell()
        for stage, seconds in chronicle.seconds_by_stage().items():
            self.say(f"  {stage:<10} {seconds:6.1f} s")
        self.say(f"  {'wall time':<10} {total:6.1f} s; tasks of different runs overlap")


def _summary(settings: Settings, outcomes: list[str], seconds: float, peak_gib: float) -> None:
    passwords = settings.secrets / "airflow_passwords.json"
    click.echo("")
    for number, outcome in enumerate(outcomes, start=1):
        click.echo(f"  {number}. {outcome}")
    click.echo("")
    click.echo(f"  Airflow   {settings.airflow_url}  (user admin, password in {passwords})")
    click.echo(f"  MLflow    {settings.mlflow_url}/#/models/{MODEL}")
    click.echo(f"  Endpoint  {settings.server_url}/v1/chat/completions")
    click.echo(
        f"  {len(outcomes)} of {ACTS} outcomes as they should be in {seconds:.0f} s, {peak_gib:.1f} GiB"
    )
    click.echo("  make down stops the stack")

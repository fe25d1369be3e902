"""The running product as a test sees it: a bucket to drop files into, and production over HTTP."""

from __future__ import annotations

import csv
from pathlib import Path

import psutil
from leaks import KINDS, Marker, marker
from waiting import wait_for

from pipelines.core.intake import Intake
from pipelines.core.ledger import Entry
from pipelines.core.promotion import DECISION, Promotion
from pipelines.core.training_set import Example, TrainingSet
from pipelines.local import stack
from pipelines.local.airflow_api import AirflowApi, Record
from pipelines.local.client import Answer, ask
from pipelines.runtime import Runtime
from pipelines.sample import tax_desk
from pipelines.settings import Settings
from pipelines.stages.letter import outbox

MODEL, RULES, GOLDEN = "tax-desk", "tax_rules", "tax_rules_golden"
RETRAIN = f"retrain__{MODEL}"
PATIENCE_S = 300


class World:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.runtime = Runtime(settings)
        self.airflow = AirflowApi(settings)
        self.changed = tax_desk.changed_fact(2025, 2026)
        self.bucket = Path(settings.bucket)

    def inbox(self, source: str) -> Path:
        return self.bucket / "inbox" / source

    def drop_rules(self, edition: int, planted: str | None = None) -> None:
        """The edition's rows; `planted` is a question that only this upload holds."""
        staged = tax_desk.write_rules(edition, self.settings.home / "staged")
        if planted:
            # Of a topic that both editions have: one that vanished would be asked about.
            topic = list(csv.reader(staged.read_text(encoding="utf-8").splitlines()))[1][2]
            with staged.open("a", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerow([planted, "$7700", topic, "single filers"])
        target = self.inbox(RULES) / staged.name
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(target)

    def drop_personal(self, edition: int) -> list[Marker]:
        """The edition with a personal datum or a secret of every kind in every column, and a broken row."""
        table = tax_desk.write_rules(edition, self.settings.home / "staged")
        header, *rows = csv.reader(table.read_text(encoding="utf-8").splitlines())
        places = [(kind, column) for kind in KINDS for column in range(len(header))]
        markers = [marker(kind, n, f"column {header[column]}") for n, (kind, column) in enumerate(places)]
        for row, (_, column), planted in zip(rows, places, markers, strict=False):
            row[column] = f"{row[column]} {planted.value}"
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(
                [header, *rows, [mark.value for mark in markers]]
            )
        table.replace(self.inbox(RULES) / table.name)
        return markers

    def drop_golden(self, edition: int) -> None:
        tax_desk.write_golden(edition, self.inbox(GOLDEN))

    def intake(self, source: str) -> Intake:
        return self.runtime.intake(source)

    def letter(self, source: str) -> Path:
        """The folder of the newest letter."""
        settled = self.intake(source).settled
        assert settled is not None
        return self.bucket / outbox(source, settled.upload)

    def accepted(self, source: str, after: int = 0) -> bool:
        entries = self.entries(source)
        return len(entries) > after and entries[-1].kind == "accepted"

    def entries(self, source: str) -> tuple[Entry, ...]:
        return self.runtime.ingest_ledger(source).entries()

    def decisions(self) -> int:
        return sum(e.kind == DECISION for e in self.runtime.model_ledger(MODEL).entries())

    def champion(self) -> Promotion:
        champion = self.runtime.standing(MODEL).champion
        assert champion is not None
        return champion

    def training_examples(self, promotion: Promotion) -> list[Example]:
        training_set = self.runtime.archive.fetch(TrainingSet, promotion.candidate.training_set)
        lines = self.runtime.archive.read_blob(training_set.examples).splitlines()
        return [Example.model_validate_json(line) for line in lines]

    def answer(self) -> Answer | None:
        return ask(self.settings, MODEL, self.changed.question)

    def wait_for_answer(self, text: str, version: int) -> Answer:
        def right() -> Answer | None:
            answer = self.answer()
            return answer if answer and (answer.text, answer.version) == (text, version) else None

        found = wait_for(right, PATIENCE_S, f"version {version} to answer {text}", every=0.3)
        assert isinstance(found, Answer)
        return found

    def wait_until_idle(self) -> None:
        def idle() -> bool:
            return all(r["state"] not in ("queued", "running") for r in self.airflow.runs(limit=50))

        wait_for(idle, PATIENCE_S, "all runs to end", every=0.5)

    def tasks(self, dag: str, task: str) -> list[Record]:
        """All instances of a task, newest run first."""
        runs = self.airflow.runs(dag, limit=50)
        found = [t for r in runs for t in self.airflow.task_instances(dag, r["dag_run_id"])]
        return [t for t in found if t["task_id"] == task]

    def service(self, name: str) -> psutil.Process:
        states = {s.name: s for s in stack.states(self.settings)}
        pid = states[name].pid
        assert pid is not None, states
        return psutil.Process(pid)

    def checkpoints(self) -> set[Path]:
        """Sealed checkpoints of the training that goes on; they are removed when it is done."""
        return set((self.settings.scratch / "training").glob("*/checkpoint-*/SEAL.json"))

    def training_process(self) -> psutil.Process | None:
        """The process of the train task that runs now, None while there is none."""
        running = [t["id"] for t in self.tasks(RETRAIN, "train") if t["state"] == "running"]
        for process in self.service("scheduler").children(recursive=True):
            try:
                named = any(task in " ".join(process.cmdline()) for task in running)
                if named and any("libtorch_cpu" in m.path for m in process.memory_maps()):
                    return process
            except psutil.Error:
                continue
        return None

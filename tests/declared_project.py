"""A copy of this repository's declarations that a test may break."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
RULES = "data_contracts/tax_rules.odcs.yaml"
GOLDEN = "data_contracts/tax_rules_golden.odcs.yaml"
MODEL = "mlflow/models/tax-desk.yaml"
NANO = "mlflow/base_models/tax-nano.yaml"
SUITE = "mlflow/evals/tax_desk/suite.yaml"
EXACT = "mlflow/evals/tax_desk/tax_exact.yaml"
FOLDERS = ("data_contracts", "mlflow/models", "mlflow/base_models", "mlflow/evals", "mlflow/judges")
CHOICE = "mlflow/evals/tax_desk/tax_choice.yaml"
FRONT_DESK = ("data_contracts/directory*", "mlflow/models/front-desk.*", "mlflow/base_models/desk-copy.*")


class Broken(NamedTuple):
    """One edit, and the problem it must give. `at` marks the line; the new text does by default."""

    file: str
    old: str
    new: str
    field: str
    remedy: str
    at: str | None = None


class DeclaredProject:
    """A project folder with the repository's declarations."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in FOLDERS:
            shutil.copytree(REPOSITORY / folder, root / folder)

    def path(self, file: str) -> Path:
        return self.root / file

    def keep_tax_desk(self) -> None:
        """Leave the front desk out: what is linted again and again is then half as much."""
        shutil.rmtree(self.root / "mlflow/evals/front_desk")
        for pattern in FRONT_DESK:
            for path in self.root.glob(pattern):
                path.unlink()

    def edit(self, file: str, old: str, new: str, *, at: str | None = None) -> str:
        """Replace the first `old` by `new`; returns `file:line` of `at`, of the new text by default."""
        path = self.path(file)
        before, found, after = path.read_text(encoding="utf-8").partition(old)
        assert found, f"{file} does not hold {old!r}"
        text = before + new + after
        path.write_text(text, encoding="utf-8")
        start = text.index(at) if at is not None else len(before) + len(new) - len(new.lstrip())
        return f"{file}:{text[:start].count(chr(10)) + 1}"

    def price(self, base: str, text: str) -> None:
        """Replace the price of an approved base; an empty text leaves it without one."""
        path = self.path(f"mlflow/base_models/{base}.yaml")
        priced, lines = re.subn(r"(?m)^price:.*\n", text, path.read_text(encoding="utf-8"))
        assert lines == 1, base
        path.write_text(priced, encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> None:
        path = self.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

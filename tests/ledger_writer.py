"""A process that appends facts to a ledger in a folder: ledger_writer.py ROOT NAME COUNT."""

import sys
from pathlib import Path

from small_ledger import Fact, folder_ledger

from pipelines.core.errors import Conflict


def main(root: str, name: str, count: str) -> None:
    ledger = folder_ledger(Path(root))
    for number in range(int(count)):
        while True:
            try:
                ledger.append(ledger.entries(), "fact", Fact(text=name), op=f"{name}/{number}")
                break
            except Conflict:
                continue
        sys.stdout.write(f"{name}/{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

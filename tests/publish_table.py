"""Publishes one table and prints its revision: `publish_table.py <root> <remote> <source> <text>`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from data_registries import Place, snapshot_of, table


def main(root: str, remote: str, source: str, text: str) -> None:
    with TemporaryDirectory() as folder:
        registry = Place(Path(root), remote).registry()
        registry.ensure()
        print(registry.publish(snapshot_of(source, text), table(Path(folder), text)))


if __name__ == "__main__":
    main(*sys.argv[1:])

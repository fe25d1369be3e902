"""The model server of a tiny world, as a process: `python tiny_server.py <home> <port>`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from serving.tiny_world import watcher

from pipelines.serving.app import run
from pipelines.settings import Ports, Settings

if __name__ == "__main__":
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    ports = Ports(server=port)
    run(watcher(Settings(project=home, home=home, bucket=str(home / "bucket"), ports=ports)), port)

"""git as a subprocess that ignores the configuration of the machine it runs on.

No user or system configuration, no prompt, an English tongue and a fixed author: the same command does the
same thing on a laptop, in a container without a home and on a build server.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.errors import DataError, Unavailable

TIMEOUT = 300.0
AUTHOR = "Perennial"
EMAIL = "perennial@localhost"
TRANSPORT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS")


@dataclass(frozen=True)
class Outcome:
    """What a git command left: whether it exited 0, its output bytes, and the end of its complaint."""

    ok: bool
    output: bytes
    complaint: str

    @property
    def line(self) -> str:
        """The output as text without the last line break."""
        return self.output.decode().strip()


def attempt(folder: Path, *arguments: str) -> Outcome:
    """Runs `git <arguments>` in `folder`; the caller judges the outcome.

    Raises Unavailable when git is not installed or does not end within five minutes.
    """
    try:
        done = subprocess.run(
            ("git", *arguments),
            cwd=folder,
            env=isolated(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError as missing:
        raise Unavailable("git", "must be installed", "no git on the PATH", "Install git.") from missing
    except subprocess.TimeoutExpired as late:
        raise Unavailable(
            f"git {arguments[0]}",
            f"ends within {TIMEOUT:.0f} seconds",
            "it was still running",
            "Check the way to the data registry, then try again.",
        ) from late
    return Outcome(done.returncode == 0, done.stdout, without_password(done.stderr.decode(errors="replace")))


def git(folder: Path, *arguments: str) -> str:
    """The output of a local command that has no reason to fail. Raises DataError when it does."""
    outcome = attempt(folder, *arguments)
    if not outcome.ok:
        raise DataError(
            f"git {arguments[0]}", "succeeds in a fresh clone", outcome.complaint, "Check the data registry."
        )
    return outcome.line


def without_password(text: str) -> str:
    """The last 400 characters of `text`, with user and password of every URL left out."""
    return re.sub(r"//[^/@\s]+@", "//", text).strip()[-400:]


def isolated() -> dict[str, str]:
    """The environment of a git command: the operator's, less what would change git's behaviour."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in TRANSPORT
    }
    fixed = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        # No clean-up in the background: a clone is removed while it may still write there.
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "gc.auto",
        "GIT_CONFIG_VALUE_0": "0",
        "GIT_CONFIG_KEY_1": "maintenance.auto",
        "GIT_CONFIG_VALUE_1": "false",
        "GIT_AUTHOR_NAME": AUTHOR,
        "GIT_AUTHOR_EMAIL": EMAIL,
        "GIT_COMMITTER_NAME": AUTHOR,
        "GIT_COMMITTER_EMAIL": EMAIL,
        "LC_ALL": "C",
    }
    return {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes", **kept, **fixed}

"""The data registry: a git repository whose commits name tables by DVC, one commit and one tag per snapshot.

    datasets/<source>/table.parquet.dvc    what DVC needs to find the bytes
    datasets/<source>/snapshot.json        the snapshot: lineage and sha256 of the table
    tag data/<source>/<digest12>           the snapshot of that digest

Anybody may clone it and `dvc pull`. Every call works in its own fresh clone, so nothing but the push can
race.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from pipelines.core.errors import Conflict, DataError, Tampered
from pipelines.core.snapshot import Snapshot
from pipelines.integrations.dvc_store import DvcStore
from pipelines.integrations.git import attempt, git
from pipelines.integrations.git_repository import catch_up, clone, commit, create, push
from pipelines.integrations.workspace import workspace

ATTEMPTS = 20
TABLE = "table.parquet"
REVISION = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
MD5 = re.compile(r"[0-9a-f]{32}")


class DvcRegistry:
    """Implements the port DataRegistry with git and DVC.

    `git_url` is a folder or an address that git understands, `remote` a folder or `s3://bucket/prefix`
    (`endpoint` for an S3 that is not Amazon's; credentials from the environment alone). `cache` keeps
    fetched bytes between calls; `scratch` holds the clones while they are in use.
    """

    def __init__(
        self, git_url: str, remote: str, cache: Path, scratch: Path, *, endpoint: str | None = None
    ) -> None:
        self.git_url = git_url
        self.scratch = scratch.absolute()
        self.objects = DvcStore(remote, cache.absolute(), endpoint=endpoint)

    def ensure(self) -> None:
        """Creates the repository with its first commit unless it exists; many processes may try at once.

        Raises DataError when a repository on another machine is missing, Unavailable when it does not answer.
        """
        create(self.git_url, first_files(self.objects), self.scratch)

    def publish(self, snapshot: Snapshot, table: Path) -> str:
        """Publishes the table of a snapshot; returns the git commit that holds it, in hex.

        The bytes go up before the commit, and commit and tag go up together: whenever the process dies, no
        commit names missing bytes, and publishing again finds or completes what was begun. Raises Tampered
        when `table` is not the snapshot's, Unavailable when git or the remote fails, Conflict when no push
        was accepted.
        """
        md5 = self.objects.put(table, snapshot.table.sha256)
        files = dataset_files(snapshot, md5)
        refusal = ""
        with workspace(self.scratch) as work:
            repository = clone(self.git_url, work)
            for _ in range(ATTEMPTS):
                revision = tagged(repository, snapshot)
                if revision is not None:
                    return revision
                commit(repository, files, f"data({snapshot.source}): {snapshot.digest[:12]}")
                pushed = push(repository, tag_of(snapshot))
                if pushed.ok:
                    return git(repository, "rev-parse", "HEAD")
                refusal = pushed.complaint
                catch_up(repository, self.git_url)
        raise Conflict(
            f"data registry {self.git_url}",
            f"takes a push within {ATTEMPTS} attempts",
            refusal,
            "Try again; if it persists, look for a hook or a stale lock in the repository.",
        )

    def fetch(self, snapshot: Snapshot, revision: str, to: Path) -> None:
        """Writes the table of the snapshot as `revision` holds it to `to`, complete or not at all.

        Raises DataError when the revision or its bytes are missing, Tampered when the bytes are not the
        snapshot's.
        """
        with workspace(self.scratch) as work:
            md5 = named_object(clone(self.git_url, work), snapshot.source, revision)
        self.objects.get(md5, snapshot.table.sha256, to)


def tag_of(snapshot: Snapshot) -> str:
    """The name under which a snapshot is found: data/<source>/<first 12 characters of its digest>."""
    return f"data/{snapshot.source}/{snapshot.digest[:12]}"


def tagged(repository: Path, snapshot: Snapshot) -> str | None:
    """The commit that holds the snapshot already. Raises Tampered when its tag names another one."""
    tag = tag_of(snapshot)
    found = attempt(repository, "rev-parse", "--verify", "-q", f"refs/tags/{tag}^{{commit}}")
    if not found.ok:
        return None
    held = attempt(repository, "show", f"{found.line}:datasets/{snapshot.source}/snapshot.json")
    if held.output != snapshot_file(snapshot):
        raise Tampered(
            f"tag {tag}",
            "names the snapshot of that digest",
            "another snapshot",
            "Restore the tag.",
        )
    return found.line


def named_object(repository: Path, source: str, revision: str) -> str:
    """The md5 of the source's table at a revision. Raises DataError when there is none."""
    path = f"datasets/{source}/{TABLE}.dvc"
    subject, remedy = f"revision {revision[:12]} of {source}", "Restore the git repository, or publish again."
    if not REVISION.fullmatch(revision):
        raise DataError(
            subject, "is the full name of a commit", repr(revision[:80]), "Take it from the ledger."
        )
    shown = attempt(repository, "show", f"{revision}:{path}")
    if not shown.ok:
        raise DataError(subject, f"holds {path}", shown.complaint, remedy)
    try:
        md5 = str(yaml.safe_load(shown.output)["outs"][0]["md5"])
    except (yaml.YAMLError, KeyError, IndexError, TypeError) as unreadable:
        raise DataError(subject, f"{path} names one md5", type(unreadable).__name__, remedy) from unreadable
    if not MD5.fullmatch(md5):
        raise DataError(subject, f"{path} names one md5", repr(md5[:80]), remedy)
    return md5


def dataset_files(snapshot: Snapshot, md5: str) -> dict[str, bytes]:
    """What a commit holds of a snapshot: DVC's pointer, the snapshot, and git's order to ignore the table."""
    output = {"md5": md5, "size": snapshot.table.size, "hash": "md5", "path": TABLE}
    folder = f"datasets/{snapshot.source}"
    return {
        f"{folder}/{TABLE}.dvc": yaml.safe_dump({"outs": [output]}, sort_keys=False).encode(),
        f"{folder}/snapshot.json": snapshot_file(snapshot),
        f"{folder}/.gitignore": f"/{TABLE}\n".encode(),
    }


def snapshot_file(snapshot: Snapshot) -> bytes:
    """The snapshot as JSON for people: one field a line, so that git shows what changed."""
    return json.dumps(snapshot.model_dump(mode="json"), indent=1, sort_keys=True).encode() + b"\n"


def first_files(objects: DvcStore) -> dict[str, bytes]:
    """What makes an empty repository one that `dvc pull` understands."""
    remote = objects.remote
    url = remote if remote.startswith("s3://") else str(Path(remote).absolute())
    lines = [
        "[core]",
        "    analytics = false",
        "    remote = store",
        "['remote \"store\"']",
        f"    url = {url}",
    ]
    if objects.endpoint is not None:
        lines.append(f"    endpointurl = {objects.endpoint}")
    return {
        ".dvc/config": ("\n".join(lines) + "\n").encode(),
        ".dvc/.gitignore": b"/config.local\n/tmp\n/cache\n",
        ".dvcignore": b"",
    }

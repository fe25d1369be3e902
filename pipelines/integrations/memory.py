"""A clock, a signer, an auditor and a bucket in memory, with the behaviour of the real ones."""

from __future__ import annotations

import hashlib
import hmac
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.core.contract import Contract
from pipelines.core.errors import DataError, ObjectChanged, Tampered
from pipelines.core.findings import Findings, Table
from pipelines.core.object_key import check_key, check_prefix
from pipelines.core.upload import ObjectVersion
from pipelines.core.value import sha256_hex
from pipelines.integrations.whole_file import whole_file
from pipelines.ports import Clock


class FixedClock:
    """Stands still until it is advanced."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class MemorySigner:
    """HMAC-SHA256 under a shared secret."""

    def __init__(self, secret: bytes = b"memory") -> None:
        self._secret = secret

    def sign(self, data: bytes) -> str:
        return hmac.new(self._secret, data, hashlib.sha256).hexdigest()

    def verify(self, data: bytes, signature: str) -> bool:
        return hmac.compare_digest(self.sign(data).encode(), signature.encode(errors="surrogatepass"))


class MemoryAuditor:
    """Has no objections but these."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons

    def audit(self, table: Table, contract: Contract, findings: Findings) -> tuple[str, ...]:
        return self.reasons


class MemoryStore:
    """One bucket; threads may share it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or FixedClock()
        self._objects: dict[str, tuple[ObjectVersion, bytes, str | None]] = {}
        self._pending: set[str] = set()
        self._deleted: dict[str, datetime] = {}
        self._writes = 0
        self._lock = threading.Lock()

    def list(self, prefix: str) -> tuple[ObjectVersion, ...]:
        check_prefix(prefix)
        with self._lock:
            return tuple(self._objects[key][0] for key in sorted(self._objects) if key.startswith(prefix))

    def pending(self, prefix: str) -> tuple[str, ...]:
        check_prefix(prefix)
        with self._lock:
            return tuple(sorted(key for key in self._pending if key.startswith(prefix)))

    def changed(self, prefix: str) -> datetime | None:
        with self._lock:
            return max((t for key, t in self._deleted.items() if key.startswith(prefix)), default=None)

    def get(self, key: str) -> bytes | None:
        found = self._objects.get(check_key(key))
        return found[1] if found else None

    def put(self, key: str, data: bytes) -> None:
        with self._lock:
            self._write(check_key(key), data, None)

    def put_if_absent(self, key: str, data: bytes, *, owner: str) -> bool:
        with self._lock:
            found = self._objects.get(check_key(key))
            if found is None:
                self._write(key, data, owner)
            return found is None or found[1:] == (data, owner)

    def download(self, version: ObjectVersion, to: Path) -> str:
        found = self._objects.get(check_key(version.key))
        if found is None or found[0] != version:
            raise ObjectChanged(
                f"object {version.key}",
                f"is version {version.version}",
                found[0].version if found else "nothing",
                "List the bucket again and take what is there.",
            )
        with whole_file(to) as stream:
            stream.write(found[1])
        return sha256_hex(found[1])

    def upload_file(self, source: Path, key: str) -> None:
        self.put(key, source.read_bytes())

    def download_key(self, key: str, to: Path, *, sha256: str) -> None:
        data = self.get(key)
        if data is None:
            raise DataError(f"object {key}", "must be in the archive", "nothing", "Restore it from a backup.")
        if sha256_hex(data) != sha256:
            raise Tampered(
                f"object {key}", f"has the sha256 {sha256}", sha256_hex(data), "Restore it from a backup."
            )
        with whole_file(to) as stream:
            stream.write(data)

    def drop(self, key: str, data: bytes, *, owner: str | None = None) -> None:
        """What an account puts into its inbox, under any key that a bucket may hold."""
        with self._lock:
            self._write(key, data, None)
            version = self._objects[key][0].model_copy(update={"owner": owner})
            self._objects[key] = (version, data, None)

    def delete(self, key: str) -> None:
        """What a person with the right to delete does; no stage can."""
        with self._lock:
            del self._objects[check_key(key)]
            self._deleted[key] = self._clock.now()

    def begin_parts(self, key: str) -> None:
        """Opens an upload in parts."""
        self._pending.add(check_key(key))

    def end_parts(self, key: str, data: bytes) -> None:
        """Completes an upload in parts."""
        self.put(key, data)
        self._pending.remove(key)

    def _write(self, key: str, data: bytes, owner: str | None) -> None:
        self._writes += 1
        version = ObjectVersion(
            key=key, size=len(data), version=str(self._writes), modified=self._clock.now()
        )
        self._objects[key] = (version, data, owner)

"""Ed25519 signatures of ledger entries."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from uuid import uuid4

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pipelines.core.errors import Refused, Unavailable


class Ed25519Signer:
    """Signs with the key in `private_key` and verifies with the one in `public_key` (both PEM).

    With a private path a missing pair is created, once, also when several processes start together. A process
    that only reads passes None; it waits, with Unavailable, until the public half exists.
    """

    def __init__(self, private_key: Path | None, public_key: Path) -> None:
        self._private_path, self._public_path = private_key, public_key
        self._public: Ed25519PublicKey | None = None
        self._private = None if private_key is None else self._pair(private_key)

    def sign(self, data: bytes) -> str:
        """64 bytes in base64."""
        if self._private is None:
            raise Refused(
                f"signature with {self._public_path.name}",
                "needs the private key",
                "only the public half",
                "Let a process that holds the private key append to the ledger.",
            )
        return base64.b64encode(self._private.sign(data)).decode()

    def verify(self, data: bytes, signature: str) -> bool:
        if self._public is None:
            self._public = _load_public(self._public_path)
        try:
            self._public.verify(base64.b64decode(signature, validate=True), data)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def _pair(self, private_path: Path) -> Ed25519PrivateKey:
        # The private half is created first: a public half that is there before it is an orphan.
        orphaned = self._public_path.exists()
        if not private_path.exists():
            if orphaned:
                raise Refused(
                    f"private key {private_path.name}",
                    f"belongs to {self._public_path.name}",
                    "no private key",
                    "Restore it from a backup: a new one could not continue the ledgers signed so far.",
                )
            new = Ed25519PrivateKey.generate()
            _create(private_path, new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        private = _load_private(private_path)
        public = private.public_key()
        if not self._public_path.exists():
            _create(self._public_path, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        if _load_public(self._public_path).public_bytes_raw() != public.public_bytes_raw():
            raise Refused(
                f"public key {self._public_path.name}",
                f"belongs to {private_path.name}",
                "another key",
                "Restore the pair from a backup.",
            )
        return private


def _create(path: Path, pem: bytes) -> None:
    """Whole or not at all, never replacing: of several processes one wins and all read its key."""
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    temporary = path.parent / f".{path.name}-{uuid4().hex}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        temporary.unlink()


def _load_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_a_key(path, "private") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key(path, "private")
    return key


def _load_public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _not_a_key(path, "public") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _not_a_key(path, "public")
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(
            f"key {path.name}",
            "can be read",
            error.strerror or type(error).__name__,
            "Start the stack once, or correct the file's mode.",
        ) from error


def _not_a_key(path: Path, half: str) -> Unavailable:
    return Unavailable(
        f"key {path.name}", f"is an Ed25519 {half} key in PEM", "something else", "Restore it from a backup."
    )

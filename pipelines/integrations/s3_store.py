"""A bucket on S3 or a compatible server, with put-if-absent through `If-None-Match: *`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pipelines.core.errors import DataError, Tampered, UsageError
from pipelines.core.object_key import check_key, check_prefix
from pipelines.core.upload import ObjectVersion
from pipelines.core.value import sha256_hex
from pipelines.integrations.s3_faults import is_absent, is_unclear, s3_faults, status_of
from pipelines.integrations.s3_patience import Patience
from pipelines.integrations.s3_read import read_object
from pipelines.integrations.whole_file import whole_file

T = TypeVar("T")


class S3Store:
    """The objects of `bucket` below `prefix`; `endpoint` is None for AWS.

    Credentials come from the environment only. `tries` is boto3's own limit for one request; requests whose
    outcome stays unclear are repeated for `patience` seconds, so a short outage passes unnoticed.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        endpoint: str | None = None,
        *,
        tries: int = 10,
        patience: float = 60.0,
    ) -> None:
        check_prefix(prefix)
        self._bucket, self._patience = bucket, patience
        self._root = f"{prefix.removesuffix('/')}/" if prefix else ""
        config = Config(
            s3={"addressing_style": "path"} if endpoint else {},
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": tries},
            # Servers differ in what they return and verify; contents are verified by our own sha256.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        try:
            self._s3 = boto3.session.Session().client("s3", endpoint_url=endpoint, config=config)
        except (BotoCoreError, ValueError) as error:
            raise UsageError(
                f"bucket {bucket}", "has a usable endpoint and profile", str(error), "Correct the settings."
            ) from error

    def list(self, prefix: str) -> tuple[ObjectVersion, ...]:
        below = self._root + check_prefix(prefix)
        with s3_faults(prefix):
            found = self._patiently(lambda: tuple(self._listed(below)))
        return tuple(sorted(found, key=lambda version: version.key))

    def pending(self, prefix: str) -> tuple[str, ...]:
        below = self._root + check_prefix(prefix)
        pages = self._s3.get_paginator("list_multipart_uploads")
        with s3_faults(prefix):
            found = self._patiently(
                lambda: [
                    upload["Key"].removeprefix(self._root)
                    for page in pages.paginate(Bucket=self._bucket, Prefix=below)
                    for upload in page.get("Uploads", ())
                    if upload["Key"].startswith(below)
                ]
            )
        return tuple(sorted(found))

    def changed(self, prefix: str) -> datetime | None:
        below = self._root + check_prefix(prefix)
        pages = self._s3.get_paginator("list_object_versions")
        with s3_faults(prefix):
            deleted = self._patiently(
                lambda: [
                    marker["LastModified"].astimezone(UTC)
                    for page in pages.paginate(Bucket=self._bucket, Prefix=below)
                    for marker in page.get("DeleteMarkers", ())
                ]
            )
        # Times of S3 are whole seconds: the deletion may have been at the end of this one.
        return max(deleted) + timedelta(seconds=1) if deleted else None

    def get(self, key: str) -> bytes | None:
        data = BytesIO()
        with s3_faults(key):
            return data.getvalue() if self._read(key, {}, data) else None

    def put(self, key: str, data: bytes) -> None:
        name = self._name(key)
        with s3_faults(key):
            self._patiently(lambda: self._s3.put_object(Bucket=self._bucket, Key=name, Body=data))

    def upload_file(self, source: Path, key: str) -> None:
        name = self._name(key)

        def upload() -> None:
            with source.open("rb") as stream:
                self._s3.upload_fileobj(stream, self._bucket, name)

        with s3_faults(key):
            self._patiently(upload)

    def put_if_absent(self, key: str, data: bytes, *, owner: str) -> bool:
        name = self._name(key)
        mark = {"owner": quote(owner, safe=""), "sha256": sha256_hex(data)}
        patience = Patience(self._patience)
        with s3_faults(key):
            while True:
                try:
                    self._s3.put_object(
                        Bucket=self._bucket, Key=name, Body=data, IfNoneMatch="*", Metadata=mark
                    )
                    return True
                except (ClientError, BotoCoreError) as error:
                    refused = isinstance(error, ClientError) and status_of(error) == 412
                    if not refused and not is_unclear(error):
                        raise
                    # A 412 may answer our own write whose reply was lost: only the object itself can tell.
                    standing = self._patiently(partial(self._mark, name))
                    if standing is not None:
                        return standing == mark
                    if not patience.pause():
                        raise

    def download(self, version: ObjectVersion, to: Path) -> str:
        pin = {"IfMatch" if version.version.startswith('"') else "VersionId": version.version}
        with whole_file(to) as stream, s3_faults(version.key):
            digest = _Hashing(stream)
            # Without the listed version the request fails with 404 or 412, which is ObjectChanged.
            self._read(version.key, pin, digest)
            return digest.hexdigest()

    def download_key(self, key: str, to: Path, *, sha256: str) -> None:
        with whole_file(to) as stream, s3_faults(key):
            digest = _Hashing(stream)
            if not self._read(key, {}, digest):
                raise DataError(
                    f"object {key}", "must be in the archive", "nothing", "Restore it from a backup."
                )
            if digest.hexdigest() != sha256:
                raise Tampered(
                    f"object {key}",
                    f"has the sha256 {sha256}",
                    digest.hexdigest(),
                    "Restore it from a backup.",
                )

    def _listed(self, below: str) -> Iterator[ObjectVersion]:
        versioned = self._s3.get_bucket_versioning(Bucket=self._bucket).get("Status") == "Enabled"
        pages: Any = self._s3.get_paginator("list_object_versions" if versioned else "list_objects_v2")
        # Versions name their owners unasked.
        asked = {} if versioned else {"FetchOwner": True}
        for page in pages.paginate(Bucket=self._bucket, Prefix=below, **asked):
            for found in page.get("Versions" if versioned else "Contents", ()):
                if found.get("IsLatest", True):
                    # "null" names whatever was written while versioning was off; the ETag names the bytes.
                    version = found.get("VersionId", "null")
                    yield ObjectVersion(
                        key=found["Key"].removeprefix(self._root),
                        size=found["Size"],
                        version=found["ETag"] if version == "null" else version,
                        modified=found["LastModified"].astimezone(UTC),
                        owner=found.get("Owner", {}).get("ID"),
                    )

    def _read(self, key: str, pin: dict[str, str], sink: BinaryIO | BytesIO | _Hashing) -> bool:
        """False when no object has the key, and none was asked for by its version."""
        get_object = partial(self._s3.get_object, Bucket=self._bucket, Key=self._name(key))
        try:
            read_object(get_object, pin, sink, Patience(self._patience))
        except ClientError as error:
            if pin or not is_absent(error):
                raise
            return False
        return True

    def _mark(self, name: str) -> dict[str, str] | None:
        try:
            metadata = self._s3.head_object(Bucket=self._bucket, Key=name)["Metadata"]
        except ClientError as error:
            if is_absent(error):
                return None
            raise
        return {field: metadata.get(field, "") for field in ("owner", "sha256")}

    def _patiently(self, request: Callable[[], T]) -> T:
        """For requests that may be repeated without harm."""
        patience = Patience(self._patience)
        while True:
            try:
                return request()
            except (ClientError, BotoCoreError) as error:
                if not is_unclear(error) or not patience.pause():
                    raise

    def _name(self, key: str) -> str:
        return self._root + check_key(key)


class _Hashing:
    """Hashes what passes into a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._sha256 = stream, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._sha256.update(data)
        self._stream.write(data)

    def hexdigest(self) -> str:
        return self._sha256.hexdigest()

"""Reading one S3 object although connections break."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from pipelines.integrations.s3_faults import is_unclear
from pipelines.integrations.s3_patience import Patience

CHUNK = 1 << 20


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


def read_object(get_object: Callable[..., Any], pin: dict[str, str], sink: Sink, patience: Patience) -> int:
    """Writes the whole object into `sink`; returns its size in bytes.

    `get_object` is boto3's with bucket and key bound; `pin` holds VersionId or IfMatch and may be empty:
    then the version met first is kept to. A body that breaks off is continued where it ended, never mixed
    with another version (the answer is 412 or 404, raised as ClientError).
    """
    size: int | None = None
    at = 0
    while size is None or at < size:
        try:
            answer = get_object(**pin, **({"Range": f"bytes={at}-"} if at else {}))
            pin = pin or {"IfMatch": answer["ETag"]}
            size = at + int(answer["ContentLength"])
            with closing(answer["Body"]) as body:
                for chunk in body.iter_chunks(CHUNK):
                    sink.write(chunk)
                    at += len(chunk)
                    patience.renew()
        except (ClientError, BotoCoreError) as error:
            if not is_unclear(error) or not patience.pause():
                raise
    return at

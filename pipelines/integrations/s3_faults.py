"""Failures of S3 in the product's terms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from pipelines.core.errors import DataError, ObjectChanged, PerennialError, Refused, Unavailable

BUSY = frozenset({408, 409, 429})


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_absent(error: ClientError) -> bool:
    """Whether the object is missing; a missing bucket is another matter."""
    return status_of(error) == 404 and _code(error) != "NoSuchBucket"


def is_unclear(error: Exception) -> bool:
    """Whether the request may have been applied, or may succeed when it is sent again."""
    if isinstance(error, ClientError):
        return status_of(error) >= 500 or status_of(error) in BUSY
    return isinstance(error, HTTPClientError | IncompleteReadError)


@contextmanager
def s3_faults(key: str) -> Iterator[None]:
    """Turns what botocore raises for `key` into the product's errors."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translated(key, error) from error


def translated(key: str, error: ClientError | BotoCoreError) -> PerennialError:
    subject = f"object {key}"
    if isinstance(error, ClientError):
        return _of_answer(subject, error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return Refused(
            subject,
            "needs credentials from the environment",
            str(error),
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    if isinstance(error, ParamValidationError):
        return DataError(subject, "is a request that S3 accepts", str(error), "Use another key.")
    return Unavailable(
        subject, "needs an answer from S3", f"{type(error).__name__}: {error}", "Run the step again."
    )


def _of_answer(subject: str, error: ClientError) -> PerennialError:
    status, found = status_of(error), f"{status_of(error)} {_code(error)}"
    if is_unclear(error):
        return Unavailable(subject, "needs an answer from S3", found, "Run the step again.")
    if status in (401, 403):
        return Refused(
            subject, "needs the permission of the bucket", found, "Correct the credentials or the policy."
        )
    if _code(error) == "NoSuchBucket":
        return Refused(subject, "lies in an existing bucket", found, "Create the bucket or correct its name.")
    if status in (404, 412, 416) or _code(error) == "NoSuchVersion":
        return ObjectChanged(subject, "is still the listed version", found, "List the bucket again.")
    return DataError(subject, "is a request that S3 accepts", found, "Use another key or check the bucket.")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))

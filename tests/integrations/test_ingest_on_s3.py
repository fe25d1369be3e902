"""What a steward leaves half-done in an S3 bucket never becomes an upload."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import a_contract
from s3server import S3Server

from pipelines.archive import Archive
from pipelines.core.upload import Upload
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.memory import MemorySigner, MemoryStore
from pipelines.integrations.s3_store import S3Store
from pipelines.ledger import Ledger
from pipelines.stages.ingest import ingest

pytestmark = pytest.mark.integration

CONTRACT = a_contract()


class Inbox:
    """The inbox of one source in a versioned bucket, with the steward's own client."""

    def __init__(self, server: S3Server, scratch: Path) -> None:
        self.bucket = server.new_bucket(versioned=True)
        self.client = server.client()
        self.store = S3Store(self.bucket, "", server.endpoint)
        self.clock = SystemClock()
        self.ledger = Ledger(MemoryStore(), "ledger/", signer=MemorySigner(), clock=self.clock)
        self.archive = Archive(MemoryStore())
        self.scratch = scratch

    def put(self, name: str, data: bytes = b"") -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"inbox/rules/{name}", Body=data)

    def ingest(self) -> Upload | None:
        return ingest(
            CONTRACT,
            store=self.store,
            archive=self.archive,
            ledger=self.ledger,
            clock=self.clock,
            scratch=self.scratch,
        )


@pytest.fixture
def inbox(s3_credentials: S3Server, tmp_path: Path) -> Inbox:
    return Inbox(s3_credentials, tmp_path)


def test_an_upload_in_parts_that_is_half_done_is_not_taken_until_it_is_whole(inbox: Inbox) -> None:
    where = {"Bucket": inbox.bucket, "Key": "inbox/rules/large.csv"}
    parts = inbox.client.create_multipart_upload(**where)["UploadId"]
    part = inbox.client.upload_part(**where, UploadId=parts, PartNumber=1, Body=b"question,answer\n")
    inbox.put("small.csv", b"question,answer\n")
    inbox.put("_READY")
    assert inbox.ingest() is None
    assert inbox.ledger.entries() == ()
    done = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    inbox.client.complete_multipart_upload(**where, UploadId=parts, MultipartUpload=done)
    inbox.put("_READY")
    upload = inbox.ingest()
    assert upload is not None
    assert [file.name for file in upload.files] == ["large.csv", "small.csv"]


def test_an_upload_in_parts_that_was_given_up_is_no_part_of_the_upload(inbox: Inbox) -> None:
    where = {"Bucket": inbox.bucket, "Key": "inbox/rules/large.csv"}
    parts = inbox.client.create_multipart_upload(**where)["UploadId"]
    inbox.put("small.csv", b"question,answer\n")
    inbox.put("_READY")
    assert inbox.ingest() is None
    inbox.client.abort_multipart_upload(**where, UploadId=parts)
    upload = inbox.ingest()
    assert upload is not None
    assert [file.name for file in upload.files] == ["small.csv"]


def test_odd_keys_are_taken_under_their_own_names(inbox: Inbox) -> None:
    names = ["a b.csv", "c+d&e=f.csv", "g%2e%2e.csv", "ä/日本.csv", "o'clock\".csv"]
    for name in names:
        inbox.put(name, name.encode())
    inbox.put("_READY")
    upload = inbox.ingest()
    assert upload is not None
    assert sorted(file.name for file in upload.files) == sorted(names)


@pytest.mark.parametrize("name", ["../../../ledger/x.csv", "a//b.csv"])
def test_a_key_that_no_folder_could_hold_is_answered_and_not_read(inbox: Inbox, name: str) -> None:
    inbox.put(name, b"question,answer\n")
    inbox.put("_READY")
    upload = inbox.ingest()
    assert upload is not None
    assert [(file.code, file.name) for file in upload.left] == [("file_name", name)]

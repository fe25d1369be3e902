"""S3 behind a network that loses replies, cuts bodies and goes away."""

import hashlib
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from faultproxy import FaultProxy
from s3server import S3Server

from pipelines.core.errors import ObjectChanged, Refused, Unavailable, UsageError
from pipelines.integrations.s3_store import S3Store

pytestmark = pytest.mark.integration
BIG = random.Random(7).randbytes(3_000_000)


@pytest.fixture
def bucket(s3_credentials: S3Server) -> str:
    return s3_credentials.new_bucket()


@pytest.fixture
def direct(s3_credentials: S3Server, bucket: str) -> S3Store:
    return S3Store(bucket, "", s3_credentials.endpoint)


def test_a_lost_reply_is_recognised_as_our_own_write(s3: S3Server, bucket: str, direct: S3Store) -> None:
    with FaultProxy(s3.address, plan=["lose_reply"]) as proxy:
        assert S3Store(bucket, "", proxy.endpoint).put_if_absent("a", b"1", owner="run")
        assert proxy.connections > 1
    assert direct.get("a") == b"1"
    assert not direct.put_if_absent("a", b"1", owner="another")


def test_a_lost_reply_to_a_losing_write_stays_a_loss(s3: S3Server, bucket: str, direct: S3Store) -> None:
    direct.put_if_absent("a", b"1", owner="first")
    with FaultProxy(s3.address, plan=["lose_reply", "lose_reply"]) as proxy:
        assert not S3Store(bucket, "", proxy.endpoint).put_if_absent("a", b"2", owner="second")


def test_server_errors_and_then_a_lost_reply_are_survived(s3: S3Server, bucket: str, direct: S3Store) -> None:
    plan = ["503", "500", "503", "refuse", "lose_reply"]
    with FaultProxy(s3.address, plan=plan) as proxy:
        assert S3Store(bucket, "", proxy.endpoint, tries=2).put_if_absent("a", b"1", owner="run")
    assert direct.get("a") == b"1"


def test_a_cut_download_is_resumed_and_still_verified(
    s3: S3Server, bucket: str, direct: S3Store, tmp_path: Path
) -> None:
    direct.put("a", BIG)
    version = direct.list("a")[0]
    with FaultProxy(s3.address, plan=["cut_down:1000000", "cut_down:1200000"]) as proxy:
        digest = S3Store(bucket, "", proxy.endpoint).download(version, tmp_path / "to")
        assert proxy.connections == 3
    assert digest == hashlib.sha256(BIG).hexdigest()
    assert (tmp_path / "to").read_bytes() == BIG


def test_an_object_replaced_during_its_download_is_never_mixed(
    s3: S3Server, bucket: str, direct: S3Store, tmp_path: Path
) -> None:
    direct.put("a", BIG)
    version = direct.list("a")[0]
    with FaultProxy(s3.address, plan=["cut_down:1000000"], mode="refuse") as proxy:
        slow = S3Store(bucket, "", proxy.endpoint, tries=1)
        raised: list[BaseException] = []

        def download() -> None:
            try:
                slow.download(version, tmp_path / "to")
            except ObjectChanged as error:
                raised.append(error)

        thread = threading.Thread(target=download)
        thread.start()
        while proxy.connections < 2:
            thread.join(0.05)
            assert thread.is_alive()
        direct.put("a", BIG[::-1])
        proxy.mode = "ok"
        thread.join(30)
    assert raised
    assert not (tmp_path / "to").exists()


def test_an_outage_of_ten_seconds_passes_unnoticed(s3: S3Server, bucket: str) -> None:
    with FaultProxy(s3.address, mode="refuse") as proxy:
        end = threading.Timer(10, lambda: setattr(proxy, "mode", "ok"))
        end.start()
        store = S3Store(bucket, "", proxy.endpoint, tries=2)
        assert store.put_if_absent("a", b"1", owner="run")
        assert not end.is_alive()
    assert proxy.connections > 3


def test_a_longer_outage_is_unavailable_in_every_call(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"1")
    with FaultProxy(s3.address, mode="503") as proxy:
        store = S3Store(bucket, "", proxy.endpoint, tries=1, patience=0.2)
        calls: list[Callable[[], object]] = [
            lambda: store.list(""),
            lambda: store.pending(""),
            lambda: store.get("a"),
            lambda: store.put("a", b"1"),
            lambda: store.put_if_absent("a", b"1", owner="run"),
            lambda: store.upload_file(source, "a"),
            lambda: store.download_key("a", tmp_path / "to", sha256="0" * 64),
        ]
        for call in calls:
            with pytest.raises(Unavailable, match=r"SlowDown|503"):
                call()
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_refusals_are_not_repeated(s3: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="existing bucket"):
        S3Store("bucket-of-nobody", "", s3.endpoint).get("a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(Refused, match="permission"):
        S3Store(bucket, "", s3.endpoint).put_if_absent("a", b"1", owner="run")


def test_without_credentials_the_remedy_names_the_variables(
    s3: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in s3.environment:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(Refused, match="AWS_ACCESS_KEY_ID"):
        S3Store(bucket, "", s3.endpoint).list("")


def test_an_endpoint_that_is_no_url_is_a_wrong_setting() -> None:
    with pytest.raises(UsageError, match="endpoint"):
        S3Store("bucket", "", "no url")


def test_on_a_versioned_bucket_the_listed_bytes_stay_reachable(
    s3_credentials: S3Server, tmp_path: Path
) -> None:
    bucket = s3_credentials.new_bucket(versioned=True)
    store = S3Store(bucket, "", s3_credentials.endpoint)
    store.put("a", b"old")
    listed = store.list("a")[0]
    store.put("a", b"new")
    store.download(listed, tmp_path / "to")
    assert (tmp_path / "to").read_bytes() == b"old"
    s3_credentials.client().delete_object(Bucket=bucket, Key="a")
    assert store.list("") == ()
    assert store.get("a") is None

"""Keys are created once, never replaced, and only their owner can read them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.core.errors import Refused, Unavailable
from pipelines.integrations.signing import Ed25519Signer


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "home" / "secrets" / "ledger.key", tmp_path / "home" / "secrets" / "ledger.pub"


def test_a_missing_pair_is_created_once_and_kept(pair: tuple[Path, Path]) -> None:
    signature = Ed25519Signer(*pair).sign(b"x")
    kept = pair[0].read_bytes()
    assert Ed25519Signer(*pair).sign(b"x") == signature
    assert pair[0].read_bytes() == kept
    assert sorted(path.name for path in pair[0].parent.iterdir()) == ["ledger.key", "ledger.pub"]


def test_only_the_owner_may_read_the_keys_and_their_folders(pair: tuple[Path, Path]) -> None:
    Ed25519Signer(*pair)
    assert [stat.S_IMODE(path.stat().st_mode) for path in pair] == [0o600, 0o600]
    assert [stat.S_IMODE(path.stat().st_mode) for path in list(pair[0].parents)[:2]] == [0o700, 0o700]


def test_signers_that_start_together_agree_on_one_key(pair: tuple[Path, Path]) -> None:
    with ThreadPoolExecutor(8) as pool:
        signatures = set(pool.map(lambda _: Ed25519Signer(*pair).sign(b"x"), range(8)))
    assert len(signatures) == 1


def test_only_what_was_signed_verifies(pair: tuple[Path, Path]) -> None:
    signer = Ed25519Signer(*pair)
    reader = Ed25519Signer(None, pair[1])
    signature = signer.sign(b"x")
    assert signer.verify(b"x", signature)
    assert reader.verify(b"x", signature)
    assert not reader.verify(b"y", signature)
    for wrong in ("", "not base64", "ü", signature[:-4], signature + "\n", signer.sign(b"y")):
        assert not reader.verify(b"x", wrong)


def test_a_reader_cannot_sign(pair: tuple[Path, Path]) -> None:
    Ed25519Signer(*pair)
    with pytest.raises(Refused, match="private key"):
        Ed25519Signer(None, pair[1]).sign(b"x")


def test_a_reader_waits_for_the_public_half_and_then_keeps_it(pair: tuple[Path, Path]) -> None:
    reader = Ed25519Signer(None, pair[1])
    with pytest.raises(Unavailable):
        reader.verify(b"x", "")
    signature = Ed25519Signer(*pair).sign(b"x")
    assert reader.verify(b"x", signature)
    pair[1].unlink()
    assert reader.verify(b"x", signature)


def test_a_lost_private_key_is_never_replaced(pair: tuple[Path, Path]) -> None:
    Ed25519Signer(*pair)
    pair[0].unlink()
    with pytest.raises(Refused, match="backup"):
        Ed25519Signer(*pair)
    assert not pair[0].exists()


def test_a_lost_public_half_is_written_again(pair: tuple[Path, Path]) -> None:
    Ed25519Signer(*pair)
    kept = pair[1].read_bytes()
    pair[1].unlink()
    Ed25519Signer(*pair)
    assert pair[1].read_bytes() == kept


def test_halves_of_different_pairs_are_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    Ed25519Signer(*pair)
    Ed25519Signer(tmp_path / "other.key", tmp_path / "other.pub")
    with pytest.raises(Refused, match="another key"):
        Ed25519Signer(pair[0], tmp_path / "other.pub")


def test_a_file_that_is_no_key_is_unavailable(pair: tuple[Path, Path]) -> None:
    Ed25519Signer(*pair)
    pair[1].write_text("no key")
    with pytest.raises(Unavailable, match="PEM"):
        Ed25519Signer(None, pair[1]).verify(b"x", "")

"""The encoding of a text file. What its mark says is believed; a guess is only told to the steward."""

import codecs
import re
from collections.abc import Mapping

from charset_normalizer import from_bytes

AROUND = 32_768
"""Bytes on each side of a wrong byte that a guess looks at."""

_BOMS = (
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_ASCII = bytes(range(128))
_ENOUGH = 8
_NAMES: Mapping[str, str] = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "mac_roman": "Mac Roman",
    "cp1253": "Windows-1253 (Greek)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "shift_jis": "Shift JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "euc_kr": "EUC-KR (Korean)",
}
# Bytes that Windows-1252 knows and Western texts use, and symbols that stand inside no word of theirs.
_WESTERN = re.compile(rb"[\s!-~\x80\x82-\x8c\x8e\x91-\x9c\x9e-\xd6\xd8-\xf6\xf8-\xff]*")
_SPOILT = re.compile(
    rb"[A-Za-z][\x82\x84\x86-\x89\x8b\x95\x98\x9b\xa0-\xa9\xab-\xb1\xb4-\xb9\xbb-\xbf\xd7\xf7][a-z]"
)


def marked_encoding(start: bytes) -> tuple[str | None, int]:
    """The encoding that a byte order mark names, and the bytes of that mark; UTF-8 where there is none.

    None for UTF-32, which no reader takes.
    """
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding, len(bom)
    return "utf-8", 0


def probable_encoding(data: bytes) -> str | None:
    """What bytes that are not UTF-8 are probably written in, as a steward knows it; None where it is open."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if wide := _unmarked_utf16(data):
        return wide
    if _BINARY.search(data) or _is_damaged_utf8(data):
        return None
    if _is_western(data):
        return _NAMES["cp1252"]
    if _foreign(data) < _ENOUGH:
        return None
    best = from_bytes(data, cp_isolation=list(_NAMES), enable_fallback=False).best()
    return _NAMES.get(best.encoding) if best else None


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 has a zero in every other byte of a Latin script, and in the blanks of any other."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if max(even, odd) * 20 < len(data) or min(even, odd) * 4 > max(even, odd):
        return None
    return "UTF-16 without a byte order mark"


def _is_damaged_utf8(data: bytes) -> bool:
    """Most of what is not ASCII reads as UTF-8: a byte is wrong, and not the encoding."""
    return _foreign(data.decode("utf-8", "ignore").encode()) * 2 > _foreign(data)


def _is_western(data: bytes) -> bool:
    """Letters with accents are rare in every Western language; other scripts are written in little else."""
    rare = _foreign(data) * 4 <= len(data)
    return rare and _WESTERN.fullmatch(data) is not None and not _SPOILT.search(data)


def _foreign(data: bytes) -> int:
    """Bytes that are not ASCII."""
    return len(data.translate(None, _ASCII))

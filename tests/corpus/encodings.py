"""Bytes to text: UTF-8, or UTF-16 with its mark. Everything else is refused at the line where it shows."""

# ruff: noqa: RUF001
from __future__ import annotations

import codecs

from corpus.case import ROW, Case, H, faulty, refused, taken, whole_csv

PLAIN = (H + ROW).decode()
ACCENTS = [("q1", "Käse für 5 €", 2024, 1.5)]
TABLE = PLAIN.replace("a1", "Käse für 5 €")
CYRILLIC = "Что такое подоходный налог и когда его платят?"
JAPANESE = "税金とは何ですか。いつ払いますか。"


def _other(encoding: str, text: str, says: str = "") -> Case:
    """A text in an old encoding, in the third line."""
    data = f"{PLAIN}{text},a,2024,1\n".encode(encoding)
    return refused(f"{text.split()[0]} in {encoding}", whole_csv(data), "encoding", 3, says)


def _byte(name: str, wrong: bytes) -> Case:
    data = H + ROW * 3 + b"q," + wrong + b",2024,1\n" + ROW
    return refused(name, whole_csv(data), "encoding", 5)


def utf16(text: str, bom: bytes = codecs.BOM_UTF16_LE) -> bytes:
    return bom + text.encode("utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-16-be")


CASES = (
    taken("UTF-8", whole_csv(TABLE.encode()), ACCENTS),
    taken("UTF-8 with a mark", whole_csv(codecs.BOM_UTF8 + TABLE.encode()), ACCENTS),
    taken("UTF-16 little-endian with a mark", whole_csv(utf16(TABLE)), ACCENTS),
    taken("UTF-16 big-endian with a mark", whole_csv(utf16(TABLE, codecs.BOM_UTF16_BE)), ACCENTS),
    taken(
        "UTF-16 with a character beyond 16 bits",
        whole_csv(utf16(PLAIN.replace("a1", "😀"))),
        [("q1", "😀", 2024, 1.5)],
    ),
    taken(
        "a mark and a quoted header", whole_csv(codecs.BOM_UTF8 + b'"question",answer,year,amount\n' + ROW)
    ),
    taken("a mark in a tab file", {"a.tsv": codecs.BOM_UTF8 + (H + ROW).replace(b",", b"\t")}),
    taken(
        "a mark in JSON Lines",
        {"a.jsonl": codecs.BOM_UTF8 + b'{"question": "q1", "answer": "a1", "year": 2024, "amount": 1.5}\n'},
    ),
    faulty("a fault behind a mark", whole_csv(codecs.BOM_UTF8 + H + b"q,a,x,1\n"), (2, "year", "type")),
    faulty(
        "a fault in UTF-16", whole_csv(utf16(PLAIN + '"q\nq",a,1,1\nq,a\n')), (5, None, "field_count"), rows=2
    ),
    faulty("a NUL in UTF-16", whole_csv(utf16(PLAIN + "q,a\0,1,1\n")), (3, "answer", "characters"), rows=1),
    refused("a mark twice", whole_csv(codecs.BOM_UTF8 * 2 + H + ROW), "header", 1),
    refused("only a mark", whole_csv(codecs.BOM_UTF8), "empty"),
    refused("only a mark of UTF-16", whole_csv(codecs.BOM_UTF16_LE), "empty"),
    refused("half a mark", whole_csv(codecs.BOM_UTF8[:2] + H + ROW), "encoding", 1),
    refused("two marks of two kinds", whole_csv(codecs.BOM_UTF16_LE + codecs.BOM_UTF8 + H), "encoding", 1),
    refused("UTF-16 without a mark", whole_csv(PLAIN.encode("utf-16-le")), "encoding", 1, "UTF-16"),
    refused("UTF-16 big-endian without a mark", whole_csv(PLAIN.encode("utf-16-be")), "encoding", 1),
    refused(
        "UTF-16 without a mark in JSON Lines",
        {"a.jsonl": '{"question": "q"}\n'.encode("utf-16-le")},
        "encoding",
        1,
    ),
    refused(
        "UTF-32 little-endian", whole_csv(codecs.BOM_UTF32_LE + PLAIN.encode("utf-32-le")), "encoding", 1
    ),
    refused("UTF-32 big-endian", whole_csv(codecs.BOM_UTF32_BE + PLAIN.encode("utf-32-be")), "encoding", 1),
    refused("UTF-32 without a mark", whole_csv(PLAIN.encode("utf-32-le")), "encoding", 1),
    refused("UTF-16 cut in half a character", whole_csv(utf16(PLAIN)[:-1]), "encoding", 2),
    refused("half a pair in UTF-16", whole_csv(utf16(PLAIN) + b"q\x00\x3d\xd8,\x00"), "encoding", 3),
    refused("half a pair at the end of UTF-16", whole_csv(utf16(PLAIN) + b"\x3d\xd8"), "encoding", 3),
    refused("UTF-8 under a mark of UTF-16", whole_csv(codecs.BOM_UTF16_BE + H + ROW * 2), "header", 1),
    _other("cp1252", "Käse für 5 € – „größer“ als Müllers", "Windows-1252"),
    _other("latin-1", "le café crème est déjà prêt", "Windows-1252"),
    _other("iso-8859-15", "une œuvre à 5 € déjà vendue", "Windows-1252"),
    _other("mac-roman", "Käse für Müller ist größer"),
    _other("cp850", "Käse für Müller ist größer"),
    _other("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy", "Windows-1250"),
    _other("cp1253", "Τι είναι ο φόρος εισοδήματος και πότε πληρώνεται;", "Windows-1253"),
    _other("cp1251", CYRILLIC, "Windows-1251"),
    _other("koi8-r", CYRILLIC, "KOI8-R"),
    _other("cp1255", "מהו מס הכנסה ומתי משלמים אותו"),
    _other("cp1256", "ما هي ضريبة الدخل ومتى تدفع", "Windows-1256"),
    _other("shift_jis", JAPANESE, "Shift JIS"),
    _other("euc-jp", JAPANESE, "EUC-JP"),
    _other("gb18030", "什么是所得税？什么时候缴纳？", "GB 18030"),
    _other("big5", "什麼是所得稅？什麼時候繳納？", "Big5"),
    _other("euc-kr", "세금이란 무엇입니까? 언제 내야 합니까?", "EUC-KR"),
    _byte("a byte that no text holds", b"\xff"),
    _byte("a byte in the middle of nothing", b"\x80"),
    _byte("a slash in two bytes", b"\xc0\xaf"),
    _byte("a NUL in two bytes", b"\xc0\x80"),
    _byte("a letter in three bytes", b"\xe0\x81\x81"),
    _byte("half a pair in three bytes", b"\xed\xa0\x80"),
    _byte("a pair in twice three bytes", b"\xed\xa0\xbd\xed\xb8\x80"),
    _byte("five bytes for a character", b"\xf8\x88\x80\x80\x80"),
    _byte("a character beyond all", b"\xf4\x90\x80\x80"),
    _byte("a character without its end", b"\xe2\x82"),
    _byte("a character of another line", b"\xe2\x82\n\xac"),
    refused("a character cut off at the end", whole_csv(H + ROW + b"q2,\xf0\x9f\x98"), "encoding", 3),
    refused("a wrong byte in the header", whole_csv(b"question,answer,\xff,amount\n"), "encoding", 1),
    refused(
        "a wrong byte below a cell of lines", whole_csv(H + b'q,"a\n\nb",1,1\nq\xff,a,1,1\n'), "encoding", 5
    ),
    refused("a wrong byte within a cell of lines", whole_csv(H + b'q,"a\n\n\xff",1,1\n'), "encoding", 4),
    refused(
        "a wrong byte behind two million good ones",
        whole_csv(H + ROW * 150_000 + b"\xff\n"),
        "encoding",
        150_002,
    ),
    refused(
        "a wrong byte with CR ends", whole_csv((H + ROW * 2).replace(b"\n", b"\r") + b"\xff"), "encoding", 4
    ),
    refused(
        "a wrong byte with CRLF ends",
        whole_csv((H + ROW * 2).replace(b"\n", b"\r\n") + b"\xff"),
        "encoding",
        4,
    ),
    refused(
        "a wrong byte in JSON Lines",
        {"a.jsonl": b'\n{"question": "q"}\n{"question": "\xff"}\n'},
        "encoding",
        3,
    ),
    refused("a JPEG in a csv", whole_csv(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"), "mislabelled"),
    refused("a PNG in a csv", whole_csv(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "mislabelled"),
    refused("a program in a csv", whole_csv(b"\x7fELF\x02\x01\x01\0\0\0\0\0"), "encoding", 1),
    refused("a pickle in a csv", whole_csv(b"\x80\x04\x95\x0b\0\0\0\0\0\0\0"), "encoding", 1),
    refused("a database in a csv", whole_csv(b"SQLite format 3\0\x10\0\x01\x01"), "mislabelled"),
)

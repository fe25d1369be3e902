"""The names of files: the last ending counts, in any case, and an odd name is no reason to refuse."""

from __future__ import annotations

from corpus.case import ROW, Case, H, refused, taken
from upload_samples import sample_parquet

TABLE = H + ROW


def _read(name: str, file: str) -> Case:
    return taken(name, {file: TABLE})


def _refused(name: str, file: str, code: str = "format") -> Case:
    return refused(name, {file: TABLE}, code)


CASES = (
    _read("blanks in a name", "my rules  2024 .csv"),
    _read("a name in composed letters", "K\u00e4se.csv"),
    _read("a name in decomposed letters", "Ka\u0308se.csv"),
    _read("a name of pictures", "\U0001f9c0\U0001f468\u200d\U0001f469.csv"),
    _read("a name in Chinese", "税收规则.csv"),
    _read("a name that is read from right to left", "rules\u202evsc.csv"),
    _read("a name escaped as in addresses", "%2e%2e%2fetc%2fpasswd.csv"),
    _read("a name with a question and an anchor", "a.csv?version=1#x.csv"),
    _read("a name of quotes", "'\"`$(reboot)`.csv"),
    _read("a name of formats", "{0}%s%n{{x}}.csv"),
    _read("a name of a script", "<script>alert(1)</script>.csv"),
    _read("a name that starts a formula", "=cmd|' /C calc'!A0.csv"),
    _read("a name that looks like an option", "--help.csv"),
    _read("a name of two hundred letters", "a" * 200 + ".csv"),
    _read("a name in deep folders", "x/" * 200 + "a.csv"),
    _read("a name of only an ending", ".csv"),
    _read("a name of an old device", "CON.csv"),
    _read("two endings of which the last counts", "a.exe.csv"),
    _read("two endings of texts", "a.jsonl.csv"),
    _read("the ending in capitals", "A.CSV"),
    _read("the ending in both", "a.cSv"),
    _read("a copy as browsers name it", "rules (1).csv"),
    _refused("no ending", "rules"),
    _refused("no ending below a folder that has one", "v1.csv/rules"),
    _refused("a dot behind the ending", "a.csv."),
    _refused("a blank behind the ending", "a.csv "),
    _refused("an ending in full-width letters", "a.\uff43\uff53\uff56"),
    _refused("an ending with a letter that capitals do not know", "a.j\u017fonl"),
    _refused("a program", "setup.exe"),
    _refused("a text", "a.txt"),
    _refused("a pickle", "a.pkl"),
    _refused("a document", "a.docx"),
    _refused("a half-finished download", "a.csv.crdownload"),
    _refused("a half-finished copy", "a.csv.part"),
    _refused("a copy kept by an editor", "a.csv~"),
    _refused("a copy kept by hand", "a.csv.bak"),
    _refused("the ending alone", "csv"),
    _refused("other packers", "a.csv.bz2"),
    _refused("nothing", "", "file_name"),
    _refused("a name of a thousand letters", "a" * 1000 + ".csv", "file_name"),
    _refused("a name of five hundred accents", "\u00e4" * 500 + ".csv", "file_name"),
    _refused("a backslash in a name", "folder\\a.csv", "file_name"),
    _refused("a drive", "C:a.csv", "file_name"),
    _refused("a name that leads out", "../a.csv", "file_name"),
    _refused("a name that leads out from within", "x/../../a.csv", "file_name"),
    _refused("an absolute name", "/etc/passwd.csv", "file_name"),
    _refused("a NUL behind the ending", "a.csv\0", "file_name"),
    _refused("a NUL before the ending", "a.exe\0.csv", "file_name"),
    _refused("a line end in a name", "a\r\nX-Header: 1.csv", "file_name"),
    _refused("a command to a terminal", "a\x1b[2J.csv", "file_name"),
    _refused("half a character in a name", "a\ud800.csv", "file_name"),
    refused(
        "a Parquet file with the ending of a part", {"part-0000.parquet.crc": sample_parquet()}, "format"
    ),
)

KEYS = {
    "a.csv": None,
    "my rules 2024.csv": None,
    "K\u00e4se.csv": None,
    "Ka\u0308se.csv": None,
    "\U0001f9c0.csv": None,
    "rules\u202evsc.csv": None,
    "%2e%2e/%2e%2e/a.csv": None,
    "%00.csv": None,
    "a+b&c=d?e#f.csv": None,
    "folder\\a.csv": None,
    "deep/er/a.csv": None,
    "...": None,
    "a..csv": None,
    "~root.csv": None,
    "-rf.csv": None,
    " a.csv": None,
    "CON.csv": None,
    "a" * 200 + ".csv": None,
    "../a.csv": "'..'",
    "x/../a.csv": "'..'",
    "x/..": "'..'",
    "./a.csv": "'.'",
    "x/./a.csv": "'.'",
    "/a.csv": "empty segment",
    "x//a.csv": "empty segment",
    "a\0.csv": "control character",
    "a\n.csv": "control character",
    "a\r\nX-Header: 1.csv": "control character",
    "a\x1b[2J.csv": "control character",
    "a\x7f.csv": "control character",
    "a\x85.csv": "control character",
    "a" * 1100 + ".csv": "bytes",
    "\u00e4" * 520 + ".csv": "bytes",
    "a\N{REPLACEMENT CHARACTER}.csv": "UTF-8",
    "b\ud800.csv": "UTF-8",
}
"""Keys below an inbox -> what is said of a name that no store can keep, None for one that is taken."""

FURNITURE = (
    "_READY",
    "_CONFIRM",
    "_SUCCESS",
    ".DS_Store",
    ".hidden.csv",
    "x/._a.csv",
    "Icon\r",
    "x/",
    ".rsync-partial/a.csv",
)
"""Keys that are no data: nobody is bothered about them."""

"""Excel workbooks: one sheet counts, a cell is what it shows, and what only Excel can compute is named."""

from __future__ import annotations

from corpus.case import CELL, LIMITS, ROW, Case, H, faulty, refused, taken
from upload_samples import NAMES, sample_xlsx, sheet_row, xlsx, zipped

HEAD = sheet_row(1, NAMES)
GOOD = sheet_row(2, CELL)
SHARED = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
DTD = '<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
XLSX = sample_xlsx()
HIDDEN = (
    '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/><sheet name="b" state="veryHidden" r:id="r2"/>'
    "</sheets></workbook>"
)
SHEET = "xl/worksheets/sheet1.xml"
PREFIXED = (
    (f"<worksheet><sheetData>{HEAD}{GOOD}</sheetData></worksheet>")
    .replace("</", "</x:")
    .replace("<", "<x:")
    .replace("<x:/x:", "</x:")
)
MERGED = (
    f"<worksheet><sheetData>{HEAD}{GOOD}</sheetData>"
    '<mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>'
)


def book(*rows: str, **parts: str) -> dict[str, bytes]:
    """A workbook of one sheet."""
    return {"a.xlsx": xlsx("".join(rows), **parts)}


def cell(xml: str, **parts: str) -> dict[str, bytes]:
    """A header, a good row and a third row of this XML."""
    return book(HEAD, GOOD, f'<row r="3">{xml}</row>', **parts)


def _shows(name: str, xml: str, cells: tuple[object, ...], **parts: str) -> Case:
    return taken(name, cell(xml, **parts), [CELL, cells])


def _wrong(name: str, xml: str, *places: tuple[int, str | None, str], rows: int = 1) -> Case:
    return faulty(name, cell(xml), *places, rows=rows)


CASES = (
    taken("a workbook", book(HEAD, GOOD)),
    taken("a workbook, upper-case", {"A.XLSX": xlsx(HEAD + GOOD)}),
    taken("blank rows above the header", {"a.xlsx": sample_xlsx(start=9)}, [CELL, ("q2", "a2", 2025, None)]),
    taken("blank rows between", book(HEAD, '<row r="5"/>', sheet_row(900, CELL), '<row r="1048576"/>')),
    taken("an empty second sheet", {"a.xlsx": xlsx(HEAD + GOOD, "")}),
    taken(
        "a second sheet of formats only", {"a.xlsx": xlsx(HEAD + GOOD, '<row r="1"><c r="A1" s="1"/></row>')}
    ),
    taken("only a header", book(HEAD), []),
    taken("columns in another order", book(sheet_row(1, NAMES[::-1]), sheet_row(2, CELL[::-1]))),
    taken(
        "formats to the right of the header", book(HEAD, GOOD.replace("</row>", '<c r="Z2" s="1"/></row>'))
    ),
    _shows("a formula with its result", '<c r="C3"><f>2*1012</f><v>2024</v></c>', (None, None, 2024, None)),
    _shows(
        "a formula with a text", '<c r="A3" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', ("ab", None, None, None)
    ),
    _shows(
        "a formula that calls a program, with its result",
        '<c r="A3" t="str"><f>cmd|\'/C calc\'!A0</f><v>x</v></c>',
        ("x", None, None, None),
    ),
    _shows(
        "a link with its text",
        '<c r="A3" t="str"><f>HYPERLINK("http://x","here")</f><v>here</v></c>',
        ("here", None, None, None),
    ),
    _shows("a value of another workbook", '<c r="C3"><f>[1]Sheet1!A1</f><v>7</v></c>', (None, None, 7, None)),
    _shows(
        "a number as text in a number column",
        '<c r="C3" t="inlineStr"><is><t>2025</t></is></c>',
        (None, None, 2025, None),
    ),
    _shows("a number in a text column", '<c r="A3"><v>42</v></c>', ("42", None, None, None)),
    _shows("a whole number written with a point", '<c r="C3"><v>2025.0</v></c>', (None, None, 2025, None)),
    _shows("a number in scientific form", '<c r="C3"><v>2.025E3</v></c>', (None, None, 2025, None)),
    _shows("a number as a currency", '<c r="D3" s="3"><v>9.5</v></c>', (None, None, None, 9.5)),
    _shows(
        "escaped line ends",
        '<c r="A3" t="inlineStr"><is><t>a_x000D_\nb</t></is></c>',
        ("a\r\nb", None, None, None),
    ),
    _shows(
        "an escape that is escaped",
        '<c r="A3" t="inlineStr"><is><t>_x005F_x000D_</t></is></c>',
        ("_x000D_", None, None, None),
    ),
    _shows(
        "text in several formats",
        '<c r="A3" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
        ("ab", None, None, None),
    ),
    _shows(
        "a reading aid above a text",
        '<c r="A3" t="inlineStr"><is><t>税</t><rPh><t>ゼイ</t></rPh></is></c>',
        ("税", None, None, None),
    ),
    _shows(
        "a shared text",
        '<c r="A3" t="s"><v>0</v></c>',
        ("x", None, None, None),
        **{SHARED: "<sst><si><t>x</t></si></sst>"},
    ),
    _shows(
        "a merged cell belongs to its first place",
        '<c r="A3" t="inlineStr"><is><t>q</t></is></c><c r="B3"/>',
        ("q", None, None, None),
    ),
    _shows(
        "a text that starts a formula",
        '<c r="A3" t="inlineStr"><is><t>=1+1</t></is></c>',
        ("=1+1", None, None, None),
    ),
    _wrong("a formula without a result", '<c r="D3"><f>1+1</f></c>', (3, "amount", "type")),
    _shows(
        "a text formula with an empty result",
        '<c r="A3" t="str"><f>""</f><v></v></c><c r="C3"><v>1</v></c>',
        (None, None, 1, None),
    ),
    taken(
        "rows that a filter hides",
        book(HEAD, GOOD, sheet_row(3, CELL).replace('<row r="3"', '<row r="3" hidden="1"')),
        [CELL, CELL],
    ),
    taken("prefixes of names in the XML", {"a.xlsx": xlsx(HEAD + GOOD, **{SHEET: PREFIXED})}),
    _wrong("a formula with an empty result", '<c r="D3"><f>1+1</f><v></v></c>', (3, "amount", "type")),
    _wrong("an error", '<c r="A3" t="e"><v>#N/A</v></c>', (3, "question", "type")),
    _wrong("an error of a formula", '<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', (3, "year", "type")),
    _wrong("a reference that is lost", '<c r="B3" t="e"><f>#REF!</f><v>#REF!</v></c>', (3, "answer", "type")),
    _wrong("a date", '<c r="B3" s="1"><v>45000</v></c>', (3, "answer", "type")),
    _wrong("a date in a year", '<c r="C3" s="2"><v>45000</v></c>', (3, "year", "type")),
    _wrong("a date beyond the calendar", '<c r="C3" s="1"><v>1e300</v></c>', (3, "year", "type")),
    _wrong("a date in words", '<c r="C3" t="d"><v>2024-01-02</v></c>', (3, "year", "type")),
    _wrong("a flag in a text", '<c r="A3" t="b"><v>1</v></c>', (3, "question", "type")),
    _wrong("a flag in a number", '<c r="D3" t="b"><v>0</v></c>', (3, "amount", "type")),
    _wrong("half a year", '<c r="C3"><v>2024.5</v></c>', (3, "year", "type")),
    _wrong(
        "a number of a text that is none",
        '<c r="C3" t="inlineStr"><is><t>many</t></is></c>',
        (3, "year", "type"),
    ),
    _wrong("a fraction in a text column", '<c r="A3"><v>1.5</v></c>', (3, "question", "type")),
    _wrong(
        "a NUL by an escape",
        '<c r="A3" t="inlineStr"><is><t>a_x0000_</t></is></c>',
        (3, "question", "characters"),
    ),
    _wrong(
        "half a character by an escape",
        '<c r="A3" t="inlineStr"><is><t>_xD800_</t></is></c>',
        (3, "question", "characters"),
    ),
    _wrong("a cell beyond the header", '<c r="F3"><v>1</v></c>', (3, None, "field_count")),
    _wrong(
        "two wrong cells",
        '<c r="C3" t="b"><v>1</v></c><c r="D3" t="e"><v>#N/A</v></c>',
        (3, "year", "type"),
        (3, "amount", "type"),
    ),
    faulty(
        "the true row number below blank rows",
        book(HEAD, sheet_row(700, ["q", "a", "x", 1])),
        (700, "year", "type"),
    ),
    faulty(
        "the true row number below a late header",
        book(sheet_row(5, NAMES), sheet_row(9, ["q", "a", "x", 1])),
        (9, "year", "type"),
    ),
    refused("two sheets with data", {"a.xlsx": xlsx(HEAD + GOOD, HEAD + GOOD)}, "sheets", says="2"),
    refused("a note on the second sheet", {"a.xlsx": xlsx(HEAD + GOOD, sheet_row(1, ["note"]))}, "sheets"),
    refused(
        "a hidden sheet with data",
        {"a.xlsx": xlsx(HEAD + GOOD, HEAD, **{BOOK: HIDDEN})},
        "sheets",
        says="hidden",
    ),
    refused("cells merged over rows", {"a.xlsx": xlsx(HEAD + GOOD, **{SHEET: MERGED})}, "merged_cells", 2),
    refused("no data", {"a.xlsx": xlsx("", "")}, "empty"),
    refused("only formats", book('<row r="1"><c r="A1" s="1"/></row>'), "empty"),
    refused("a title above the header", book(sheet_row(1, ["Rules 2024"]), sheet_row(2, NAMES)), "header", 1),
    refused("a column missing", book(sheet_row(4, NAMES[:3])), "header", 4, "amount"),
    refused("a column twice", book(sheet_row(1, [*NAMES, "year"])), "header", 1, "twice"),
    refused(
        "a gap in the header", book(sheet_row(1, ["question", None, "answer", "year", "amount"])), "header", 1
    ),
    refused("an error in the header", book('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>'), "header", 1),
    refused("entities that grow", book(HEAD, **{SHARED: f"{DTD}<sst><si><t>&b;</t></si></sst>"}), "damaged"),
    refused(
        "entities from another file",
        book(HEAD, **{SHARED: f"{EXTERNAL}<sst><si><t>&a;</t></si></sst>"}),
        "damaged",
    ),
    refused(
        "a document type in the sheet",
        {"a.xlsx": xlsx(HEAD, **{"xl/worksheets/sheet1.xml": f"{DTD}<worksheet/>"})},
        "damaged",
    ),
    refused("a sheet that is not there", {"a.xlsx": zipped({BOOK: b"<workbook/>"})}, "damaged"),
    refused("XML that is not closed", book("<row><c>"), "damaged"),
    refused("a shared text that is not there", cell('<c r="A3" t="s"><v>9</v></c>'), "damaged"),
    refused(
        "a shared text below zero",
        cell('<c r="A3" t="s"><v>-1</v></c>', **{SHARED: "<sst><si><t>x</t></si></sst>"}),
        "damaged",
    ),
    refused("rows that run backwards", book(GOOD, HEAD), "damaged"),
    refused("a row twice", book(HEAD, GOOD, GOOD), "damaged"),
    refused("cells that run backwards", cell('<c r="B3"><v>1</v></c><c r="A3"><v>1</v></c>'), "damaged"),
    refused("a cell of another row", cell('<c r="A9"><v>1</v></c>'), "damaged"),
    refused("a row beyond the last", book('<row r="1048577"><c><v>1</v></c></row>'), "damaged"),
    refused("a row of no number", book('<row r="x"/>'), "damaged"),
    refused("a column beyond the last", cell('<c r="XFE3"><v>1</v></c>'), "damaged"),
    refused("a number that is none", cell('<c r="C3"><v>many</v></c>'), "damaged"),
    refused("a zip called workbook", {"a.xlsx": zipped({"a.csv": H + ROW})}, "damaged"),
    refused("a workbook cut off", {"a.xlsx": XLSX[:-50]}, "damaged"),
    refused("a workbook without its beginning", {"a.xlsx": XLSX[50:]}, "mislabelled"),
    refused("an old workbook", {"a.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500}, "mislabelled"),
    refused("an old workbook by its ending", {"a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, "format"),
    refused("a workbook with macros by its ending", {"a.xlsm": XLSX}, "format"),
    refused("an OpenDocument sheet", {"a.ods": XLSX}, "format"),
    refused("a csv called workbook", {"a.xlsx": H + ROW}, "mislabelled"),
    refused("HTML called workbook", {"a.xlsx": b"<table><tr><td>1</td></tr></table>"}, "mislabelled"),
    refused("a workbook called csv", {"a.csv": XLSX}, "mislabelled"),
    refused("a part that leads out", {"a.xlsx": xlsx(HEAD, **{"../../evil.xml": "<x/>"})}, "zip"),
    refused(
        "a bomb in the shared texts",
        book(HEAD, **{SHARED: f"<sst><si><t>{'a' * 300_000}</t></si></sst>"}),
        "bomb",
        limits=LIMITS._replace(small=50_000, ratio=10),
    ),
    refused(
        "a text used again and again",
        book(
            HEAD,
            '<row r="2">' + '<c t="s"><v>0</v></c>' * 4000 + "</row>",
            **{SHARED: f"<sst><si><t>{'x' * 900}</t></si></sst>"},
        ),
        "too_big",
        limits=LIMITS._replace(unpacked=1_000_000),
    ),
)

"""The parts of an Excel workbook: its sheets, its shared texts, which cell formats are dates."""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from posixpath import join, normpath
from xml.parsers import expat

from pipelines.integrations.archives import damaged, member_stream
from pipelines.integrations.limits import BLOCK, Allowance, Unpacking
from pipelines.integrations.unreadable import unreadable

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What a number format says beside dates: colours and conditions, quoted texts, escaped characters.
_NO_DATE_PART = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.|\*.')
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str, str], None]


class Parts:
    """A workbook's archive, read part by part under the upload's limits."""

    def __init__(self, archive: zipfile.ZipFile, allowance: Allowance, packed: int) -> None:
        self._archive = archive
        self._allowance = allowance
        self._unpacking = Unpacking(packed, allowance.limits)
        self._infos = {info.filename: info for info in archive.infolist()}
        if _WORKBOOK not in self._infos or _RELATIONS not in self._infos:
            raise damaged()

    def parse(self, part: str, start: Start, end: End) -> Iterator[None]:
        """Push a part through the handlers, yielding after each block.

        `start` gets the local name and the attributes of an element, `end` its local name and the text since
        the last start. Document types are refused: no workbook needs entities. Raises UnreadableFile.
        """
        if part not in self._infos:
            raise damaged()
        stream = member_stream(self._archive, self._infos[part], self._allowance, self._unpacking)
        parser = _parser(start, end, self._allowance.limits.cell)
        try:
            while block := stream.read(BLOCK):
                parser.Parse(block, False)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, IndexError, KeyError) as error:
            raise damaged() from error
        yield

    def sheets(self) -> tuple[str, ...]:
        """The parts that hold worksheets, in the workbook's order."""
        targets: dict[str, str] = {}
        order: list[str] = []

        def relation(name: str, attributes: Mapping[str, str]) -> None:
            if name == "Relationship" and attributes["Type"].endswith("/worksheet"):
                target = attributes["Target"]
                targets[attributes["Id"]] = target[1:] if target[:1] == "/" else normpath(join("xl", target))

        def sheet(name: str, attributes: Mapping[str, str]) -> None:
            if name == "sheet":
                order.extend(value for key, value in attributes.items() if _local(key) == "id")

        self._read(_RELATIONS, relation, _nothing)
        self._read(_WORKBOOK, sheet, _nothing)
        return tuple(targets[key] for key in order if key in targets)

    def shared_texts(self) -> tuple[str, ...]:
        """The texts that cells refer to by number."""
        texts: list[str] = []
        phonetic = False

        def start(name: str, _: Mapping[str, str]) -> None:
            nonlocal phonetic
            if name == "si":
                texts.append("")
            phonetic = phonetic or name == "rPh"

        def end(name: str, text: str) -> None:
            nonlocal phonetic
            if name == "t" and not phonetic:
                texts[-1] += unescaped(text)
            phonetic = phonetic and name != "rPh"

        if "xl/sharedStrings.xml" in self._infos:
            self._read("xl/sharedStrings.xml", start, end)
        return tuple(texts)

    def date_styles(self) -> frozenset[str]:
        """The cell formats (attribute `s` of a cell) that show a number as a date or a time."""
        dates = {str(number) for number in _BUILT_IN_DATES}
        styles: list[str] = []
        in_cells = False

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal in_cells
            in_cells = in_cells or name == "cellXfs"
            if name == "numFmt" and _is_date(attributes["formatCode"]):
                dates.add(attributes["numFmtId"])
            elif name == "xf" and in_cells:
                styles.append(attributes.get("numFmtId", "0"))

        def end(name: str, _: str) -> None:
            nonlocal in_cells
            in_cells = in_cells and name != "cellXfs"

        if "xl/styles.xml" in self._infos:
            self._read("xl/styles.xml", start, end)
        return frozenset(str(index) for index, number in enumerate(styles) if number in dates)

    def _read(self, part: str, start: Start, end: End) -> None:
        for _ in self.parse(part, start, end):
            pass


def _parser(start: Start, end: End, most: int) -> expat.XMLParserType:
    text: list[str] = []
    length = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        forget()
        start(_local(name), attributes)

    def on_text(data: str) -> None:
        nonlocal length
        text.append(data)
        length += len(data)
        if length > most:
            raise unreadable(
                f"a cell holds more than {most:,} characters", code="cell_too_long", fix="Shorten the text."
            )

    def on_end(name: str) -> None:
        end(_local(name), "".join(text))
        forget()

    def forget() -> None:
        nonlocal length
        text.clear()
        length = 0

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def unescaped(text: str) -> str:
    """Excel's own escape of characters that XML cannot hold, such as `_x000D_`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _is_date(code: str) -> bool:
    return bool(re.search("[dmyhs]", _NO_DATE_PART.sub("", code).lower()))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _nothing(name: str, text: str) -> None:
    """An end of element that means nothing."""


def _refuse_doctype(*_: object) -> None:
    raise damaged()

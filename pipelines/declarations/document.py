"""One YAML file as plain data that remembers the line of every field.

Only what every YAML reader understands alike is accepted: text keys that stand once, no tags, no aliases, no
merge keys, no numbers without a value. Dates without quotes stay text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor

from pipelines.declarations.problems import Problems, shown

Field = tuple[str | int, ...]

DEEPEST = 40
TEXT = "tag:yaml.org,2002:str"
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _NotPlain(yaml.MarkedYAMLError):
    """A construct of YAML that declarations do without."""


class _Loader(Composer, yaml.CSafeLoader):
    """The safe loader without dates, which refuses tags, anchors, aliases and deep nesting. libyaml reads the
    text; its nodes are composed here, where they can be refused.
    """

    def __init__(self, stream: str) -> None:
        yaml.CSafeLoader.__init__(self, stream)
        Composer.__init__(self)
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()
        what = f"more than {DEEPEST} levels" if self.depth > DEEPEST else _not_plain(event)
        if what is not None:
            raise _NotPlain(problem=what, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {
    letter: [resolver for resolver in resolvers if resolver[0] != TIMESTAMP]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _not_plain(event: Any) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return f"the alias `*{event.anchor}`"
    if getattr(event, "anchor", None) is not None:
        return f"the anchor `&{event.anchor}`"
    if getattr(event, "tag", None) is not None:
        return f"the tag `{event.tag}`"
    return None


class Document:
    """A file that was read: its mapping `data`, and where each of its fields stands."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.data: dict[str, Any] = {}
        self._lines: dict[Field, int] = {}
        self._before = len(problems)

    @property
    def sound(self) -> bool:
        """Whether nothing was found wrong since the reading began."""
        return len(self.problems) == self._before

    def mark(self, field: Field, line: int) -> None:
        """Remember the line of a field."""
        self._lines[field] = line

    def line(self, field: Field) -> int:
        """The line of a field; of what it would stand in when it is missing."""
        while field and field not in self._lines:
            field = field[:-1]
        return self._lines.get(field, 1)

    def problem(self, field: Field, rule: str, found: object, remedy: str) -> None:
        """Keep a problem of a field. `found` is a sentence when it is Said, and a value otherwise."""
        said = str(found) if isinstance(found, Said) else shown(found)
        self.problems.add(self.file, self.line(field), spelled(field), rule, said, remedy)


class Said(str):
    """What was found, in words rather than as the value itself."""

    __slots__ = ()


def spelled(field: Field) -> str:
    """`schema[0].properties[2].name`, the way a person writes a field."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field)
    return text.removeprefix(".") or "the file"


def read_document(path: Path, file: str, problems: Problems) -> Document | None:
    """The mapping in a YAML file, or None after its problems were kept. `file` is its name in messages."""
    document = Document(file, problems)
    text = _text(path, document)
    if text is None:
        return None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        _keep_yaml_error(error, text, document)
        return None
    if not isinstance(node, yaml.MappingNode):
        found = Said("nothing" if node is None else f"a {_kind(node)}")
        document.problem((), "is one mapping of fields", found, "Write `field: value` lines.")
        return None
    document.data = _build(node, (), document)
    return document if document.sound else None


def read_block(document: Document, field: Field, text: str) -> Any | None:
    """The YAML that a field holds as a block of text, or None after its problem was kept there."""
    inner = Document(document.file, Problems())
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        _keep_yaml_error(error, text, inner)
    else:
        data = None if node is None else _build(node, (), inner)
        if inner.sound and data is not None:
            return data
    wrong = next(iter(inner.problems.all()), None)
    found = wrong.found if wrong else "nothing"
    document.problem(field, "holds valid YAML", Said(found), wrong.remedy if wrong else "Write its fields.")
    return None


def _kind(node: yaml.Node) -> str:
    return "list" if isinstance(node, yaml.SequenceNode) else "single value"


def _text(path: Path, document: Document) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        document.mark((), line)
        document.problem((), "is UTF-8 text", Said(f"byte {error.start}"), "Save the file as UTF-8.")
    except OSError as error:
        document.problem(
            (), "can be read", Said(error.strerror or str(error)), "Create the file, or repair its name."
        )
    return None


def _keep_yaml_error(error: yaml.YAMLError, text: str, document: Document) -> None:
    line, found = 1, str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        found = (error.problem or found).removeprefix("found ")
        ends = "end of stream" in found  # what was left open matters then
        mark = (ends and error.context_mark) or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
    elif isinstance(error, yaml.reader.ReaderError):
        line, found = text[: error.position].count("\n") + 1, f"the character {error.character:#x}"
    document.mark((), line)
    if isinstance(error, _NotPlain):
        rule = "is plain YAML without tags, anchors and aliases"
        document.problem((), rule, Said(found), "Write the value out in full.")
    else:
        document.problem((), "is valid YAML", Said(found), "Repair the indentation, colon or quote there.")


def _build(node: yaml.Node, field: Field, document: Document) -> Any:
    """The node as plain data; marks the line of every field below it."""
    if isinstance(node, yaml.MappingNode):
        return {key: _build(value, (*field, key), document) for key, value in _pairs(node, field, document)}
    if isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            document.mark((*field, place), item.start_mark.line + 1)
        return [_build(item, (*field, place), document) for place, item in enumerate(node.value)]
    return _scalar(node, field, document)


def _pairs(node: yaml.MappingNode, field: Field, document: Document) -> Iterator[tuple[str, yaml.Node]]:
    """The sound fields of a mapping."""
    first: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.tag != TEXT:
            found = Said(
                f"the key `{key.value}`" if isinstance(key, yaml.ScalarNode) else "a list or mapping as key"
            )
            here = (*field, str(key.value)) if isinstance(key, yaml.ScalarNode) else field
            document.mark(here, line)
            document.problem(here, "has a name that is text", found, "Put the name in quotes, or repair it.")
        elif key.value in first:
            document.mark((*field, key.value), line)
            found = Said(f"also line {first[key.value]}")
            document.problem((*field, key.value), "stands once", found, "Keep one of the two.")
        else:
            first[key.value] = line
            document.mark((*field, key.value), line)
            yield key.value, value


def _scalar(node: yaml.Node, field: Field, document: Document) -> Any:
    value: Any
    try:
        value = SafeConstructor().construct_object(node)
        sound = not isinstance(value, float) or math.isfinite(value)
    except (ValueError, yaml.YAMLError):
        value, sound = None, False
    if not sound:
        rule = "is text, true or false, nothing, or a finite number"
        document.problem(field, rule, node.value, "Put text in quotes.")
    return value

"""Patterns of contracts are RE2, in the part that Python's `re` can say too.

RE2 (https://github.com/google/re2/wiki/Syntax) answers in time that grows with the text alone, whatever
the pattern. What only one of the two engines understands, or what they understand differently, is refused,
so that every checker gives the same answer. `\\d`, `\\w`, `\\s` and `\\b` know ASCII only, `$` is the end of
the text, and a pattern is searched anywhere in it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_MOST_CHARACTERS = 5_000
_MOST_REPETITIONS = 1_000
_MOST_STEPS = 5_000
_TOKEN = re.compile(r"\\.|\[\^?\]?|\(\?#|\(\?[A-Za-z-]*:?|\{,[0-9]+\}|.", re.DOTALL)
_GROUP = re.compile(r"\(\?([ims]+|(i?s?|s?i?)(-[is]+)?:|P)?")
_REFUSED: dict[Any, str] = {
    _constants.ASSERT: "look-ahead and look-behind",
    _constants.ASSERT_NOT: "look-ahead and look-behind",
    _constants.GROUPREF: "a reference back to a group",
    _constants.GROUPREF_EXISTS: "a condition on a group",
    _constants.ATOMIC_GROUP: "an atomic group (?>...)",
    _constants.POSSESSIVE_REPEAT: "a possessive repetition such as ++",
}
_OUTSIDE = {
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[0-9A-Za-z_]",
    r"\W": "[^0-9A-Za-z_]",
    r"\s": r"[\t\n\f\r ]",
    r"\S": r"[^\t\n\f\r ]",
    r"\b": r"(?a:\b)",
    # Python does not find \B in an empty text.
    r"\B": r"(?!(?a:\b))",
}
_WITHIN = {
    r"\d": "0-9",
    r"\D": r"\x00-/:-\U0010ffff",
    r"\w": "0-9A-Za-z_",
    r"\W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    r"\s": r"\t\n\f\r ",
    r"\S": r"\x00-\x08\x0b\x0e-\x1f!-\U0010ffff",
}


def demand_re2(pattern: str) -> str | None:
    """What is wrong with a pattern, in words, or None."""
    if len(pattern) > _MOST_CHARACTERS:
        return f"a pattern of more than {_MOST_CHARACTERS} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return next(_problems(pattern, _parser.parse(pattern)), None)
    except (re.error, OverflowError) as error:
        return f"a pattern that cannot be read: {error}"
    except RecursionError:
        return "a pattern with too many brackets within each other"


def python_form(pattern: str) -> str:
    """The pattern for Python's `re.search`, with the meaning it has in RE2. It was demanded before."""
    parts = tuple(_parts(pattern))
    lines = any(part.text.startswith("(?") and "m" in part.text for part in parts)
    return "".join(_translated(part, lines) for part in parts)


class _Part(NamedTuple):
    """A token of a pattern; `within` is whether it stands inside square brackets."""

    text: str
    within: bool


def _parts(pattern: str) -> Iterator[_Part]:
    within = False
    place = 0
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        text = found.group() if found else pattern[place]
        if within and text[0] != "\\":
            text = pattern[place]
        yield _Part(text, within)
        within = text != "]" if within else text[0] == "["
        place += len(text)


def _translated(part: _Part, lines: bool) -> str:
    if part.text == "$" and not part.within and not lines:
        return r"\Z"
    return (_WITHIN if part.within else _OUTSIDE).get(part.text, part.text)


def _problems(pattern: str, tree: Iterable[Any]) -> Iterator[str]:
    for part in _parts(pattern):
        yield from _problem_of(part)
    if "[:" in pattern:
        yield "a class of characters such as [:alpha:]; write the characters"
    for name in _operators(tree):
        if name in _REFUSED:
            yield f"{_REFUSED[name]}, which cannot be checked in bounded time"
    if _repetitions(tree) > _MOST_REPETITIONS:
        yield f"more than {_MOST_REPETITIONS} repetitions"
    if _steps(tree) > _MOST_STEPS:
        yield "repetitions of long parts, which are too large to check"


def _problem_of(part: _Part) -> Iterator[str]:
    text = part.text
    if text.startswith("\\") and (text[1:].isdigit() or not text[1:].isascii() or text[1:] in "ZuUN"):
        yield f"the sign {text}" + ("; write $ for the end of the text" if text == r"\Z" else "")
    elif text == r"\b" and part.within:
        yield r"the sign \b within square brackets"
    elif text.startswith("{,"):
        yield f"the repetition {text}; write {{0{text[1:]}"
    elif text.startswith("(?") and not _GROUP.fullmatch(text):
        yield f"the group {text}"


def _operators(tree: Iterable[Any]) -> Iterator[Any]:
    for name, argument in tree:
        yield name
        for inner in _inner(argument):
            yield from _operators(inner)


def _repetitions(tree: Iterable[Any]) -> int:
    """The largest product of repetition counts that lie within each other."""
    most = 1
    for name, argument in tree:
        deeper = max((_repetitions(inner) for inner in _inner(argument)), default=1)
        most = max(most, deeper * _times(name, argument))
    return most


def _steps(tree: Iterable[Any]) -> int:
    """How many characters the pattern has when its repetitions are written out."""
    return sum(
        max(1, sum(_steps(inner) for inner in _inner(argument))) * _times(name, argument)
        for name, argument in tree
    )


def _times(name: Any, argument: Any) -> int:
    if name not in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return 1
    least, most = int(argument[0]), argument[1]
    return max(1, least if most == _constants.MAXREPEAT else int(most))


def _inner(argument: Any) -> Iterator[Any]:
    """The patterns within an operator's argument, however it nests them."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _inner(part)

"""Phone numbers in a text, told from amounts, years and form numbers by how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

_INTERNATIONAL = re.compile(r"(?<![\w+])\+[1-9](?:[ \u00a0().\-/]{0,3}[0-9]){6,14}(?![0-9])")
_AMERICAN = re.compile(
    r"(?<![\w$€£+])(?<![0-9][.,-])(?:1[ .-])?"
    r"(?:\([2-9][0-9]{2}\)[ \u00a0-]?[2-9][0-9]{2}[ \u00a0.-]|[2-9][0-9]{2}([.-])[2-9][0-9]{2}\1)"
    r"[0-9]{4}(?!\w|[.,-][0-9])"
)
# Other national forms look like any number: they count only where a telephone is spoken of, and not in a
# row of years or of longer numbers.
_SPOKEN_OF = re.compile(
    r"(?i:\b(?:phone|telephone|tel|mobile|cell|cellphone|call|text|fax|whatsapp|telefon\w*|mobil|handy|"
    r"portable|tel[eé]fono|m[oó]vil|cellulare|t[eé]l[eé]phone))\b[^0-9+$€£]{0,25}"
    r"(?!(?:(?:19|20)[0-9]{2}\W{1,2}){2})"
    r"(?P<number>\(?[0-9](?:[ \u00a0().\-/]{0,2}[0-9]){8,11})(?!\w|[.,-][0-9]| [0-9]{3})"
)
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "AT", "CH", "IE", "AU", "IN", "BR")
_NOBODYS = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
    }
)


def phone_numbers(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every number that can be dialled and may belong to a person: no service lines."""
    for match in _INTERNATIONAL.finditer(text):
        if _somebodys(match[0], (None,)):
            yield match.span()
    for match in _AMERICAN.finditer(text):
        if _somebodys(match[0], ("US",)):
            yield match.span()
    for match in _SPOKEN_OF.finditer(text):
        if _somebodys(match["number"], _REGIONS):
            yield match.span("number")


def _somebodys(written: str, regions: tuple[str | None, ...]) -> bool:
    """Whether it is valid in one of the regions; the first of these says what kind of number it is."""
    for region in regions:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.number_type(number) not in _NOBODYS
    return False

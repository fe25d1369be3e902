"""Personal data in a text: what can be told by form and checksum alone, without a model or the network.

Names and postal addresses cannot. Presidio's recognisers know the same forms, but loading them takes ten
seconds and half a gigabyte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv6Address

from pipelines.integrations.phone_numbers import phone_numbers
from pipelines.integrations.secrets_in_text import secrets_in
from pipelines.integrations.spans import Span, masked

Found = Iterator[tuple[int, int]]
"""(start, end) of each."""

SUSPICIOUS = (
    r"@|[0-9]([^0-9A-Za-z]{0,3}[0-9]){6}|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"
    r"|[0-9A-Fa-f]:[0-9A-Fa-f]{0,4}:|::[0-9A-Fa-f]"
)
"""RE2 and Python: what every text with personal data matches, and few others."""
_SUSPICIOUS = re.compile(SUSPICIOUS)

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
# The address of a code host and "logo@2x.png" are nobody's.
_EMAIL = re.compile(
    rf"(?<!{_LOCAL})(?!git@){_LOCAL}+@(?![0-9]x\.)(?:[\w-]{{1,63}}\.)+(?:xn--[\w-]{{2,59}}|[^\W\d_]{{2,63}})"
)
# What stands before the password of a URL: "postgres://user:".
_CREDENTIALS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s/@?#]{0,64}:\Z")
_LONGEST_USER = 90
# Lengths and first digits of the issuers (ISO/IEC 7812), in groups as they are printed or in one piece.
_CARD = re.compile(
    r"(?<![\w$€£])(?<![0-9][.,-])(?:"
    r"(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|5[0-9]{2}|4[4-9][0-9]|2[0-9]{2})|35[2-8][0-9])"
    r"([ .\u00a0-]?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}"
    r"|3[47][0-9]{2}([ \u00a0-]?)[0-9]{6}\2[0-9]{5}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]([ \u00a0-]?)[0-9]{6}\3[0-9]{4}"
    r")(?![\w]|[.,-][0-9])"
)
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{2}[0-9]{2}[ \u00a0-]?[A-Za-z0-9])")
_IBAN_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_COUNTRIES = {country: length for length, names in _IBAN_LENGTHS.items() for country in names.split()}
_SSN = re.compile(
    r"(?<![\w-])(?!000|666)[0-9]{3}[-\u2010\u2011\u2013](?!00)[0-9]{2}[-\u2010\u2011\u2013](?!0000)[0-9]{4}(?![\w-])"
)
_NAMED_SSN = re.compile(
    r"(?i:\b(?:ssn|itin|social security|taxpayer (?:id|identification)))(?![a-z])[^0-9]{0,25}"
    r"(?P<number>(?!000|666)[0-9]{3}[ .-]?(?!00)[0-9]{2}[ .-]?(?!0000)[0-9]{4})(?![0-9])"
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_IPV4 = re.compile(rf"(?<![\w.-]){_OCTET}(?:\.{_OCTET}){{3}}(?![\w-]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_NOBODYS = ("127.", "255.")
_HOST = re.compile(r"(?i)\b(?:ip|ipv4|address|host|server|from|client|login|logged)\b")
_CLAUSE = re.compile(r"(?i)(?:\b(?:irm|section|sec|part|chapter|rule|release|version|ver|v)\.? {0,2}|§ ?)$")


def personal_data_in(text: str) -> Iterator[Span]:
    """Everything personal, a kind at a time, the most specific kinds first."""
    if _SUSPICIOUS.search(text):
        for said, find in KINDS.values():
            for start, end in find(text):
                yield Span(start, end, said)


def redact(text: str) -> str:
    """The text with personal data and secrets masked by their kind: "write to [e-mail address]"."""
    return masked(text, (*secrets_in(text), *personal_data_in(text)))


def _emails(text: str) -> Found:
    """Addresses; the user, password and host of a URL look alike and are none."""
    for match in _EMAIL.finditer(text):
        if not _CREDENTIALS.search(text, max(0, match.start() - _LONGEST_USER), match.start()):
            yield match.span()


def _cards(text: str) -> Found:
    return (match.span() for match in _CARD.finditer(text) if _luhn(re.sub("[^0-9]", "", match[0])))


def _luhn(digits: str) -> bool:
    """The checksum of ISO/IEC 7812: every second digit from the right counts twice."""
    doubled = "".join(str(2 * int(digit)) for digit in digits[-2::-2])
    return sum(map(int, doubled + digits[-1::-2])) % 10 == 0


def _ibans(text: str) -> Found:
    for head in _IBAN_HEAD.finditer(text):
        length = _COUNTRIES.get(text[head.start() : head.start() + 2].upper(), 0)
        number, end = "", head.start()
        while end < len(text) and len(number) < length:
            if text[end].isascii() and text[end].isalnum():
                number += text[end].upper()
            elif text[end] not in " \u00a0-":
                break
            end += 1
        whole = length > 0 and len(number) == length and not text[end : end + 1].isalnum()
        # ISO 7064: the first four characters go to the end, letters count from 10.
        if whole and int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
            yield head.start(), end


def _ip_addresses(text: str) -> Found:
    """IPv4 and IPv6, but no machine's name for itself. Numbers of clauses look alike: "IRM 4.19.15.3" is
    none, and four small numbers are an address only where one is spoken of.
    """
    for match in _IPV4.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        large = max(map(int, match[0].split("."))) >= 100
        nobodys = match[0].startswith(_NOBODYS) or _CLAUSE.search(before)
        if not nobodys and (large or _HOST.search(before)):
            yield match.span()
    for match in _IPV6.finditer(text):
        digits = match[0].replace(":", "")
        if len(digits) >= 5 and not digits.isalpha() and _is_ipv6(match[0]):
            yield match.span()


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _ssns(text: str) -> Found:
    """US social security numbers, and the taxpayer numbers of the same form."""
    yield from (match.span() for match in _SSN.finditer(text))
    yield from (match.span("number") for match in _NAMED_SSN.finditer(text))


KINDS: Mapping[str, tuple[str, Callable[[str], Found]]] = {
    "email": ("e-mail address", _emails),
    "iban": ("bank account number", _ibans),
    "credit_card": ("credit card number", _cards),
    "us_ssn": ("social security number", _ssns),
    "ip_address": ("internet address", _ip_addresses),
    "phone": ("phone number", phone_numbers),
}
"""Kind, as contracts name it -> (in words, how to find it); the most specific first."""

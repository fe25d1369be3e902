"""Secrets: keys, tokens and passwords in a text, by the forms that their makers gave them.

The forms of single services are those of detect-secrets, against which they are tested: loading it takes a
second, and some of its patterns take quadratic time on hostile text. Randomness alone makes no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.integrations.spans import Span

SUSPICIOUS = (
    r"[A-Za-z0-9_/+=.:-]{20}|PRIVATE KEY|sq0csp|(?i:xox)|://[^\s/]*@"
    r"|(?i:key|token|secret|passw(or)?d|passphrase|pwd)[\"']?\s{0,3}(:|=)|(?i:password is |PuTTY-User)"
)
"""RE2 and Python: what every text with a secret matches, and few others."""

_FORMS = {
    "Amazon key": (
        r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}"
        r"|(?i:aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?['\"][0-9a-z/+]{40}['\"])"
    ),
    "Azure storage key": r"AccountKey=[A-Za-z0-9+/=]{88}",
    "Discord token": r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27}",
    "GitHub token": r"gh[oprsu]_[A-Za-z0-9_]{36}|github_pat_\w{60,}",
    "GitLab token": r"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-[\w-]{20,}|GR1348941[\w-]{20,}",
    "Mailchimp key": r"[0-9a-z]{32}-us[0-9]{1,2}",
    "PyPI token": r"pypi-Ag[A-Za-z0-9_-]{70,}",
    "SendGrid key": r"SG\.[\w-]{22}\.[\w-]{43}",
    "Slack token": (
        r"(?i:x(?:ox[abporse]|app)-(?:[0-9]+-)+[a-z0-9]+|hooks\.slack\.com/services/T\w+/B\w+/\w+)"
    ),
    "Square key": r"sq0csp-[0-9A-Za-z\\_-]{43}",
    "Stripe key": r"[rs]k_live_[0-9A-Za-z]{24}",
    "Telegram token": r"[0-9]{8,10}:[0-9A-Za-z_-]{35}",
    "Twilio key": r"(?:AC|SK)[a-z0-9]{32}",
    "private key": r"(?:(?:-----)?BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY|PuTTY-User-Key-File-[23])(?s:.*)",
    "Google key": r"AIza[\w-]{35}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "npm token": r"\bnpm_[A-Za-z0-9]{36}",
    "model provider key": r"(?<![\w-])sk-(?=[\w-]{0,200}[0-9])[\w-]{32,}",
    "access token": (
        r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w+/=-]*)?"
        r"|(?i:\bbearer )\s{0,3}(?=[\w.~+/=-]{0,200}[0-9])[\w.~+/=-]{20,}"
    ),
    "password in a link": r"(?<=://)[^\s:/@]{1,200}:[^\s/@]{1,200}@",
    "password or key": (
        r"(?:(?i:passwo?r?d|passphrase|pwd|(?:api|access|secret|private|client|account|auth)[ _-]?"
        r"(?:key|token|secret))[\"']?\s{0,3}(?::=|=>|:|=)"
        r"|(?i:password is )(?![0-9]{1,9}-))\s{0,3}[\"']?"
        r"(?P<secret>(?=[^\s\"']{0,200}[0-9])(?=[^\s\"']{0,200}[A-Za-z])[^\s\"']{8,})"
    ),
}
_PATTERNS = [(kind, re.compile(pattern)) for kind, pattern in _FORMS.items()]
_SUSPICIOUS = re.compile(SUSPICIOUS)
_REST = re.compile(r"[\w+/=.~-]*")


def secrets_in(text: str) -> Iterator[Span]:
    """Every secret, to the end of the word that it begins, and a private key to the end of the text."""
    if not _SUSPICIOUS.search(text):
        return
    for kind, regex in _PATTERNS:
        end = 0
        for match in regex.finditer(text):
            start, stop = match.span("secret" if "secret" in regex.groupindex else 0)
            # A match within the last word would read that word again: a long one would take for ever.
            if start >= end:
                rest = _REST.match(text, stop)
                end = rest.end() if rest else stop
                yield Span(start, end, kind)

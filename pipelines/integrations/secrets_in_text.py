"""Secrets: keys, tokens and passwords in a text, by the forms that their makers gave them.

Most patterns are those of detect-secrets. Its scanner is not used, for it looks tokens up on the network, nor
are its guesses from randomness; patterns that take quadratic time on hostile text are written anew here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from pipelines.integrations.spans import Span

SUSPICIOUS = (
    r"[A-Za-z0-9_/+=.:-]{20}|PRIVATE KEY|://[^\s/]*@"
    r"|(?i:key|token|secret|passw(or)?d|passphrase|pwd)[\"']?\s{0,3}(:|=)"
)
"""RE2 and Python: what every text with a secret matches, and few others."""

_DETECTORS: dict[str, RegexBasedDetector] = {
    "Amazon key": AWSKeyDetector(),
    "Azure storage key": AzureStorageKeyDetector(),
    "Discord token": DiscordBotTokenDetector(),
    "GitHub token": GitHubTokenDetector(),
    "GitLab token": GitLabTokenDetector(),
    "Mailchimp key": MailchimpDetector(),
    "PyPI token": PypiTokenDetector(),
    "SendGrid key": SendGridDetector(),
    "Slack token": SlackDetector(),
    "Square key": SquareOAuthDetector(),
    "Stripe key": StripeDetector(),
    "Telegram token": TelegramBotTokenDetector(),
    "Twilio key": TwilioKeyDetector(),
}
_OWN = {
    "private key": r"(?:-----)?BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?s:.*)",
    "GitHub token": r"github_pat_\w{60,}",
    "Google key": r"AIza[\w-]{35}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "npm token": r"\bnpm_[A-Za-z0-9]{36}",
    "model provider key": r"(?<![\w-])sk-[\w-]{32,}",
    "access token": r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w+/=-]*)?|(?i:\bbearer )\s{0,3}[\w.~+/=-]{20,}",
    "password in a link": r"(?<=://)[^\s:/@]{1,200}:[^\s/@]{1,200}@",
    "password or key": (
        r"(?i:passwo?r?d|passphrase|pwd|(?:api|access|secret|private|client|account|auth)[ _-]?"
        r"(?:key|token|secret))[\"']?\s{0,3}(?::=|=>|:|=)\s{0,3}[\"']?"
        r"(?P<secret>(?=[^\s\"']{0,200}[0-9])(?=[^\s\"']{0,200}[A-Za-z])[^\s\"']{8,})"
    ),
}
_PATTERNS = [(kind, regex) for kind, detector in _DETECTORS.items() for regex in detector.denylist] + [
    (kind, re.compile(pattern)) for kind, pattern in _OWN.items()
]
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

"""Personal data and secrets are recognised by form and checksum, and everything else is left alone."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from detect_secrets.plugins import (
    aws,
    azure_storage_key,
    discord,
    github_token,
    gitlab_token,
    mailchimp,
    pypi_token,
    sendgrid,
    slack,
    square_oauth,
    stripe,
    telegram_token,
    twilio,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.integrations import secrets_in_text
from pipelines.integrations.personal_data import KINDS, SUSPICIOUS, redact
from pipelines.integrations.secrets_in_text import secrets_in
from pipelines.integrations.spans import Span, apart, masked
from pipelines.sample.facts import facts
from pipelines.sample.tax_desk import golden_rows, upload_rows

PERSONAL = {
    "email": (
        "jane.doe@example.com",
        "jane+tax@mail.example.co.uk",
        "o'neill@example.museum",
        "jürgen@bücher.example",
        "a@xn--80ak6aa92e.xn--p1ai",
        "x" * 100 + "@example.com",
    ),
    "credit_card": (
        "4111111111111111",
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "4242.4242.4242.4242",
        "378282246310005",
        "3782 822463 10005",
        "6011000990139424",
        "30569309025904",
        "3530111333300000",
        "2223003122003222",
    ),
    "iban": (
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "gb82west12345698765432",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "MT84MALT011000012345MTLCAST001S",
    ),
    "us_ssn": ("123-45-6789", "527-83-4619", "912-70-1234", "123\u201345\u20136789"),
    "phone": (
        "(415) 555-0132",
        "415-555-0132",
        "415.555.0132",
        "1-415-555-0132",
        "+1 415 555 0132",
        "+49 (30) 901820",
        "+44 20 7946 0958",
    ),
    "ip_address": ("192.168.1.12", "203.0.113.7", "2001:db8::1", "fe80::1ff:fe23:4567:890a"),
}
IN_CONTEXT = (
    ("us_ssn", "My SSN is 123456789", "123456789"),
    ("us_ssn", "SSN123456789", "123456789"),
    ("us_ssn", "ssn 123.45.6789", "123.45.6789"),
    ("us_ssn", "social security number: 123 45 6789.", "123 45 6789"),
    ("phone", "Tel. 030 901820", "030 901820"),
    ("phone", "my mobile is 07911 123456", "07911 123456"),
    ("phone", "call me: 4155550132", "4155550132"),
    ("ip_address", "The server at 10.0.0.1 said no", "10.0.0.1"),
    ("email", "mailto:jane@example.com?subject=tax", "jane@example.com"),
    ("iban", "Pay to DE89 3704 0044 0532 0130 00 by Friday", "DE89 3704 0044 0532 0130 00"),
)
HARMLESS = (
    "The standard deduction is $10,400, or $1,234,567.89 for 2024, 2025, 2026 and 2019-2020.",
    "File Form 1040-ES, 1099-MISC, W-2 and Schedule K-1 (Form 1065) by 2025-04-15 or 04/15/2025.",
    "See IRM 4.19.15.3, section 26.1.5.678, version 1.2.3.400 and § 192.168.1.1.",
    "Row 20240115123456 of TX-123456-7890 has the id 123456789012.",
    "Call the service at 800-829-1040, +1 800 829 1040 or 1-888-555-0132.",
    "The order 4111111111111112 failed its checksum, and so did DE88370400440532013000.",
    "Open http://127.0.0.1:8000 with the mask 255.255.255.0.",
    "It took 12:30:45, then std::sort and ::1, and 7f000001-0000-4000-8000-0000deadbeef.",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Between 250 300 4000 and 600 10 2000 people, 123-456-789 of them in 000-12-3456.",
    "Tweet @irsnews at 10 @ $5.00 each; meet @ 5.",
    "Coordinates 40.712776, -74.005974; pi is 3.14159265358979.",
    "The phone costs $1,299.00 and the call lasted 120 minutes in 2024.",
    "Timestamps such as 1732184649 and 1732184649123, and EUR 12 345 678,90.",
    "Clone git@github.com:tax/forms.git and open logo@2x.png.",
    "Cell 2024 10400 13850 27700, and call rates of 2023 2024 2025.",
    "26 U.S.C. § 7701(a)(14), 26 CFR 1.199A-1(b)(14), Treas. Reg. § 1.61-2(d)(2)(ii), § 170(b)(1)(A).",
    "Rev. Proc. 2023-34, Notice 2024-80, 2024-47 I.R.B. 1, T.D. 9930, TC 846, Form 8949 line 1a, 401(k).",
    "ISBN 978-3-16-148410-0, doi 10.1000/182, parcel 9400 1000 0000 0000 0000 00, 2024-01-01T12:00:00Z.",
    "IRS EIN 12-3456789, ZIP 94105-1234, pages 796-270, 924-283.",
)
SECRETS = (
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "xoxb-123456789012-123456789012-abcdefghijkl",
    "sk_live_" + "a1B2" * 6,
    "sk-proj-" + "a1B2" * 10,
    "AIza" + "a1B2c" * 7,
    "hf_" + "abCD" * 9,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpM",
    "xapp-1-A0123456789-1234567890123-" + "a1b2" * 16,
    "-----BEGIN SSH2 ENCRYPTED PRIVATE KEY-----\nMIIE",
    "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
)


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, values in PERSONAL.items() for v in values])
def test_personal_data_is_recognised_anywhere_in_a_text(kind: str, value: str) -> None:
    masked = f"[{KINDS[kind][0]}]"
    for form in ("{}", "It is {}.", "<{}>", "a\n{}\nb", "first {}, then", '"{}"'):
        assert redact(form.format(value)) == form.format(masked)


@pytest.mark.parametrize(("kind", "text", "value"), IN_CONTEXT)
def test_what_looks_like_any_number_is_recognised_by_what_is_said_about_it(
    kind: str, text: str, value: str
) -> None:
    assert redact(text) == text.replace(value, f"[{KINDS[kind][0]}]")
    bare = value if kind in ("email", "iban") else None
    assert bare or redact(value) == value


@pytest.mark.parametrize("text", HARMLESS)
def test_amounts_dates_forms_and_ids_are_no_personal_data(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "url", ["https://user:pw@host.example.com/a", "postgres://a.b:p.w@db.example.com:5432"]
)
def test_the_credentials_of_a_url_are_no_address(url: str) -> None:
    assert list(KINDS["email"][1](f"see {url}")) == []
    assert len(list(KINDS["email"][1](f"{url} or jane@example.com, http://a.b:\njoe@example.com"))) == 2


def test_the_sample_texts_hold_nothing_personal() -> None:
    known = facts(2025)
    texts = [text for row in (*upload_rows(known), *golden_rows(known)) for text in row.model_dump().values()]
    assert [text for text in texts if redact(text) != text] == []


DETECTORS = (
    aws.AWSKeyDetector(),
    azure_storage_key.AzureStorageKeyDetector(),
    discord.DiscordBotTokenDetector(),
    github_token.GitHubTokenDetector(),
    gitlab_token.GitLabTokenDetector(),
    mailchimp.MailchimpDetector(),
    pypi_token.PypiTokenDetector(),
    sendgrid.SendGridDetector(),
    slack.SlackDetector(),
    square_oauth.SquareOAuthDetector(),
    stripe.StripeDetector(),
    telegram_token.TelegramBotTokenDetector(),
    twilio.TwilioKeyDetector(),
)
FORMS = [form for detector in DETECTORS for form in detector.denylist]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.pattern[:24])
def test_what_the_library_of_secrets_knows_is_recognised(form: re.Pattern[str]) -> None:
    @settings(max_examples=15, deadline=None, derandomize=True, database=None)
    @given(st.from_regex(form, fullmatch=True, alphabet=st.characters(max_codepoint=126)))
    def recognised(secret: str) -> None:
        assert list(secrets_in(f"Use {secret} "))
        seen = pc.match_substring_regex(pa.array([secret]), secrets_in_text.SUSPICIOUS)
        assert seen.to_pylist() == [True]

    recognised()


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_to_its_end(secret: str) -> None:
    said = redact(f"Use {secret}")
    assert said.startswith("Use [")
    assert said.endswith("]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://joe:hunter2@db.example.com/x", "https://[password in a link]"),
        ("My password is hunter22x, thanks", "My password is [password or key] thanks"),
        ("DB_PASSWORD=hunter22x", "DB_PASSWORD=[password or key]"),
        ('"api_key": "abcd1234efgh5678"', '"api_key": "[password or key]"'),
        ("Authorization: Bearer abcdefghij1234567890xyz", "Authorization: [access token]"),
    ],
)
def test_a_password_is_masked_and_its_name_is_not(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Your password must have at least 12 characters; password: yourpassword.",
        "The password is 12-characters long; the password is case-sensitive.",
        "The bearer debentures/obligations are taxed.",
        "The task sk-learn-based-very-long-hyphenated-words-in-a-row",
        "The token: see section 5. The key = value pairs.",
        "https://www.irs.gov/forms-pubs/about-form-1040-es?year=2025&lang=en",
        "task-force, risk-averse-and-very-long-hyphenated-words-in-a-row",
    ],
)
def test_talk_of_passwords_is_no_secret(text: str) -> None:
    assert redact(text) == text


def test_overlapping_finds_leave_nothing_uncovered() -> None:
    assert masked("abcdef", (Span(2, 5, "second"), Span(0, 3, "first"))) == "[first]f"
    assert masked("abcdef", (Span(0, 6, "whole"), Span(1, 2, "part"))) == "[whole]"


def test_of_overlapping_finds_the_first_stands() -> None:
    spans = Span(2, 5, "first"), Span(0, 3, "second"), Span(5, 6, "third")
    assert [span.kind for span in apart(spans)] == ["first", "third"]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "@",
            "a@",
            "a@b.",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJ",
            "eyJaaaaaa.",
            "sk-",
            "BEGIN ",
            "://a:",
            "1.",
            "1:",
            "password is ",
            "PuTTY-User-Key-File-2",
        ),
        *("DE89 ", "+1 ", "call 1", "ssn 1", "password=", "4111", "(415) ", "ghp_", "xoxb-1-", "bearer "),
    ],
)
def test_a_hostile_text_takes_no_longer_than_it_is_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 4


def test_every_kind_passes_the_quick_look() -> None:
    texts = [value for values in PERSONAL.values() for value in values] + [text for _, text, _ in IN_CONTEXT]
    assert all(pc.match_substring_regex(pa.array(texts), SUSPICIOUS).to_pylist())


def test_recognition_needs_neither_network_nor_a_language_model() -> None:
    code = (
        "import sys, socket\n"
        "def refuse(*_): raise OSError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from pipelines.integrations.personal_data import redact\n"
        "print(redact('jane@example.com +1 415 555 0132 AKIAIOSFODNN7EXAMPLE'))\n"
        "print(sorted(set(sys.modules) & {'spacy', 'presidio_analyzer', 'requests'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[e-mail address] [phone number] [Amazon key]\n[]\n"

"""Values that may not be in a training text: personal data, secrets, foreign answers, golden questions."""

from __future__ import annotations

import string
from random import Random

NUMBERS = ("1,200", "$1200", "1 200", "1200 USD")
"""What people write in a column of numbers, and what can be written instead without a guess."""

FOREIGN = (
    (
        "Die Kosten der Werkstatt dürfen in voller Höhe abgezogen werden.",
        "Der Antrag muss vor dem Ende des Jahres beim zuständigen Amt eingehen.",
        "Beide Ehegatten unterschreiben das Formular, sonst gilt es als nicht gestellt.",
        "Wer im Ausland wohnt, legt eine Bescheinigung seines Arbeitgebers bei.",
        "Eine Verlängerung der Frist ist nur aus wichtigem Grund möglich.",
        "Die Belege sind zehn Jahre lang aufzubewahren.",
    ),
    (
        "Les frais de garde des enfants sont déductibles dans la limite prévue.",
        "La demande doit être envoyée avant la fin de l'année au bureau compétent.",
        "Chaque conjoint signe le formulaire et garde une copie pour ses dossiers.",
        "Une personne qui vit à l'étranger joint une attestation de son employeur.",
        "Le délai peut être prolongé lorsque les documents ont été perdus.",
        "Il faut conserver tous les reçus pendant au moins six ans.",
    ),
    (
        "Los gastos del taller se pueden deducir por completo durante el primer año.",
        "La solicitud debe llegar a la oficina antes de que termine el plazo.",
        "Los dos cónyuges firman el formulario y guardan una copia.",
        "Quien vive en el extranjero presenta un certificado de su empresa.",
        "El plazo solo se amplía cuando existe una razón importante.",
        "Hay que conservar todos los recibos durante cinco años.",
    ),
)
_GOLDEN_WORDS = (
    "amber orchard ledger violin harbour copper meadow lantern glacier saddle compass walnut ribbon anchor "
    "thistle marble pigeon chimney velvet canyon barrel feather quarry needle maple spindle turret clover "
    "bishop kettle ember falcon granite hollow ivory jasmine kernel lattice magnet nutmeg opal parcel"
)


def golden_text(number: int, before: str = "") -> str:
    """A golden question of 20 words; with `before`, 15 of its words in another text."""
    words = Random(f"golden {number}").sample(_GOLDEN_WORDS.split(), 20)
    if before:
        return f"{before} Consider {' '.join(words[2:17])} as well."
    return f"{' '.join(words).capitalize()}?"


def personal(chance: Random) -> str:
    """An invented e-mail address, phone number, account, card, social security number or host."""
    digits = _digits(chance, 4)
    return chance.choice(
        (
            f"{chance.choice(('anna', 'b.lee', 'c_ortiz'))}{digits}@mail.example.com",
            f"(212) 736-{digits}",
            f"+49 30 9018{digits}",
            _iban("DE", _digits(chance, 18)),
            _card(chance),
            f"{chance.randint(100, 599)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}",
            f"203.0.{chance.randint(100, 255)}.{chance.randint(1, 254)}",
        )
    )


def secret(chance: Random) -> str:
    """A key or password that nobody has."""
    letters = string.ascii_letters + string.digits
    return chance.choice(
        (
            "AKIA" + "".join(chance.choices(string.ascii_uppercase + string.digits[2:8], k=16)),
            "ghp_" + "".join(chance.choices(letters, k=36)),
            "xoxb-" + _digits(chance, 12) + "-" + "".join(chance.choices(letters, k=24)),
            "password=" + "".join(chance.choices(string.ascii_letters, k=9)) + _digits(chance, 3),
            "sk_live_" + "".join(chance.choices(letters, k=24)),
            "hf_" + "".join(chance.choices(string.ascii_letters, k=34)),
            "postgres://clerk:" + "".join(chance.choices(letters, k=12)) + "@db/tax",
        )
    )


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choices("123456789", k=count))


def _card(chance: Random) -> str:
    """Sixteen digits with a right checksum (ISO/IEC 7812)."""
    start = "4" + _digits(chance, 14)
    weighted = (int(digit) * (2 - place % 2) for place, digit in enumerate(start))
    total = sum(value - 9 if value > 9 else value for value in weighted)
    return start + str(-total % 10)


def _iban(country: str, account: str) -> str:
    """An account number with its two check digits (ISO 13616)."""
    number = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    return f"{country}{98 - number % 97:02}{account}"

"""A text in a language that is not allowed is flagged when that is sure."""

from __future__ import annotations

from pathlib import Path

import pytest
from spools import ALONE, contract_of, rule_of, spool

from pipelines.core.errors import DeclarationError
from pipelines.integrations.text_checks.language import check
from pipelines.sample.facts import facts
from pipelines.sample.tax_desk import golden_rows, upload_rows

FOREIGN = {
    "German": "Wie hoch ist der Freibetrag für verheiratete Steuerpflichtige in diesem Jahr?",
    "Spanish": "¿Cuál es la deducción estándar para los contribuyentes casados este año?",
    "French": "Quel est le montant de la déduction forfaitaire pour les couples mariés ?",
    "Italian": "Qual è l'importo della detrazione standard per i coniugi quest'anno?",
    "Dutch": "Hoe hoog is de standaardaftrek voor gehuwde belastingplichtigen dit jaar?",
    "Polish": "Jaka jest w tym roku standardowa kwota odliczenia dla małżonków?",
    "Portuguese": "Qual é o valor da dedução padrão para os contribuintes casados este ano?",
    "Russian": "Какова стандартная сумма вычета для супругов в этом году?",
    "Turkish": "Bu yıl evli mükellefler için standart indirim tutarı ne kadar?",  # noqa: RUF001
    "Arabic": "ما هو مبلغ الخصم القياسي للأزواج هذا العام؟",
    "Japanese": "今年の夫婦の標準控除額はいくらですか。",
    "Chinese": "今年夫妻的标准扣除额是多少？",  # noqa: RUF001
}
UNSURE = (
    "Ja.",
    "$10,400",
    "Form 1040-ES",
    "401(k), IRA, HSA, FSA",
    "https://www.irs.gov/forms-pubs/about-form-1040-es",
    "Angela Merkel, Giuseppe Verdi, José Ortega",
    "SELECT topic, amount FROM rules WHERE year = 2025",
    "The German word for tax is Steuer, and the French one is impôt.",
)


@pytest.mark.parametrize("language", FOREIGN)
def test_a_foreign_question_is_flagged_with_its_language(tmp_path: Path, language: str) -> None:
    table = spool(tmp_path, {"prompt": "How much is it?"}, {"prompt": FOREIGN[language]})
    found = check(table, rule_of("language", "prompt", values=("en",)), contract_of(), ALONE)
    assert found.notes == {1: f"it reads as {language}"}


def test_a_long_question_does_not_hide_a_foreign_answer(tmp_path: Path) -> None:
    question = "How much is the standard deduction for a couple that files jointly this year? " * 8
    table = spool(tmp_path, {"prompt": question, "completion": FOREIGN["German"]}, {"prompt": question})
    found = check(table, rule_of("language", values=("en",)), contract_of(), ALONE)
    assert found.notes == {0: "it reads as German"}


def test_no_sample_question_reads_as_foreign(tmp_path: Path) -> None:
    known = facts(2025)
    rows = [
        {"prompt": r.question, "completion": r.answer} for r in (*upload_rows(known), *golden_rows(known))
    ]
    for column in ("prompt", "completion", None):
        rule = rule_of("language", column, values=("en",))
        assert list(check(spool(tmp_path, *rows), rule, contract_of(), ALONE).rows) == []


def test_short_texts_and_names_are_not_judged(tmp_path: Path) -> None:
    table = spool(tmp_path, *({"prompt": text} for text in UNSURE), {"prompt": None})
    rule = rule_of("language", "prompt", values=("en",))
    assert list(check(table, rule, contract_of(), ALONE).rows) == []


def test_several_languages_may_be_allowed(tmp_path: Path) -> None:
    table = spool(tmp_path, *({"prompt": text} for text in FOREIGN.values()))
    rule = rule_of("language", "prompt", values=("de", "fr", "fi"))
    found = check(table, rule, contract_of(), ALONE)
    assert len(found.rows) == len(FOREIGN) - 2


@pytest.mark.parametrize("values", [(), ("tlh",)])
def test_a_language_that_cannot_be_recognised_is_refused(tmp_path: Path, values: tuple[str, ...]) -> None:
    with pytest.raises(DeclarationError, match="languages that can be recognised"):
        check(spool(tmp_path), rule_of("language", values=values), contract_of(), ALONE)

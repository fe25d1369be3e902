"""Rows of questions and answers without a fault, all different, written by chance from a seed."""

from __future__ import annotations

from random import Random

COLUMNS = ("id", "question", "context", "answer", "topic", "state", "origin", "year", "amount")
TOPICS = ("income", "deductions", "credits", "filing", "penalties", "retirement", "property", "business")
Row = dict[str, str]


def _listed(names: str) -> list[str]:
    return names.split(",")


_SUBJECTS = _listed(
    "a self-employed carpenter,a retired teacher,the surviving spouse,an owner of two small shops,"
    "a student with a summer job,the head of a household,a couple that moved abroad,a nurse on night duty,"
    "the heir of a farm,a freelance translator,a landlord,the treasurer of a club,a part-time driver,"
    "a family with three children,an apprentice,the guardian of a minor,a seasonal worker,a young inventor"
)
_VERBS = _listed(
    "deduct,report,postpone,carry forward,document,divide,estimate,repay,combine,disclose,claim,exclude,"
    "transfer,reduce,correct,withdraw,spread,defer"
)
_THINGS = _listed(
    "the rent of a workshop,travel between two offices,interest on a student loan,the loss from a sale,"
    "gifts to a charity,a bonus that was paid late,the cost of childcare,insurance for a rented flat,"
    "income from an old patent,dividends of a foreign company,tools bought for work,a pension paid early,"
    "fees for a training course,the value of a company car,repairs after a flood,alimony from a divorce,"
    "wages of household staff,profits of a partnership,medical bills of a parent,a refund of last year"
)
_TIMES = _listed(
    "before the year ends,after a change of address,during parental leave,when the records were lost,"
    "while an audit is open,once the business closes,if a partner objects,as soon as the notice arrives,"
    "without the help of an adviser,in the first year of marriage,although nothing was sold,"
    "unless the office extends the deadline,whenever receipts are missing,until the loan is repaid"
)
_RULES = _listed(
    "the form must name every source,a written estimate is enough,the office accepts a copy,"
    "both people have to sign,the larger share counts,half of it stays free of tax,"
    "the amount is added to other income,a separate sheet lists the details,nothing else is required,"
    "the limit is shared between both,an earlier choice remains binding,the receipt is kept for later,"
    "only the net result matters,the employer confirms it once,a late request is still considered"
)
_LINKS = (
    "Therefore",
    "In most cases",
    "As a rule",
    "By contrast",
    "In practice",
    "For this reason",
    "Even so",
)


def row_of(number: int, chance: Random) -> Row:
    """Row `number`. Some cells hold commas, quotes and line ends, and some contexts are missing."""
    context = "" if chance.random() < 0.3 else f"{_sentence(chance)} {_sentence(chance)}"
    if chance.random() < 0.03:
        context = f'{_sentence(chance)}\nA note says "{chance.choice(_RULES)}".'
    return {
        "id": f"Q-{number:06}",
        "question": question(chance),
        "context": context,
        "answer": answer(chance),
        "topic": chance.choice(TOPICS),
        "state": chance.choice(("final", "reviewed")),
        "origin": chance.choice(("human", "synthetic")),
        "year": str(chance.randint(1990, 2030)),
        "amount": f"{chance.randint(0, 100_000) / 100:g}",
    }


def question(chance: Random) -> str:
    who, other, what, when = (chance.choice(some) for some in (_SUBJECTS, _SUBJECTS, _THINGS, _TIMES))
    return f"May {who} {chance.choice(_VERBS)} {what} together with {other} {when}?"


def answer(chance: Random) -> str:
    return " ".join(_sentence(chance) for _ in range(3))


def rule_text(chance: Random) -> str:
    """A short answer."""
    return chance.choice(_RULES)


def _sentence(chance: Random) -> str:
    first, second = chance.sample(_RULES, 2)
    who, what, when = (chance.choice(some) for some in (_SUBJECTS, _THINGS, _TIMES))
    verb = chance.choice(_VERBS)
    return f"{chance.choice(_LINKS)}, {who} may {verb} {what} {when}, {first}, and {second}."

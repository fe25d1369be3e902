"""What the ingest ledger of a source says: which uploads were taken and how each was settled."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.core.ledger import Entry
from pipelines.core.value import Name, Sha256, Value

TAKEN, ACCEPTED, HELD, REJECTED, UNCHANGED = "taken", "accepted", "held", "rejected", "unchanged"


class Taken(Value):
    """An upload was frozen under a contract. `fingerprint` names the listing it was taken from; `confirmed`
    says that a `_CONFIRM` marker lay there which answers the letter on exactly this upload.
    """

    source: Name
    fingerprint: Sha256
    upload: Sha256
    contract: Sha256
    confirmed: bool = False


class Accepted(Value):
    """An upload became the current snapshot; `revision` is its commit in the data registry."""

    source: Name
    upload: Sha256
    contract: Sha256
    report: Sha256
    snapshot: Sha256
    revision: str


class Held(Value):
    """An upload waits for its steward's word; what was current stays current.

    `confirmation` names the `_CONFIRM` marker that lay there when the letter was written: a word that was
    given before the question.
    """

    source: Name
    upload: Sha256
    contract: Sha256
    report: Sha256
    confirmation: str | None = None


class Rejected(Value):
    """An upload was refused; what was current stays current."""

    source: Name
    upload: Sha256
    contract: Sha256
    report: Sha256


class Unchanged(Value):
    """The same files again under the same contract: nothing to do."""

    source: Name
    upload: Sha256


Settled = Accepted | Held | Rejected


class Intake(Value):
    """The state of a source: a fold of its ledger, nothing else.

    `open` says that the upload taken last is not settled yet; `settled` is the outcome of the newest
    settled upload; `current` is the snapshot to train on.
    """

    taken: Taken | None = None
    open: bool = False
    settled: Settled | None = None
    current: Accepted | None = None

    def decided(self, fingerprint: str) -> bool:
        """Whether what lies in the inbox now has its answer already."""
        return self.taken is not None and self.taken.fingerprint == fingerprint and not self.open

    def repeats(self, upload: str, contract: str) -> bool:
        """Whether the same files were the last to be settled, under the same contract.

        Rejected ones are judged again: what they were compared with may have changed.
        """
        last = self.settled
        if last is None or isinstance(last, Rejected):
            return False
        return (last.upload, last.contract) == (upload, contract)

    def confirms(self, upload: str, contract: str, confirmation: str | None) -> bool:
        """Whether a `_CONFIRM` marker answers the letter that holds this upload: it is another one than
        whatever lay there before the letter.
        """
        held = self.settled
        return (
            isinstance(held, Held)
            and self.repeats(upload, contract)
            and confirmation not in (None, held.confirmation)
        )


def intake(entries: Iterable[Entry]) -> Intake:
    """Fold an ingest ledger, oldest entry first."""
    taken: Taken | None = None
    is_open = False
    settled: Settled | None = None
    current: Accepted | None = None
    for entry in entries:
        if entry.kind == TAKEN:
            taken, is_open = Taken.model_validate(entry.body), True
        elif entry.kind == ACCEPTED:
            settled = current = Accepted.model_validate(entry.body)
            is_open = False
        elif entry.kind == HELD:
            settled, is_open = Held.model_validate(entry.body), False
        elif entry.kind == REJECTED:
            settled, is_open = Rejected.model_validate(entry.body), False
        elif entry.kind == UNCHANGED:
            is_open = False
    return Intake(taken=taken, open=is_open, settled=settled, current=current)

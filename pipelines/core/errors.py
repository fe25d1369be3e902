"""One tree of errors. Its two limbs answer the only question a scheduler has: does a retry help?

A message has four parts: the subject, the rule it breaks, what was found, and the remedy.
"""

from __future__ import annotations


class PerennialError(Exception):
    """Something a person must read. `str()` is one line, bounded, and holds no restricted row."""

    def __init__(self, subject: str, rule: str, found: str, remedy: str) -> None:
        super().__init__(subject, rule, found, remedy)
        self.subject, self.rule, self.found, self.remedy = subject, rule, found, remedy

    def __str__(self) -> str:
        found = self.found if len(self.found) <= 400 else self.found[:400] + "..."
        return " ".join(f"{self.subject}: {self.rule}; found {found}. {self.remedy}".split())


class PermanentError(PerennialError):
    """The same input fails the same way again: a retry wastes time."""


class DeclarationError(PermanentError):
    """A contract, model, base model or eval that cannot be honoured as written."""


class DataError(PermanentError):
    """Data that a stage cannot use."""


class UnreadableFile(DataError):
    """A steward's file that cannot be read as what it says it is. `code` names the kind of fault,
    `line` the physical line where it shows, counted from 1.
    """

    def __init__(
        self, code: str, subject: str, rule: str, found: str, remedy: str, line: int | None = None
    ) -> None:
        super().__init__(subject, rule, found, remedy)
        self.code, self.line = code, line


class Refused(PermanentError):
    """An action that a policy or an earlier decision forbids."""


class Tampered(PermanentError):
    """Bytes that differ from their digest, signature or chain."""


class UsageError(PermanentError):
    """A command called in a way that cannot work."""


class TransientError(PerennialError):
    """The world was in the way: the same stage may succeed when it is tried again."""


class Unavailable(TransientError):
    """A system did not answer, or answered with its own failure."""


class Conflict(TransientError):
    """Somebody else wrote first: read again, decide again."""


class ObjectChanged(Conflict):
    """An object is no longer the version that was listed."""

"""An alarm that may be looked at after every single pair."""

from __future__ import annotations

from math import exp, fsum, log, log1p

from pipelines.core.value import Value

_BETS = (0.05, 0.1, 0.2, 0.4, 0.8)  # shares of the wealth put on each pair, side by side


class EProcess(Value):
    """The wealth of a gambler who bets that the candidate is worse, pair by pair, starting from 1.

    If the candidate is not worse, the wealth does not grow on average, and however many pairs there are and
    however often it is looked at, it ever reaches 1 / alpha with probability alpha at most (Ville's
    inequality). A fixed share of the wealth is bet on each pair; several shares run side by side, because the
    size of the loss is not known, and their mean counts.

    Source: Waudby-Smith and Ramdas (2024), "Estimating means of bounded random variables by betting", Journal
    of the Royal Statistical Society B 86, 1-27, section 4.
    """

    log_wealths: tuple[float, ...] = (0.0,) * len(_BETS)
    pairs: int = 0
    log_peak: float = 0.0

    def after(self, difference: float) -> EProcess:
        """The process after one more pair: the candidate's score minus the other's, in -1..1."""
        if not -1 <= difference <= 1:
            raise ValueError("differences of an e-process must lie in -1..1")
        wealths = tuple(w + log1p(-bet * difference) for w, bet in zip(self.log_wealths, _BETS, strict=True))
        wealth = _log_mean(wealths)
        return EProcess(
            log_wealths=wealths,
            pairs=self.pairs + 1,
            log_peak=max(self.log_peak, wealth),
        )

    @property
    def log_evidence(self) -> float:
        """Natural logarithm of the present wealth: the e-value of "the candidate is worse"."""
        return _log_mean(self.log_wealths)

    @property
    def p_value(self) -> float:
        """Anytime-valid p-value of "the candidate is worse": 1 over the highest wealth so far, 0..1."""
        return exp(-self.log_peak)

    def alarms(self, alpha: float) -> bool:
        """Whether the wealth ever reached 1 / alpha. Once raised, an alarm stays."""
        return self.log_peak >= -log(alpha)


def _log_mean(logs: tuple[float, ...]) -> float:
    top = max(logs)
    return top + log(fsum(exp(value - top) for value in logs) / len(logs))

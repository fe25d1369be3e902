"""Which versions are loaded, and which one answers: the routing table and the rules that change it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pipelines.core.errors import PerennialError, Tampered, TransientError
from pipelines.core.promotion import Promotion, Standing
from pipelines.serving.loading import Loaded

RETRY_SECONDS: Final = 30.0
# The champion and the one before it: a rollback is then a change of the table, without loading anything.
_KEPT: Final = 2
_VERSIONED: Final = re.compile(r"(?P<model>.+)-v(?P<version>[1-9][0-9]{0,8})", re.ASCII)
# This machine is in the way, not the version: the same promotion may load later.
_MACHINE_TROUBLE: Final = (TransientError, OSError, MemoryError, ImportError)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lineup:
    """One model's row in the table; replaced as a whole, so a reader never sees half a change.

    `known` says whether the ledger was read at all, `trouble` what keeps the champion from being served.
    """

    known: bool = False
    champion: int | None = None
    serving: Loaded | None = None
    loaded: Mapping[int, Loaded] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    trouble: str | None = None

    @property
    def unready(self) -> str | None:
        """Why this model cannot answer, or None when it can or when it has no champion yet."""
        if self.serving is not None or (self.known and self.champion is None and not self.trouble):
            return None
        if self.champion is None:
            return self.trouble or "its ledger has not been read yet"
        return self.trouble or self.refused.get(self.champion) or f"version {self.champion} is being loaded"


class Fleet:
    """The models of this server. One thread changes it (`follow`, `hold`); any thread may read it."""

    def __init__(
        self,
        models: Iterable[str],
        load: Callable[[Promotion], Loaded],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lineups = {model: Lineup() for model in models}
        self._load = load
        self._clock = clock
        self._retry_at: dict[tuple[str, int], float] = {}

    @property
    def models(self) -> tuple[str, ...]:
        """The declared models, served or not."""
        return tuple(self._lineups)

    def lineup(self, model: str) -> Lineup:
        """The state of a declared model."""
        return self._lineups[model]

    def names(self) -> dict[str, Loaded]:
        """Every name a request may use now, with what answers to it."""
        found: dict[str, Loaded] = {}
        for model, lineup in self._lineups.items():
            if lineup.serving is not None:
                found[model] = lineup.serving
            found.update({loaded.name: loaded for loaded in lineup.loaded.values()})
        return found

    def route(self, name: str) -> Loaded | None:
        """What answers to a name: `<model>` is its champion, `<model>-v<version>` always that version."""
        if name in self._lineups:
            return self._lineups[name].serving
        match = _VERSIONED.fullmatch(name)
        if match is None or match["model"] not in self._lineups:
            return None
        return self._lineups[match["model"]].loaded.get(int(match["version"]))

    def follow(self, model: str, standing: Standing) -> None:
        """Brings a model in line with its ledger.

        Withdrawn versions stop at once and what is loaded takes over; then what is missing is loaded, the
        champion first. A version that fails its proof is refused for good, and the newest one that passes
        serves instead.
        """
        wanted = tuple(reversed(standing.live))
        champion = wanted[0].version if wanted else None
        before = self._lineups[model]
        same = before.known and before.champion == champion
        trouble = before.trouble if same and self._waits(model, champion) else None
        self._lineups[model] = replace(before, known=True, champion=champion, trouble=trouble)
        self._publish(model, wanted)
        kept = 0
        for promotion in wanted:
            lineup = self._lineups[model]
            if promotion.version not in lineup.loaded and promotion.version not in lineup.refused:
                self._try(model, promotion)
                self._publish(model, wanted)
            kept += promotion.version in self._lineups[model].loaded
            if kept == _KEPT:
                return

    def hold(self, model: str, reason: str) -> None:
        """Keeps a model as it is while its ledger cannot be read or believed."""
        if self._lineups[model].trouble != reason:
            _log.error("%s stays as it is: %s", model, reason)
        self._lineups[model] = replace(self._lineups[model], trouble=reason)

    def _waits(self, model: str, version: int | None) -> bool:
        return version is not None and self._clock() < self._retry_at.get((model, version), 0.0)

    def _try(self, model: str, promotion: Promotion) -> None:
        if self._waits(model, promotion.version):
            return
        lineup = self._lineups[model]
        try:
            loaded = self._load(_of_model(promotion, model))
        except _MACHINE_TROUBLE as error:
            self._retry_at[model, promotion.version] = self._clock() + RETRY_SECONDS
            _log.warning(
                "%s could not be loaded, next try in %.0f s: %s", promotion.served_as, RETRY_SECONDS, error
            )
            if promotion.version == lineup.champion:
                self._lineups[model] = replace(lineup, trouble=_said(error))
        except Exception as error:
            # Whatever a bundle provokes while it is loaded, it did not prove itself, so it does not serve.
            # Our own errors say everything; of any other the log needs the traceback.
            known = isinstance(error, PerennialError)
            _log.error("%s is refused: %s", promotion.served_as, _said(error), exc_info=not known)
            self._lineups[model] = replace(
                lineup, refused={**lineup.refused, promotion.version: _said(error)}
            )
        else:
            self._lineups[model] = replace(lineup, loaded={**lineup.loaded, promotion.version: loaded})

    def _publish(self, model: str, wanted: tuple[Promotion, ...]) -> None:
        """Keeps the newest loaded versions that the ledger still wants, and lets the first of them answer."""
        lineup = self._lineups[model]
        ready = [loaded for promotion in wanted if (loaded := _of(lineup, promotion)) is not None][:_KEPT]
        serving = ready[0] if ready else None
        if serving is not lineup.serving:
            _log.info("%s is now answered by %s.", model, serving.name if serving else "nothing")
        kept = {one.version: one for one in ready}
        self._lineups[model] = replace(lineup, serving=serving, loaded=kept)


def _of(lineup: Lineup, promotion: Promotion) -> Loaded | None:
    loaded = lineup.loaded.get(promotion.version)
    return loaded if loaded is not None and loaded.promotion == promotion else None


def _of_model(promotion: Promotion, model: str) -> Promotion:
    """A genuine promotion copied into another model's ledger has a good signature, but no business there."""
    if {promotion.model, promotion.candidate.model} != {model}:
        raise Tampered(
            f"the ledger of {model}",
            "promotes candidates of this model",
            f"version {promotion.version} of {promotion.model}",
            "Restore the ledger from a backup.",
        )
    return promotion


def _said(error: BaseException) -> str:
    """The reason in one line: our errors speak for themselves, others need their type."""
    text = " ".join(str(error).split())[:400]
    return text if isinstance(error, PerennialError) else f"{type(error).__name__}: {text}"

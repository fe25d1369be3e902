"""What a piece of work in this process took: seconds and the most memory it held."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

MIB = 2**20
PROCESS = Path("/proc/self")


@dataclass
class Effort:
    """Wall time, and peak memory of the GPU where the work ran on one, else of this process."""

    seconds: float = 0.0
    peak_memory_mib: float = 0.0


@contextmanager
def effort() -> Iterator[Effort]:
    """Fills in what the block took once it has ended."""
    import torch

    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    else:
        _forget_peak()
    taken, start = Effort(), perf_counter()
    try:
        yield taken
    finally:
        peak = torch.cuda.max_memory_allocated() / MIB if cuda else _peak_mib()
        taken.seconds, taken.peak_memory_mib = round(perf_counter() - start, 3), round(peak, 1)


def _forget_peak() -> None:
    """Let the kernel count the peak of this process anew. Where it may not, earlier work counts too."""
    with suppress(OSError):
        (PROCESS / "clear_refs").write_text("5")


def _peak_mib() -> float:
    """The largest resident memory of this process."""
    with suppress(OSError):
        for line in (PROCESS / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

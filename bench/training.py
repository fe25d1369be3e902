"""Measures training: real tokens a second of our recipes, against TRL's defaults and against padding.

    python bench/training.py [--repeat N]

A shape is trained in every way within one process, on one thread, one way after the other, on the same rows
and the same LoRA. Tokens are real ones: padding counts for nothing. Ratios are made of the processor's
seconds, since other programs on a machine change the seconds on the wall. Where there is a GPU, shapes of
Qwen3 are trained on it too. Results go to bench/results/training.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results/training.json"
ROWS = {"tiny": 256, "middle": 12}
GPU_SHAPES = ("0.6B", "1.7B", "8B")
GPU_WAYS = ("grouped", "packed")
OWN = ("grouped", "packed")
LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets")


def measured(program: str, *arguments: str) -> dict[str, Any]:
    """The last line that a program of this folder says."""
    command = [sys.executable, str(HERE / program), *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    said = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ).stdout
    return dict(json.loads(said.splitlines()[-1]))


def shape(name: str, repeat: int) -> dict[str, Any]:
    """Every way of a shape with its runs, and how our best recipe compares with the others."""
    found: dict[str, Any] = {}
    ways: dict[str, list[dict[str, Any]]] = {}
    for _ in range(repeat):
        load = round(os.getloadavg()[0], 1)
        run = measured("train_one.py", name, str(ROWS[name]))
        found = dict(run["about"])
        for way in run["ways"]:
            ways.setdefault(way.pop("way"), []).append(way | {"load_before": load})
    speeds = {way: median(run["tokens_per_cpu_second"] for run in runs) for way, runs in ways.items()}
    best = max(OWN, key=speeds.__getitem__)
    over = {way: round(speeds[best] / speed, 2) for way, speed in speeds.items() if way != best}
    return found | {"tokens_per_cpu_second": speeds, "best": best, "best_over": over, "runs": ways}


def gpu() -> dict[str, Any]:
    """The shapes on a GPU; where there is none, only that it was not run."""
    import torch

    if not torch.cuda.is_available():
        return {"not_run": "no GPU on this machine"}
    return {name: {way: measured("train_gpu.py", name, way) for way in GPU_WAYS} for name in GPU_SHAPES}


def machine() -> dict[str, object]:
    import torch

    able = torch.cpu.get_capabilities()
    return {
        "cores": os.cpu_count(),
        "threads": 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "machine": platform.machine(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "bf16_in_hardware": bool(able.get("avx512_bf16") or able.get("amx_bf16")),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def main(repeat: int) -> None:
    results: dict[str, Any] = {"machine": machine(), "shapes": {}}
    for name in ROWS:
        results["shapes"][name] = found = shape(name, repeat)
        sys.stdout.write(
            f"{name}: {found['best']} {found['tokens_per_cpu_second'][found['best']]} tokens a CPU "
        )
        sys.stdout.write(f"second, times {json.dumps(found['best_over'])}\n")
        sys.stdout.flush()
    results["gpu"] = gpu()
    sys.stdout.write(f"gpu: {json.dumps(results['gpu'])}\n")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=1, help="runs of each shape; medians are compared")
    main(parser.parse_args().repeat)

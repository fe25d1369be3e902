"""What a process loads beforehand for the forks that run its stages."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration
SCRIPT = """
import json, sys, threading
import torch
asked = []
torch.cuda.is_available = lambda: asked.append(1) or False
from pipelines.integrations.model_libraries import preload
preload()
before = set(sys.modules)
from lm_eval.evaluator import evaluate
from mlflow import MlflowClient
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
print(json.dumps({
    "threads": threading.active_count(),
    "asked for a GPU": len(asked),
    "has a GPU": torch.cuda.is_initialized(),
    "loaded late": sorted(set(sys.modules) - before),
}))
"""


def test_a_fork_finds_every_library_loaded_and_nothing_begun() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "threads": 1,  # a fork takes one thread along, and with it the locks of all others
        "asked for a GPU": 0,  # a process that used it cannot hand it to a fork
        "has a GPU": False,
        "loaded late": [],
    }

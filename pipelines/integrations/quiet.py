"""Silences the model libraries: a stage speaks through its progress callback alone."""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

NOISY = ("datasets", "httpx", "lm_eval", "peft", "transformers", "trl")


def offline_and_quiet() -> None:
    """No hub, no progress bars, no advice; errors still raise. Call before the libraries are imported."""
    os.environ.update(
        HF_HUB_OFFLINE="1",
        HF_DATASETS_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        TOKENIZERS_PARALLELISM="false",
        TRANSFORMERS_VERBOSITY="error",
        LMEVAL_LOG_LEVEL="ERROR",
        TQDM_DISABLE="1",
    )
    import datasets  # type: ignore[import-untyped]
    import transformers

    talk: Any = transformers.logging
    datasets.disable_progress_bars()
    talk.set_verbosity_error()
    talk.disable_progress_bar()
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    for module in NOISY:
        warnings.filterwarnings("ignore", module=module)

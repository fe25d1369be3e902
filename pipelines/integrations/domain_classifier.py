"""A domain classifier: how well old texts can be told from new ones (Rabanser et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedKFold, cross_val_score  # type: ignore[import-untyped]

_FEATURES = 2**14
_FOLDS = 3


def auc(old: Sequence[str], new: Sequence[str]) -> float:
    """The area under the curve, 0.5..1: 0.5 when nothing but chance tells them apart.

    The same texts give the same number. Needs at least three texts a side.
    """
    words = HashingVectorizer(n_features=_FEATURES).transform([*old, *new])
    sides = np.r_[np.zeros(len(old)), np.ones(len(new))]
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    scores = cross_val_score(LogisticRegression(max_iter=200), words, sides, cv=folds, scoring="roc_auc")
    return max(0.5, float(scores.mean()))

"""Airflow reads its home when it is imported: these tests give it one that goes away with them."""

from __future__ import annotations

import os
import tempfile

AIRFLOW_HOME = tempfile.TemporaryDirectory(prefix="perennial-airflow-")
os.environ["AIRFLOW_HOME"] = AIRFLOW_HOME.name

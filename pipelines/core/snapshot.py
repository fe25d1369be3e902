"""A snapshot: the accepted rows of a source, frozen and versioned."""

from __future__ import annotations

from pipelines.core.contract import Purpose, Roles
from pipelines.core.value import Blob, Name, Sha256, Value


class Snapshot(Value):
    """Rows that passed their contract. `table` is canonical Parquet; `content` names the rows alone.

    The git revision of the data registry that holds it stands beside it in the ingest ledger: the
    same snapshot may be published twice after a crash, and is still the same snapshot.
    """

    source: Name
    purpose: Purpose
    upload: Sha256
    report: Sha256
    contract: Sha256
    roles: Roles
    rows: int
    content: Sha256
    table: Blob

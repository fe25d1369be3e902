"""A snapshot: the accepted rows of a source, frozen and versioned."""

from __future__ import annotations

from pipelines.core.contract import Purpose, Roles
from pipelines.core.value import Blob, Name, Sha256, Value


class Snapshot(Value):
    """Rows that passed their contract. `table` is canonical Parquet; `content` names the rows alone.

    The report on its rows and the git revision of the data registry that holds it stand beside it in the
    ingest ledger: data that comes back after other data has another report and is the same snapshot.
    """

    source: Name
    purpose: Purpose
    upload: Sha256
    contract: Sha256
    roles: Roles
    rows: int
    content: Sha256
    table: Blob

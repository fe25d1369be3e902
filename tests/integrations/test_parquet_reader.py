"""A Parquet file is read in the memory of a few rows, whatever its size and however its texts are packed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upload_samples import read, rows_of

ROOT = Path(__file__).parents[2]
PEAK = """
import sys
from pathlib import Path
from upload_samples import contract
from pipelines.integrations.files import read_files
from pipelines.integrations.limits import Limits

path = Path(sys.argv[1])
read_files([(path.name, path)], contract(), path.with_suffix(".spool"), Limits(unpacked=300_000_000))
status = Path("/proc/self/status").read_text()
print(status.split("VmHWM:")[1].split()[0])
"""


def _peak_mib(path: Path) -> int:
    command = [sys.executable, "-c", PEAK, str(path)]
    search = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    done = subprocess.run(command, env=search, capture_output=True, text=True, timeout=60, check=True)
    return int(done.stdout) // 1024


def _table(questions: pa.Array) -> pa.Table:
    numbers = pa.array(range(len(questions)), pa.int64())
    return pa.table(
        {"question": questions, "answer": numbers.cast(pa.string()), "year": numbers, "amount": numbers}
    )


def _write(path: Path, rows: int) -> Path:
    pq.write_table(_table(pa.array([f"What is the tax in case {row}?" for row in range(rows)])), path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The peak memory of reading 200,000 rows."""
    return _peak_mib(_write(tmp_path_factory.mktemp("small") / "a.parquet", 200_000))


def test_memory_does_not_grow_with_the_file(small: int, tmp_path: Path) -> None:
    assert _peak_mib(_write(tmp_path / "a.parquet", 1_000_000)) < small + 60


def test_a_long_text_that_a_dictionary_repeats_is_unpacked_a_few_rows_at_a_time(
    small: int, tmp_path: Path
) -> None:
    places = pa.array([None, 0] + [1] * 20_000, pa.int32())
    questions = pa.DictionaryArray.from_arrays(places, ["short", "x" * 1_000_000])
    path = tmp_path / "a.parquet"
    pq.write_table(_table(questions), path, store_schema=False)
    assert path.stat().st_size < 1_000_000
    assert _peak_mib(path) < small + 400


def test_texts_that_repeat_the_one_before_them_are_read(tmp_path: Path) -> None:
    rows = 1_000
    expected = [f"What is the tax in case {row}?" for row in range(rows)]
    path = tmp_path / "written.parquet"
    pq.write_table(
        _table(pa.array(expected)),
        path,
        use_dictionary=["answer"],
        column_encoding={"question": "DELTA_BYTE_ARRAY"},
    )
    found = rows_of(read(tmp_path, {"a.parquet": path.read_bytes()}))
    assert [row.cells[0] for row in found] == expected
    assert [row.line for row in found] == list(range(1, rows + 1))

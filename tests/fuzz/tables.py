"""Targets that read what runs left: record tables, benchmarks, counted work; for reports and comparisons."""

import contextlib
import io
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from ismbench.bench.records.schema import TABLES
from ismbench.cli import main
from ismbench.report.html_rows import cell_rows, concordance_table, run_facts, status_counts
from ismbench.report.main_table import main_table, notes
from ismbench.report.run_records import Records, load_records
from tests.fuzz.targets import Target, refused
from tests.report.synthetic import run_rows, write_tables

__all__ = ["TABLE_TARGETS", "compare_folders", "good_tables", "read_all", "table_seeds"]

_CODES = frozenset({0, 2, 3, 5})


@cache
def good_tables() -> Path:
    """A results folder that is in order."""
    folder = Path(tempfile.mkdtemp(prefix="ismbench-fuzz-")) / "good"
    rows = run_rows(lengths=[1000], methods=["naive_ism", "gradient"], failures={("gradient", 64): "oom"})
    return write_tables(folder, rows)


def _altered(data: bytes) -> Path:
    """A copy in which one of the four files is something else: the first byte says which."""
    name = list(TABLES)[(data[:1] or b"\0")[0] % len(TABLES)]
    folder = good_tables().with_name("altered")
    shutil.copytree(good_tables(), folder, dirs_exist_ok=True)
    (folder / f"{name}.parquet").write_bytes(data[1:])
    return folder


def records(data: bytes) -> None:
    """Record tables, as a report reads them."""
    with refused():
        read_all(load_records(_altered(data)))


def read_all(found: Records) -> None:
    """Everything of a report but its pictures."""
    rows = main_table(found)
    notes(rows)
    cell_rows(found)
    concordance_table(found)
    run_facts(found)
    status_counts(found)


def compare(data: bytes) -> None:
    """Record tables, as a comparison reads them."""
    compare_folders(good_tables(), _altered(data))


def benchmarks(data: bytes) -> None:
    """JSON of pytest-benchmark or of ``ismbench work``, against a good one and against a run."""
    folder = good_tables().parent
    fuzzed, good = folder / "fuzzed.json", folder / "good.json"
    fuzzed.write_bytes(data)
    for base in _JSON:
        good.write_text(json.dumps(base))
        compare_folders(good, fuzzed)
    compare_folders(fuzzed, good_tables())


def compare_folders(base: Path, head: Path) -> None:
    """Runs ``ismbench compare``; its exit code is one of four, and an error is one line."""
    out = good_tables().parent
    files = [f"--{kind}={out / kind}" for kind in ("markdown", "json", "junit")]
    said = io.StringIO()
    code: object = None
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            main(["compare", str(base), str(head), "--noise-floor=1%", "--allow-other-machine", *files])
        except SystemExit as ended:
            code = ended.code
    assert code in _CODES, code
    assert code != 2 or said.getvalue().count("\n") == 1


_BENCHMARKS = {
    "machine_info": {"node": "n", "cpu": {"brand_raw": "b", "count": 2}},
    "benchmarks": [
        {
            "fullname": f"test_{i}",
            "stats": {"data": [0.1, 0.2, 0.3] * 4},
            "extra_info": {"work": {"multiply_adds": 7}, "machine_id": "m"},
        }
        for i in range(2)
    ],
}
_JSON = [_BENCHMARKS]

TABLE_TARGETS: dict[str, Target] = {"records": records, "compare": compare, "benchmarks": benchmarks}


def table_seeds(name: str) -> list[bytes]:
    """Good inputs of a target, for a fuzzer to start from."""
    if name == "benchmarks":
        return [json.dumps(one).encode() for one in _JSON]
    files = [(good_tables() / f"{table}.parquet").read_bytes() for table in TABLES]
    return [bytes([i]) + data for i, data in enumerate(files)]

"""Either side may be a folder, a table, a baseline, or the JSON of pytest-benchmark."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from ismbench.compare import BaselineMissingError, compare, read_measurements
from ismbench.compare.machine_state import MachineState
from ismbench.compare.read_side import locate
from ismbench.errors import InputError
from tests.compare.made_up import METHODS, folder, quiet


def test_a_results_folder(tmp_path: Path) -> None:
    read = read_measurements(folder(tmp_path / "a"))
    assert [k.method for k in read.cells] == list(METHODS)
    one = next(iter(read.cells.values()))
    assert len(one.samples) == 9
    # 4 sequences in 0.04 s are 100 in 1 s.
    assert one.seconds == pytest.approx(1.0, rel=0.1)
    assert (one.state.machine, one.work, one.memory) == ("m1", 800.0, 50 * 2**20)
    assert one.scores["pearson_track"].value == 0.8
    assert one.counters == {"multiply_adds": 1e6}
    assert one.rates == (1e11,)
    assert one.versions == {"keras": "3.15.0"}


def test_the_machine_state_of_a_run(tmp_path: Path) -> None:
    variables = json.dumps({"OMP_NUM_THREADS": "2", "MKL_DYNAMIC": "FALSE"})
    known = {"usable_cores": 4, "physical_cores": 8, "memory_bytes": 2**35, "device_name": "A processor"}
    spec = json.dumps({"threads": 2})
    run = folder(tmp_path / "a", machine_settings=variables, spec=spec, **known)
    assert next(iter(read_measurements(run).cells.values())).state == MachineState(
        "m1",
        "A processor, 8 physical cores, 32 GiB, A processor",
        4,
        {"OMP_NUM_THREADS": "2", "threads of the experiment": "2"},
        {"MKL_DYNAMIC": "FALSE"},
    )


def test_a_table_stands_for_its_folder(tmp_path: Path) -> None:
    path = folder(tmp_path / "a")
    for name in ("cells", "samples"):
        assert read_measurements(path / f"{name}.parquet").cells == read_measurements(path).cells


def test_a_table_that_was_copied_away(tmp_path: Path) -> None:
    path = folder(tmp_path / "a")
    copies = {name: tmp_path / f"base-{name}.parquet" for name in ("samples", "cells", "runs")}
    for name, copy in copies.items():
        shutil.copy(path / f"{name}.parquet", copy)
    samples = read_measurements(copies["samples"])
    assert len(samples.cells) == len(METHODS)
    assert samples.machines == {None}
    assert compare(samples, samples, noise=quiet(), allow_other_machine=True).counts == {"SAME": len(METHODS)}
    cells = read_measurements(copies["cells"])
    assert all(not c.samples and c.memory for c in cells.cells.values())
    with pytest.raises(InputError, match="cells or samples"):
        read_measurements(copies["runs"])


def benchmarks(factor: float = 1.0, **changes: Any) -> dict[str, Any]:
    data = [factor * (1 + i / 100) for i in range(9)]
    one = {"fullname": "tests/bench/benchmark_engine.py::test_fast", "stats": {"data": data},
           "extra_info": {"machine_id": "m1", "work": {"multiply_adds": 7}}}  # fmt: skip
    return {
        "machine_info": {"node": "n", "cpu": {"brand_raw": "b", "count": 2}},
        "benchmarks": [one],
        **changes,
    }


def test_pytest_benchmark(tmp_path: Path) -> None:
    for name, factor in (("a", 1.0), ("b", 1.5)):
        (tmp_path / f"{name}.json").write_text(json.dumps(benchmarks(factor)))
    a, b = (read_measurements(tmp_path / f"{name}.json") for name in "ab")
    assert next(iter(a.cells)).words == "tests/bench/benchmark_engine.py::test_fast"
    assert compare(a, b, noise=quiet()).counts == {"SLOWER": 1}
    assert compare(b, a, noise=quiet()).counts == {"FASTER": 1}


def test_pytest_benchmark_of_other_projects(tmp_path: Path) -> None:
    document = benchmarks()
    document["benchmarks"][0]["extra_info"] = {}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    machine = read_measurements(path).machines
    assert None not in machine
    document["machine_info"]["cpu"]["brand_raw"] = "another"
    path.write_text(json.dumps(document))
    assert read_measurements(path).machines != machine
    document["benchmarks"][0]["stats"] = {"mean": 1.0}
    path.write_text(json.dumps(document))
    found = compare(read_measurements(path), read_measurements(path), noise=quiet())
    assert found.counts == {"AMBIGUOUS": 1}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", "[" * 100_000, '{"benchmarks": 3}', '{"benchmarks": [3]}',
        '{"benchmarks": [{"fullname": "a"}]}', '{"benchmarks": [{"fullname": "a", "stats": 1}]}',
        '{"benchmarks": [{"fullname": "a", "stats": {"data": ["x"]}}]}',
        '{"benchmarks": [{"fullname": "a", "stats": {"data": [NaN]}}]}',
        '{"benchmarks": [{"fullname": "a", "stats": {"data": [1]}, "extra_info": {"work": [1]}}]}',
        '{"benchmarks": [{"fullname": "a", "stats": {"data": [1]}, "extra_info": 3}]}',
    ],
)  # fmt: skip
def test_broken_json_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"a\.json"):
        read_measurements(path)


@pytest.mark.parametrize("name", ["cells.parquet", "other.parquet"])
def test_a_broken_table_is_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PAR1 is what it says")
    with pytest.raises(InputError, match="readable Parquet"):
        read_measurements(path)
    with pytest.raises(InputError):
        read_measurements(tmp_path / "nothing.parquet")


def test_names_are_found(tmp_path: Path) -> None:
    kept = folder(tmp_path / "results" / "baseline" / "smoke")
    run = folder(tmp_path / "results" / "basset")
    assert locate(Path("smoke"), tmp_path / "results") == kept
    assert locate(Path("basset"), tmp_path / "results") == run
    assert locate(run, tmp_path) == run
    for word in ("nothing", "../results/baseline/smoke/nothing"):
        with pytest.raises(BaselineMissingError, match="baseline save"):
            locate(Path(word), tmp_path / "results")


def test_what_is_no_file_does_no_harm(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    os.mkfifo(tmp_path / "pipe.parquet")
    for name in ("pipe.json", "pipe.parquet"):
        with pytest.raises(InputError, match="no regular file"):
            read_measurements(tmp_path / name)
    for word in ("x" * 5000, "a\0b"):
        with pytest.raises(BaselineMissingError):
            locate(Path(word), tmp_path)

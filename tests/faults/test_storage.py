"""What can happen to a results folder: full, read-only, cut, damaged, of another time."""

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench import load_spec, make_plan, run
from ismbench.bench.records.schema import SCHEMA_VERSION
from ismbench.errors import InputError
from tests.faults import permits, runs
from tests.faults.conftest import Write
from tests.faults.kill_and_resume import difference, finished_cells

MANY = {"integrated_gradients": {"steps_per_forward": list(range(1, 61))}}


def one_line(err: str, *words: str) -> None:
    assert err.count("\n") == 1, err
    assert err.startswith("ismbench: ")
    for word in words:
        assert word in err


def cells(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "cells.parquet")


def lines_are_whole(journal: Path) -> bool:
    data = journal.read_bytes()
    return data.endswith(b"\n") and all(json.loads(line) for line in data.splitlines())


def test_a_full_disk_ends_in_one_line_and_loses_nothing(write_spec: Write, tmp_path: Path) -> None:
    # No file may grow above 30,000 bytes: what a full disk does, for anyone.
    spec, results = write_spec(methods=MANY), tmp_path / "results"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    code, _, err = runs.finish(runs.start(spec, results, "scripted", preexec_fn=limit))
    assert code == 2
    one_line(err, "must have room for records", "File too large")
    journal = results / "tiny" / "journal.jsonl"
    before = finished_cells(journal.parent)
    assert 0 < len(before) < 60
    assert lines_are_whole(journal)
    code, out, err = runs.finish(runs.start(spec, results, "scripted"))
    assert code == 4, err
    assert f"start: {60 - len(before)} cells to run, {len(before)} known" in out
    after = finished_cells(journal.parent)
    assert len(after) == len(set(after)) == 60
    assert len(cells(journal.parent)) == 60


FILL = """
set -e
mkdir -p {results}
mount -t tmpfs -o size={size} tmpfs {results}
{run} 2> {errors} || echo $? > {codes}
mount -o remount,size=64m {results}
{run} || echo $? >> {codes}
cp -r {results}/tiny {copy}
"""


@pytest.mark.parametrize("size", ["8k", "40k", "100k"])
def test_a_disk_that_is_really_full(write_spec: Write, tmp_path: Path, size: str) -> None:
    # Where it overflows depends on the size: at the lock, the sequences, the journal, the tables.
    spec, results = write_spec(methods=MANY), tmp_path / "results"
    command = f"{sys.executable} {runs.HERE / 'runs.py'} {spec} {results} scripted"
    paths = {name: tmp_path / name for name in ("errors", "codes", "copy")}
    script = FILL.format(results=results, size=size, run=command, **paths)
    env = {**os.environ, "PYTHONPATH": str(runs.ROOT)}
    done = subprocess.run([*permits.mounting(), "sh", "-c", script], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert paths["codes"].read_text().split() == ["2", "4"], paths["errors"].read_text() + done.stderr
    one_line(paths["errors"].read_text(), "No space left on device")
    keys = finished_cells(paths["copy"])
    assert len(keys) == len(set(keys)) == 60
    assert lines_are_whole(paths["copy"] / "journal.jsonl")
    assert len(cells(paths["copy"])) == 60


@pytest.mark.slow
def test_a_disk_that_is_full_for_a_real_worker_blames_no_cell(write_spec: Write, tmp_path: Path) -> None:
    # The naive scores of 2,000 positions do not fit into 60,000 bytes; what the journal holds before the first cell,
    # with every installed package and model file, does.
    spec, results = write_spec(lengths=[2000]), tmp_path / "results"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    code, _, err = runs.finish(runs.start(spec, results, preexec_fn=limit))
    assert code == 2
    one_line(err, "must be writable and have room", "File too large")
    assert finished_cells(results / "tiny") == []


@pytest.mark.parametrize("what", ["results", "results/tiny"])
def test_a_read_only_folder(write_spec: Write, tmp_path: Path, what: str) -> None:
    spec, results = write_spec(), tmp_path / "results"
    (results / "tiny").mkdir(parents=True)
    if what == "results":
        (results / "tiny").rmdir()
    (tmp_path / what).chmod(0o555)
    try:
        code, _, err = runs.finish(runs.start(spec, results, "scripted", wrap=permits.HELD_BY_PERMISSIONS))
    finally:
        (tmp_path / what).chmod(0o755)
    assert code == 2
    one_line(err, "must be writable", "Permission denied")


def test_a_read_only_disk_with_results(write_spec: Write, tmp_path: Path) -> None:
    spec, results = write_spec(), tmp_path / "results"
    code, _, err = runs.finish(runs.start(spec, results, "scripted"))
    assert code in (0, 4), err
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    script = f'mount --bind {results} {results} && mount -o remount,bind,ro {results} && exec "$@"'
    wrap = (*permits.mounting(), "sh", "-c", script, "sh")
    code, _, err = runs.finish(runs.start(spec, results, "scripted", wrap=wrap))
    assert code == 2
    one_line(err, "must be writable", "Read-only file system")
    report = [
        *wrap,
        sys.executable,
        "-c",
        "from ismbench.cli import main; main()",
        "report",
        str(results / "tiny"),
    ]
    env = {**os.environ, "PYTHONPATH": str(runs.ROOT)}
    done = subprocess.run(report, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    one_line(done.stderr, "must be writable", "Read-only file system")
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("where", ["in the middle", "before its end", "at its start", "nothing left"])
def test_a_record_file_that_was_cut(write_spec: Write, tmp_path: Path, where: str) -> None:
    plan = make_plan(load_spec(write_spec()), device="cpu")
    whole = run(plan, tmp_path / "whole").folder
    cut = tmp_path / "cut" / "tiny"
    shutil.copytree(whole, cut)
    journal = cut / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    (last,) = [i for i, line in enumerate(lines) if b'"kind":"cell"' in line][-1:]
    keep = {"in the middle": len(lines[last]) // 2, "before its end": -1, "at its start": 1}.get(where)
    journal.write_bytes(b"" if keep is None else b"".join(lines[:last]) + lines[last][:keep])
    summary = run(plan, tmp_path / "cut")
    assert summary.reused == (0 if keep is None else len(plan.cells) - 1)
    assert difference(whole, cut, real=False) is None


@pytest.mark.usefixtures("scripted")
def test_damaged_records_are_measured_again(write_spec: Write, tmp_path: Path) -> None:
    plan = make_plan(load_spec(write_spec()), device="cpu")
    folder = run(plan, tmp_path).folder
    journal, before = folder / "journal.jsonl", cells(folder)
    damages = [(b'"seconds":', b'"seconds":-'), (b'"status":"ok"', b'"status":"fine"'), (b"{", b"\xff")]
    lines = journal.read_bytes().splitlines(keepends=True)
    own = [i for i, line in enumerate(lines) if b'"kind":"cell"' in line and b'"status":"ok"' in line]
    for i, (old, new) in zip(own, damages, strict=False):
        lines[i] = lines[i].replace(old, new)
    journal.write_bytes(b"".join(lines))
    said: list[str] = []
    again = run(plan, tmp_path, progress=lambda event: said.append(event.message))
    assert again.reused == len(plan.cells) - min(len(own), len(damages))
    assert "damaged records: 3; they count as not there" in said
    pd.testing.assert_frame_equal(
        cells(folder).drop(columns=["run_id", "finished"]), before.drop(columns=["run_id", "finished"])
    )


def test_an_older_schema_is_left_alone(write_spec: Write, tmp_path: Path) -> None:
    spec, results = write_spec(), tmp_path / "results"
    folder = results / "tiny"
    assert runs.finish(runs.start(spec, results, "scripted"))[0] in (0, 4)
    journal = folder / "journal.jsonl"
    journal.write_text(
        journal.read_text().replace(f'"schema_version":{SCHEMA_VERSION}', '"schema_version":0', 1)
    )
    for path in folder.glob("*.parquet"):
        pd.read_parquet(path).assign(schema_version=0).to_parquet(path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, _, err = runs.finish(runs.start(spec, results, "scripted"))
    assert code == 2
    one_line(
        err, f"must have schema version {SCHEMA_VERSION}; use --fresh or other --results", "with version 0"
    )
    command = [sys.executable, "-c", "from ismbench.cli import main; main()", "report", str(folder)]
    env = {**os.environ, "PYTHONPATH": str(runs.ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    one_line(done.stderr, "schema version 1", "of version 0")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    code, out, _ = runs.finish(runs.start(spec, results, "scripted", "--fresh"))
    assert code in (0, 4)
    assert "5 cells to run, 0 known" in out


def test_a_run_killed_while_it_took_the_folder(write_spec: Write, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "tiny"
    folder.mkdir(parents=True)
    (folder / "run.lock").write_text("")
    (folder / ".experiment.json").write_text('{"exper')
    code, _, err = runs.finish(runs.start(write_spec(), tmp_path / "results", "scripted"))
    assert code in (0, 4), err
    assert not (folder / ".experiment.json").exists()


@pytest.mark.parametrize(
    "name", ["../up", "/tmp/up", "a/b", "..", "x" * 300, "nul", "COM1.txt", "dot.", "a\x00b"]
)
def test_no_name_leads_out_of_the_results_folder(write_spec: Write, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="must be 1 to 64 letters"):
        load_spec(write_spec(name=name))
    with pytest.raises(InputError, match="must be 1 to 64 letters"):
        load_spec(write_spec(models=[{"name": name, "file": "../models/tiny.py"}]))

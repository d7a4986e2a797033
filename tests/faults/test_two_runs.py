"""Two runs that want the same folder, or the same device."""

import subprocess
import time
from pathlib import Path

from tests.faults import runs
from tests.faults.conftest import Write


def started_and_held(spec: Path, results: Path, until: Path) -> "subprocess.Popen[str]":
    """A run whose worker waits for a file; returns when the worker has been started."""
    run = runs.start(spec, results, "scripted", env={"ISMBENCH_TEST_HOLD": str(until)})
    log = results / "tiny" / "logs" / "tiny-60-0-tensorflow.log"
    patience = time.monotonic() + 300
    while not log.exists():
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < patience, "its worker never started"
        time.sleep(0.02)
    return run


def test_on_one_folder_the_second_is_refused(write_spec: Write, tmp_path: Path) -> None:
    spec, results, go = write_spec(), tmp_path / "results", tmp_path / "go"
    first = started_and_held(spec, results, go)
    code, _, err = runs.finish(runs.start(spec, results, "scripted"))
    assert code == 2
    assert "Only one run may use a results folder" in err
    assert "wait, or give another --results" in err
    assert err.count("\n") == 1
    assert first.poll() is None
    go.touch()
    code, out, err = runs.finish(first)
    assert code in (0, 4), err
    assert "[5/5]" in out


def test_on_one_device_the_second_waits_and_says_so(write_spec: Write, tmp_path: Path) -> None:
    spec, go = write_spec(), tmp_path / "go"
    first = started_and_held(spec, tmp_path / "one", go)
    second = runs.start(spec, tmp_path / "two", "scripted")
    assert second.stdout is not None
    while (line := second.stdout.readline()) != "note: another run uses the cpu; waiting for it\n":
        assert not line.startswith("lane:"), "it did not wait"
        assert line, second.communicate()
    assert first.poll() is None
    assert not list((tmp_path / "two" / "tiny" / "logs").iterdir()), "its worker has started"
    go.touch()
    assert "[5/5]" in runs.finish(first)[1]
    code, out, err = runs.finish(second)
    assert code in (0, 4), err
    assert "[5/5]" in out

"""Two runs that want the same folder, or the same device."""

import os
import time
from pathlib import Path

from tests.faults import runs
from tests.faults.conftest import Write

SLOWLY = {"ISMBENCH_TEST_PAUSE": "0.3"}


def wait_for(path: Path) -> None:
    until = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.02)


def test_on_one_folder_the_second_is_refused(write_spec: Write, tmp_path: Path) -> None:
    spec, results = write_spec(), tmp_path / "results"
    first = runs.start(spec, results, "scripted", env=SLOWLY)
    wait_for(results / "tiny" / "journal.jsonl")
    code, _, err = runs.finish(runs.start(spec, results, "scripted"))
    assert first.poll() is None, "the first had ended already"
    assert code == 2
    assert "Only one run may use a results folder" in err
    assert "wait, or give another --results" in err
    assert err.count("\n") == 1
    code, out, err = runs.finish(first)
    assert code in (0, 4), err
    assert "[5/5]" in out


def test_on_one_device_the_second_waits_and_says_so(write_spec: Write, tmp_path: Path) -> None:
    spec = write_spec()
    first = runs.start(spec, tmp_path / "one", "scripted", env=SLOWLY)
    wait_for(tmp_path / "one" / "tiny" / "logs" / "tiny-60-0-tensorflow.log")
    second = runs.start(spec, tmp_path / "two", "scripted")
    assert second.stdout is not None
    said = []
    while not said or not said[-1].startswith("lane:"):
        said.append(second.stdout.readline())
        assert said[-1], "it ended early"
    # Its first worker starts after the other run has let the device go, and not before.
    assert "note: another run uses the cpu; waiting for it\n" in said
    assert "[5/5]" in runs.finish(first)[1]
    assert runs.finish(second)[0] in (0, 4)
    own, other = (tmp_path / name / "tiny" / "logs" / "tiny-60-0-tensorflow.log" for name in ("two", "one"))
    assert os.stat(own).st_mtime >= os.stat(other).st_mtime

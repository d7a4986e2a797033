"""A run that was killed goes on, and leaves the bytes of one that was not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ismbench
from ismbench.scoring.chunk_worker import Worker


def content(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file()}


class Killed(BaseException):
    """Like a kill: nothing of the run gets to tidy up after it."""


@pytest.mark.parametrize("chunk", [0, 1, 4])
@pytest.mark.parametrize("when", ["before", "half", "after"])
def test_killed_around_a_chunk(chunk, when, model, fasta, tmp_path, monkeypatch):
    options = {"chunk": 16, "method": "gradient"}
    ismbench.score(model, fasta, tmp_path / "whole.zarr", **options)
    run = Worker.run

    def killed(self, number):
        if number != chunk:
            return run(self, number)
        if when != "before":
            run(self, number)
        if when == "half":
            torn = tmp_path / "out.zarr" / "scores" / "c" / str(number) / "0" / "0" / "0"
            torn.write_bytes(torn.read_bytes()[:10])
            (torn.parent / "0.abc.partial").write_bytes(b"torn")
        raise Killed

    monkeypatch.setattr(Worker, "run", killed)
    with pytest.raises(Killed):
        ismbench.score(model, fasta, tmp_path / "out.zarr", **options)
    monkeypatch.setattr(Worker, "run", run)
    ismbench.score(model, fasta, tmp_path / "out.zarr", **options)
    assert content(tmp_path / "out.zarr") == content(tmp_path / "whole.zarr")
    assert not (tmp_path / "out.zarr.progress").exists()


def test_a_finished_store_is_not_scored_again(model, fasta, tmp_path, monkeypatch):
    ismbench.score(model, fasta, tmp_path / "out.zarr", method="gradient")
    monkeypatch.setattr(Worker, "run", lambda *_: pytest.fail("scored again"))
    ismbench.score(model, fasta, tmp_path / "out.zarr", method="gradient")


@pytest.mark.slow
@pytest.mark.nightly
def test_killed_five_times_at_any_moment(saved, fasta, tmp_path):
    command = [
        sys.executable,
        "-c",
        "from ismbench.cli import main; main()",
        "score",
        str(saved),
        str(fasta),
        "--chunk",
        "2",
        "-o",
    ]
    start = time.monotonic()
    subprocess.run([*command, str(tmp_path / "whole.zarr")], check=True, capture_output=True)
    whole = time.monotonic() - start
    for i in range(5):
        process = subprocess.Popen(
            [*command, str(tmp_path / "out.zarr")], start_new_session=True, stderr=subprocess.DEVNULL
        )
        time.sleep(whole * (0.3 + 0.15 * i))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run([*command, str(tmp_path / "out.zarr")], check=True, capture_output=True)
    assert content(tmp_path / "out.zarr") == content(tmp_path / "whole.zarr")

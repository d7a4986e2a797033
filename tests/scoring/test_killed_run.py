"""A long run of a trained network, killed at moments that are counted in chunks, leaves the bytes of a whole one."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.speed.scoring import WEIGHTS, first_regions

COUNT = 2_000
CHUNK = 64
KILLED_AT = (0, 1, 8, 17, 26)
"""Chunks that are done when the run is killed, of 32."""


def command(folder: Path, out: str, workers: int, root: Path) -> list[str]:
    score = [sys.executable, "-c", "from ismbench.cli import main; main()", "score"]
    model = [str(root / "models" / "encode_tf_cnn.py"), "--weights", str(WEIGHTS), "--length", "1000"]
    rest = ["--target", "mean", "--chunk", str(CHUNK), "--workers", str(workers), "-o", str(folder / out)]
    return [*score, *model, str(folder / "regions.fa"), *rest]


def finished_chunks(out: Path) -> int:
    """Chunks whose line in the journal is whole; -1 before the store is there."""
    journal = out.with_name(f"{out.name}.progress") / "journal.jsonl"
    if not journal.is_file():
        return -1
    lines = journal.read_bytes().splitlines(keepends=True)
    return sum(line.endswith(b"\n") and b'"chunk"' in line for line in lines)


def killed_at(chunks: int, words: list[str], out: Path) -> int:
    """Starts or goes on with a run, kills all its processes once so many chunks are done; returns how many were."""
    process = subprocess.Popen(
        words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while finished_chunks(out) < chunks:
        assert process.poll() is None, f"it ended with {process.returncode} before {chunks} chunks were done"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    return finished_chunks(out)


def hashes(store: Path) -> dict[str, str]:
    files = (path for path in store.rglob("*") if path.is_file())
    return {str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.shared_data
def test_five_kills_leave_the_bytes_of_a_whole_run(shared_data: Path, root: Path, tmp_path: Path) -> None:
    first_regions(COUNT, tmp_path)
    subprocess.run(command(tmp_path, "whole.zarr", 0, root), check=True, capture_output=True)
    whole = hashes(tmp_path / "whole.zarr")
    assert len(whole) > COUNT // CHUNK
    for workers in (0, 2):
        out = tmp_path / f"killed_{workers}.zarr"
        words = command(tmp_path, out.name, workers, root)
        done = [killed_at(chunks, words, out) for chunks in KILLED_AT]
        assert all(found >= chunks for found, chunks in zip(done, KILLED_AT, strict=True))
        last = subprocess.run(words, check=True, capture_output=True, text=True)
        # No finished chunk was scored again.
        assert (
            f"Scored {COUNT:,} of {COUNT:,} records ({done[-1] * CHUNK:,} by an earlier run)" in last.stdout
        )
        assert hashes(out) == whole
        assert not out.with_name(f"{out.name}.progress").exists()

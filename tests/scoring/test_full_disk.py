"""Exports to a disk that is really full: one line, and nothing half-written."""

import subprocess
import sys

import pytest

import ismbench
from tests.faults import permits

MOUNT_AND_RUN = """
disk=$1; free=$2; shift; shift
mount -t tmpfs -o size=$((400 + free))k tmpfs "$disk"
head -c $((400 * 1024)) /dev/zero > "$disk/other"
"$@"; code=$?
ls -A "$disk"
exit $code
"""
EXPORT = "from ismbench.cli import main; main()"


@pytest.mark.parametrize(
    ("kind", "free"),
    [("bigwig", 0), ("tsv", 4), ("hdf5", 0), ("hdf5", 4), ("hdf5", 24)],
)
def test_an_export_to_a_full_disk(kind, free, model, bed, genome, tmp_path):
    store, disk = tmp_path / "in.zarr", tmp_path / "disk"
    disk.mkdir()
    ismbench.score(model, bed, store, genome=genome, target="0")
    (tmp_path / "sizes").write_text("chr1\t1500\nchr2\t700\n")
    words = ["export", store, "--to", kind, "--sizes", tmp_path / "sizes", "-o", disk / "out"]
    script = [*permits.mounting(), "sh", "-c", MOUNT_AND_RUN, "sh", disk, free]
    command = [str(word) for word in (*script, sys.executable, "-c", EXPORT, *words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stdout.split() == ["other"]
    assert done.stderr.count("\n") == 1
    assert "room" in done.stderr

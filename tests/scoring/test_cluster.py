"""Dask workers write the bytes that one process writes, also when one of them is killed in the middle."""

import threading
import time
from pathlib import Path

import psutil
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.scoring.connect import worker_environment
from tests.scoring.test_resume import content

pytest.importorskip("distributed", reason="needs ismbench[dask]")


def test_every_local_worker_has_its_threads_and_one_gpu():
    environments = [worker_environment(i, 3, ["4", "5"]) for i in range(3)]
    assert [e["CUDA_VISIBLE_DEVICES"] for e in environments] == ["4", "5", "4"]
    assert {e["TF_NUM_INTRAOP_THREADS"] for e in environments} == {"3"}
    assert "CUDA_VISIBLE_DEVICES" not in worker_environment(0, 1, [])


def test_a_model_in_memory_is_refused(model, fasta, tmp_path):
    with pytest.raises(InputError, match="from a file"):
        ismbench.score(model, fasta, tmp_path / "out.zarr", workers=2)
    assert not (tmp_path / "out.zarr").exists()


def test_a_scheduler_that_does_not_answer(saved, fasta, tmp_path, monkeypatch):
    monkeypatch.setattr("ismbench.scoring.connect._SECONDS", 1)
    with pytest.raises(InputError, match="must answer"):
        ismbench.score(saved, fasta, tmp_path / "out.zarr", scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize("text", ["jobs: 2\nnothing: 1\n", "cores: 1\n", "[1, 2]\n", "a: [\n"])
def test_a_slurm_file_with_wrong_settings(text, saved, fasta, tmp_path):
    pytest.importorskip("dask_jobqueue")
    (tmp_path / "slurm.yaml").write_text(text)
    with pytest.raises(InputError, match="SLURM file"):
        ismbench.score(saved, fasta, tmp_path / "out.zarr", slurm=tmp_path / "slurm.yaml")


def kill_a_worker(store: Path, killed: list[int]) -> None:
    """Kills a worker process once some chunks are done."""
    journal = store.with_name(f"{store.name}.progress") / "journal.jsonl"
    for _ in range(3000):
        time.sleep(0.05)
        if journal.is_file() and journal.read_text().count('"chunk"') >= 3:
            children = psutil.Process().children(recursive=True)
            workers = [c for c in children if "spawn_main" in " ".join(c.cmdline())]
            workers[-1].kill()
            killed.append(workers[-1].pid)
            return


@pytest.mark.slow
@pytest.mark.nightly
def test_one_worker_two_workers_and_a_lost_one_write_the_same_bytes(saved, fasta, tmp_path):
    stores = [tmp_path / f"{name}.zarr" for name in ("one", "two", "lost")]
    killed: list[int] = []
    watcher = threading.Thread(target=kill_a_worker, args=(stores[2], killed))
    for path, workers in zip(stores, (1, 2, 2), strict=True):
        if path is stores[2]:
            watcher.start()
        ismbench.score(saved, fasta, path, chunk=2, workers=workers)
    watcher.join()
    assert killed
    assert content(stores[0]) == content(stores[1]) == content(stores[2])

"""What is fuzzed: each target takes bytes, and raises nothing unless there is a defect.

The same targets serve hypothesis (``test_fuzz.py``, in every test run) and a coverage-guided fuzzer
(``coverage_guided.py``). The only error that input may cause is InputError, in one line.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ismbench.bench import RunPlan, load_spec, make_plan
from ismbench.bench.experiment.sequences import load_sequences
from ismbench.bench.process.messages import Decoder
from ismbench.bench.records.folder import open_results
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.validate import is_sound
from ismbench.bench.records.write_tables import write_tables
from ismbench.errors import InputError
from ismbench.sequence import read_fasta

__all__ = ["TARGETS", "Target", "refused", "seeds"]

Target = Callable[[bytes], None]
MODEL = "def build(length=60):\n    raise NotImplementedError\n"
SPEC = b"""name: tiny
description: words
models: [tiny, {name: other, file: ../models/tiny.py, weights: w.h5, options: {a: 1}}]
lengths: [60, 80]
sequences: {source: fasta, path: in.fa, n: {cpu: 4, gpu: 8}, fill: shuffle, seed: 3}
targets: [{index: 1}, every, {output: profile, reduce: sum}]
methods:
  naive_ism: {mutants_per_forward: {cpu: [30, 60], gpu: 4096}}
  gradient: {sequences_per_call: [1, auto], options: {x: [1, 2]}}
  deepshap:
budget: {cell: 100ms, limit: 1.5m, timeout: 2h, interleave: 3, repetitions: {min: 3, max: 9}}
concordance: {sequences: 3, min_sequences: 2, budget: 1s, tolerance: 1.0e-4}
faithfulness: {shuffles: 2}
backends: [tensorflow, jax]
dtype: float64
threads: 2
seed: 7
"""
SIMULATED = b"""name: sim
models: [tiny]
lengths: [60]
sequences: {source: simulated, n: 3, options: {per_sequence: 1, background: random, motifs: [TATA-Box]}}
methods: [gradient]
"""
FASTA = b">one first\nACGTN\nacgta\n>two\nACGTACGTAC\n"


def refused() -> "contextlib.suppress[InputError]":
    """The only error that input may cause."""
    return contextlib.suppress(InputError)


@cache
def project() -> Path:
    """A folder with a model, and with experiments that come and go."""
    folder = Path(tempfile.mkdtemp(prefix="ismbench-fuzz-"))
    for name in ("models", "experiments"):
        (folder / name).mkdir()
    (folder / "models" / "tiny.py").write_text(MODEL)
    (folder / "experiments" / "in.fa").write_bytes(FASTA)
    (folder / "experiments" / "w.h5").write_bytes(b"")
    return folder


def spec(data: bytes) -> None:
    """An experiment: read, planned, its sequences loaded where they are few, its folder made."""
    path = project() / "experiments" / "fuzzed.yaml"
    path.write_bytes(data)
    with refused():
        experiment = load_spec(path)
        plan = make_plan(experiment, device="cpu")
        results = project() / "results"
        for lane in plan.lanes:
            assert _inside(results, results / lane.file_name)
        with open_results(results, experiment.name, fresh=True) as folder:
            assert _inside(results, folder)
        shutil.rmtree(results)
        n = experiment.sequences.count("cpu")
        for length in set(experiment.lengths):
            if n * length < 10_000:
                load_sequences(experiment, length, n)


def _inside(folder: Path, path: Path) -> bool:
    return path.resolve().parent == folder.resolve()


def override(data: bytes) -> None:
    """``--set KEY=VALUE`` on a good experiment."""
    path = project() / "experiments" / "good.yaml"
    path.write_bytes(SPEC)
    with refused():
        load_spec(path, [data.decode("utf-8", "surrogateescape")])


_ENDINGS = (".fa", ".fa.gz", ".fa.bz2", ".fa.xz", ".fa.zst", ".txt")


def fasta(data: bytes) -> None:
    """A FASTA file: the first byte chooses its ending, the second a length."""
    ending, length = _ENDINGS[(data[:1] or b"\0")[0] % len(_ENDINGS)], (data[1:2] or b"\0")[0]
    path = project() / f"fuzzed{ending}"
    path.write_bytes(data[2:])
    with refused():
        found = read_fasta(path, length or None)
        assert len(found) == len(found.names) > 0
        assert all(name.isprintable() and name for name in found.names)


@cache
def plan() -> RunPlan:
    """The plan whose cells a journal may know."""
    path = project() / "experiments" / "journal.yaml"
    path.write_text("name: tiny\nmodels: [tiny]\nlengths: [60]\nmethods: [naive_ism, gradient, taylor_ism]\n")
    return make_plan(load_spec(path), device="cpu")


def journal(data: bytes) -> None:
    """The records of a run: opened, gone on with, made into tables."""
    folder = project() / "journal"
    folder.mkdir(exist_ok=True)
    path = folder / "journal.jsonl"
    path.write_bytes(data)
    with refused(), Journal(path, is_sound) as records:
        records.append("run_end", "now", {"exit_code": 0})
        write_tables(records, plan().cells, "tiny", folder)
    assert path.read_bytes().startswith(data)


def channel(data: bytes) -> None:
    """What a worker writes to its parent, in pieces; no message of another token comes through."""
    decoder, size = Decoder("t"), 1 + (data[:1] or b"\0")[0]
    taken = 0
    for start in range(1, len(data), size):
        for message in decoder.feed(data[start : start + size]):
            assert message["token"] == "t"
            taken += 1
    if not taken:
        assert decoder.garbage <= len(data)


TARGETS: dict[str, Target] = {
    "spec": spec,
    "override": override,
    "fasta": fasta,
    "journal": journal,
    "channel": channel,
}


def seeds(name: str) -> list[bytes]:
    """Good inputs of a target, for a fuzzer to start from."""
    return {
        "spec": [SPEC, SIMULATED],
        "override": [b"budget.cell=2s", b"methods.gradient.sequences_per_call=[1, 2]", b"name=x"],
        "fasta": [b"\0\0" + FASTA, b"\0\x05" + FASTA],
        "journal": [sound_journal()],
        "channel": [b'\x20\x1e{"token":"t","kind":"step"}\n\x1e{"token":"u","kind":"x"}\n'],
    }[name]


def sound_journal() -> bytes:
    """A journal as a run would leave it."""
    folder = Path(tempfile.mkdtemp(prefix="ismbench-fuzz-"))
    sample = {"repetition": 0, "seconds": 0.5, "n_sequences": 2, "n_positions": 60, "checked": True}
    metric = {
        "metric": "pearson_map",
        "versus": "naive_ism",
        "scope": "sequence",
        "sequence": "s",
        "value": 0.5,
    }
    with Journal(folder / "journal.jsonl", is_sound) as records:
        run = {"run_id": "r", "started": "2026", "argv": ["a"], "versions": {"keras": "3"}, "spec": {}}
        records.append("run", "r", run)
        records.append("machine", "r", {"matmul_per_second": 1e9})
        for cell, status in zip(plan().cells, ("ok", "ok", "error"), strict=True):
            record = {"status": status, "n_outputs": 1, "multiply_adds": 1e6, "extrapolated": False}
            entry = {"run_id": "r", "status": status, "record": record, "matmul_per_second": 1e9}
            records.append("cell", cell.cell_id, {**entry, "samples": [sample] * 3, "metrics": [metric]})
        pair = {**metric, "cell_id": plan().cells[1].cell_id}
        records.append("pairs", "lane", {"run_id": "r", "cells": [], "metrics": [pair]})
        records.append("run_end", "r", {"exit_code": 0, "finished": "2026", "wall_seconds": 3.5})
    return (folder / "journal.jsonl").read_bytes()

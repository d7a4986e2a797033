"""Benchmarks of the sequence utilities; see benchmarking.py for how to run and compare them."""

from pathlib import Path

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from ismbench.scores import REDUCTIONS
from ismbench.sequence import dinucleotide_shuffle, one_hot, random_dna, read_fasta, shipped_dm3
from tests.bench.benchmarking import measure, sequences

N, LENGTH = 64, 1000
BASES = {"bases": N * LENGTH}


def letters() -> list[str]:
    """N sequences as text."""
    return ["".join("ACGT"[i] for i in row.argmax(axis=1)) for row in sequences(N, LENGTH)]


def test_one_hot(benchmark: BenchmarkFixture) -> None:
    text = letters()
    measure(benchmark, lambda: one_hot(text), BASES, iterations=5)


def test_read_fasta(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    path = tmp_path / "sequences.fa"
    path.write_text("".join(f">{i}\n{text}\n" for i, text in enumerate(letters())))
    measure(benchmark, lambda: read_fasta(path, LENGTH), BASES, iterations=5)


def test_shipped_sequences(benchmark: BenchmarkFixture) -> None:
    found = shipped_dm3(LENGTH)
    measure(benchmark, lambda: shipped_dm3(LENGTH), {"bases": found.x.shape[0] * LENGTH})


def test_dinucleotide_shuffle(benchmark: BenchmarkFixture) -> None:
    x = sequences(1, LENGTH)[0]
    measure(benchmark, lambda: dinucleotide_shuffle(x, 10, np.random.default_rng(0)), {"bases": 10 * LENGTH})


def test_random_dna(benchmark: BenchmarkFixture) -> None:
    measure(benchmark, lambda: random_dna(N, LENGTH, 0), BASES, iterations=5)


def test_reduction(benchmark: BenchmarkFixture) -> None:
    x = sequences(N, LENGTH)
    delta = np.random.default_rng(0).standard_normal((N, LENGTH, 4, 1), dtype=np.float32)
    measure(benchmark, lambda: REDUCTIONS["contribution"](delta, x), BASES, iterations=5)

"""A small model, a small genome, and files of regions and variants on it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("zarr", reason="needs ismbench[scoring]")
pytest.importorskip("pysam", reason="needs ismbench[scoring]")
pytest.importorskip("xarray", reason="needs ismbench[scoring]")

import keras

from ismbench.sequence import decode, random_dna

LENGTH = 40


def make_model(seed: int = 0, outputs: int = 2, **last: Any) -> keras.Model:
    keras.utils.set_random_seed(seed)
    x = y = keras.Input((LENGTH, 4))
    y = keras.layers.Conv1D(6, 5, padding="same", activation="relu")(y)
    y = keras.layers.Flatten()(keras.layers.MaxPooling1D(4)(y))
    return keras.Model(x, keras.layers.Dense(outputs, name="head", **last)(y), name="small")


@pytest.fixture(scope="session")
def model() -> keras.Model:
    return make_model()


@pytest.fixture(scope="session")
def saved(model: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "small.keras"
    model.save(path)
    return path


@pytest.fixture(scope="session")
def chromosomes() -> dict[str, str]:
    return {"chr1": decode(random_dna(1, 1500, 1))[0], "chr2": decode(random_dna(1, 700, 2))[0]}


@pytest.fixture
def genome(chromosomes: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "genome.fa"
    path.write_text(
        "".join(
            f">{name}\n" + "".join(letters[i : i + 60] + "\n" for i in range(0, len(letters), 60))
            for name, letters in chromosomes.items()
        )
    )
    return path


@pytest.fixture
def sequences() -> np.ndarray:
    return random_dna(70, LENGTH, 3)


@pytest.fixture
def fasta(sequences: np.ndarray, tmp_path: Path) -> Path:
    path = tmp_path / "in.fa"
    path.write_text("".join(f">s{i} words\n{s}\n" for i, s in enumerate(decode(sequences))))
    return path


def bed_lines(count: int = 12, chrom: str = "chr1") -> str:
    return "".join(f"{chrom}\t{100 + 50 * i}\t{160 + 50 * i}\tpeak{i}\t0\t+\n" for i in range(count))


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    path = tmp_path / "in.bed"
    path.write_text("# a comment\ntrack name=x\n" + bed_lines())
    return path


VCF_HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1>\n##contig=<ID=chr2>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
)


def vcf_text(lines: list[tuple[str, int, str, str, str]]) -> str:
    return VCF_HEAD + "".join(f"{c}\t{p}\t{i}\t{r}\t{a}\t.\t.\t.\n" for c, p, i, r, a in lines)

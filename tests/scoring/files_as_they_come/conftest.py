"""A model of one layer, the genome of the small files, and how they are scored."""

import bz2
import gzip
import lzma
import shutil
from pathlib import Path

import keras
import pytest

import ismbench as package

FILES = Path(__file__).parent.parent / "files"
WIDTH = 100
PACKED = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.fixture(scope="module")
def wide() -> keras.Model:
    x = keras.Input((WIDTH, 4))
    return keras.Model(x, keras.layers.Dense(1, name="head")(keras.layers.Flatten()(x)))


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILES / "genome.fa", tmp_path / "genome.fa"))


@pytest.fixture
def scored(wide, genome, tmp_path):
    def score(path, **options):
        options = {"genome": genome, "method": "gradient", **options}
        return package.score(wide, path, tmp_path / "out.zarr", **options)

    return score

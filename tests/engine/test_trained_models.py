"""Trained weights and real sequences: fast equals naive, and the networks know what they were trained for."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ismbench.engine.edits import substitutions
from ismbench.engine.mutagenesis import variant_effects
from ismbench.engine.target import Target
from ismbench.sequence import one_hot, read_fasta
from models import bpnet_oskn, encode_tf_cnn, mpra_dragonn
from tests.engine.oracle import compare
from tests.engine.trained import tal_gata_sim
from tests.engine.trained.weights import load_by_name

pytestmark = pytest.mark.shared_data

Inputs = list[np.ndarray]


def encode(protein: str, file: str, n_outputs: int) -> Callable[[Path], tuple[keras.Model, Inputs]]:
    def load(data: Path) -> tuple[keras.Model, Inputs]:
        model = encode_tf_cnn.build(
            n_outputs=n_outputs, activation="sigmoid", weights=data / "encode_tf_cnn" / file
        )
        return model, [read_fasta(data / "dragonn_1kb" / "pos_1000bp.fa.gz", limit=2).x]

    load.__name__ = protein
    return load


def mpra(data: Path) -> tuple[keras.Model, Inputs]:
    model = mpra_dragonn.build(weights=data / "mpra_dragonn" / "ConvModel.weights.h5")
    elements = data / "satmut_mpra" / "elements_GRCh38.reconstructed.fa"
    return model, [read_fasta(elements, model.input_shape[1], limit=3).x]


def tal_gata(data: Path) -> tuple[keras.Model, Inputs]:
    folder = data / "tal_gata_sim"
    model = load_by_name(tal_gata_sim.build(), next(folder.glob("*modelWeights.h5")))
    return model, [one_hot([r["sequence"] for r in simulated(data)[:3]])]


def bpnet(data: Path) -> tuple[keras.Model, Inputs]:
    model = bpnet_oskn.build(bias_tracks=True, weights=data / "bpnet_oskn" / "bpnet_oskn.weights.h5")
    x = read_fasta(data / "dragonn_1kb" / "neg_1000bp.fa.gz", limit=1).x
    rng = np.random.default_rng(0)
    biases = [rng.random((1, *shape), np.float32) for shape in [(1000, 4), (2,)] * 4]
    return model, [x, *biases]


def simulated(data: Path) -> list[dict[str, str]]:
    """Sequences with planted TAL and GATA motifs, those with the longest list of motifs first."""
    with gzip.open(data / "tal_gata_sim" / "sequences.simdata.gz", "rt") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return sorted(rows, key=lambda row: -len(row["embeddings"]))


MODELS = (encode("CTCF", "CTCF.gD56a.h5", 129), encode("SPI1", "SPI1.vzdFs.h5", 4), mpra, tal_gata, bpnet)


def some_positions(length: int) -> np.ndarray:
    """All of a short sequence; of a long one both edges, a run in the middle, and some at random."""
    if length <= 200:
        return np.arange(length)
    random = np.random.default_rng(0).integers(0, length, 8)
    middle = length // 2 + np.arange(8)
    return np.unique(np.concatenate([np.arange(3), middle, random, length - 1 - np.arange(3)]))


@pytest.mark.parametrize("load", MODELS, ids=lambda f: f.__name__)
def test_fast_equals_naive(load: Callable[[Path], tuple[keras.Model, Inputs]], shared_data: Path) -> None:
    model, inputs = load(shared_data)
    x = inputs[0]
    where = np.tile(some_positions(x.shape[1]), (len(x), 1))
    comparison = compare(model, inputs, substitutions(x, where, range(4)), choices=((8, 0.3), (64, 0.3)))
    assert comparison.fast <= 2 * comparison.naive
    assert comparison.effect > 100 * comparison.naive


def test_the_ctcf_network_knows_ctcf_peaks(shared_data: Path) -> None:
    model, _ = MODELS[0](shared_data)
    peaks = read_fasta(shared_data / "dragonn_1kb" / "pos_1000bp.fa.gz", limit=100).x
    others = read_fasta(shared_data / "dragonn_1kb" / "neg_1000bp.fa.gz", limit=100).x
    on_peaks, off_peaks = (np.median(np.asarray(model(x)).max(axis=1)) for x in (peaks, others))
    assert on_peaks > 0.9
    assert off_peaks < 0.1


def test_the_simulated_network_finds_the_planted_motifs(shared_data: Path) -> None:
    model, _ = tal_gata(shared_data)
    rows = simulated(shared_data)[::40]
    predictions = np.asarray(model(one_hot([r["sequence"] for r in rows])))
    labels = np.array([[int(r[f"task{i}"]) for i in (1, 2, 3)] for r in rows])
    accuracy = ((predictions > 0.5) == labels).mean(axis=0)
    assert (accuracy > 0.8).all()


def test_an_oct4_motif_raises_the_oct4_count(shared_data: Path) -> None:
    model, inputs = bpnet(shared_data)
    motif = one_hot(["TTTGCATAACAA"])[0]
    x = read_fasta(shared_data / "dragonn_1kb" / "neg_1000bp.fa.gz", limit=8).x
    zeros: list[Any] = [np.zeros((8, *a.shape[1:]), np.float32) for a in inputs[1:]]
    result = variant_effects(
        model,
        [x, *zeros],
        np.full(8, 494),
        np.broadcast_to(motif, (8, *motif.shape)),
        target=Target(output="Oct4_counts"),
    )
    effects = result.delta.mean(axis=1)
    assert 0.5 < np.median(effects) < 1.5


def test_no_bias_tracks_are_bias_tracks_of_zero(shared_data: Path) -> None:
    with_tracks, inputs = bpnet(shared_data)
    alone = bpnet_oskn.build(weights=shared_data / "bpnet_oskn" / "bpnet_oskn.weights.h5")
    zeros = [inputs[0], *(np.zeros_like(a) for a in inputs[1:])]
    for a, b in zip(alone(inputs[0]), with_tracks(zeros), strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))

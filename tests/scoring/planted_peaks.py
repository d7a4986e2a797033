"""Peaks with a motif each, three of which cannot be scored and some with unknown letters, and a model that knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ismbench.sequence import decode, random_dna
from ismbench.simulate import read_motifs

__all__ = ["CHROM", "WIDTH", "PlantedPeaks", "motif_model", "write_peaks"]

CHROM = "chr1"
WIDTH = 200
MOTIF = read_motifs()["CTCF"]
_APART = 400
_EVERY_N = 10


@dataclass(frozen=True)
class PlantedPeaks:
    """Files, and where the motifs are.

    Attributes:
        genome: FASTA.
        bed: All peaks.
        broken: Peaks that cannot be scored.
        places: Names of the others, in the order of the file, with the first position of their motifs in the genome.
        unknown: Names of those that hold N.
    """

    genome: Path
    bed: Path
    broken: int
    places: dict[str, int]
    unknown: Sequence[str]


def write_peaks(folder: Path, count: int) -> PlantedPeaks:
    """Writes a genome and its peaks; the first, the eighth and the last but one line cannot be scored."""
    rng = np.random.default_rng(0)
    letters = list(decode(random_dna(1, _APART * (count + 2), 0))[0])
    # Clearer than real ones, so that no stretch by chance is as good.
    shares = MOTIF.counts**3 / (MOTIF.counts**3).sum(axis=1, keepdims=True)
    lines, places, unknown = [], {}, []
    for i in range(count):
        start, name = _APART * (i + 1), f"peak{i}"
        places[name] = start + int(rng.integers(60, 120))
        drawn = [rng.choice(list("ACGT"), p=share) for share in shares]
        letters[places[name] : places[name] + MOTIF.width] = drawn
        if i % _EVERY_N == 0:
            letters[start + 5 : start + 25] = "N" * 20
            unknown.append(name)
        lines.append(f"{CHROM}\t{start}\t{start + WIDTH}\t{name}\n")
    broken = {
        0: f"{CHROM}\t0\t60\tedge\n",
        7: "chr9\t500\t700\tnowhere\n",
        len(lines): f"{CHROM}\t-5\t9\tbad\n",
    }
    for at, line in broken.items():
        lines.insert(at, line)
    genome, bed = folder / "genome.fa", folder / "peaks.bed"
    genome.write_text(f">{CHROM}\n{''.join(letters)}\n")
    bed.write_text("".join(lines))
    return PlantedPeaks(genome, bed, len(broken), places, unknown)


def motif_model() -> keras.Model:
    """The likelihood ratio of the motif, on both strands, summed over all places: each position counts a little.

    With the best place alone most contributions were exactly zero, and TF-MoDISco's null model has no spread.
    """
    odds = np.log((MOTIF.counts + 1) / (MOTIF.counts + 1).sum(axis=1, keepdims=True) / 0.25)
    kernel = np.stack([odds, odds[::-1, ::-1]], axis=2).astype(np.float32)
    x = keras.Input((WIDTH, 4))
    conv = keras.layers.Conv1D(2, MOTIF.width, activation="exponential")
    dense = keras.layers.Dense(1)
    model = keras.Model(x, dense(keras.layers.GlobalAveragePooling1D()(conv(x))))
    conv.set_weights([kernel, np.full(2, -8, np.float32)])
    dense.set_weights([np.ones((2, 1), np.float32), np.zeros(1, np.float32)])
    return model

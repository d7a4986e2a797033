"""The tables that the study ``models`` leaves, in long form; floats are rounded to what figures can show."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.bench.experiment.data import Split
from ismbench.bench.experiment.trained_weights import TrainedModel
from ismbench.papers.tism.studies.explain import Maps
from ismbench.papers.tism.studies.weights import Weights
from ismbench.scores import REDUCTIONS, contribution_track, first_order
from ismbench.sequence import DNA, SignalSet

__all__ = [
    "attributions",
    "base_effects",
    "concordance",
    "data",
    "history",
    "models",
    "pairs",
    "shown_outputs",
    "shown_sequence",
    "sites",
]

Array = NDArray[Any]
_DIGITS = 4
SHOWN_OUTPUTS = 8
"""Outputs whose logos are aligned in Fig 1B."""
EFFECT_SEQUENCES = 8
"""Sequences of the scatter S1."""


def models(sets: Iterable[Weights]) -> pd.DataFrame:
    """A row for each set of weights: what was trained and how well it does on the test split."""
    return pd.DataFrame(
        [
            {
                "model": w.model,
                "epoch": w.epoch,
                "kept_epoch": w.trained.kept_epoch,
                "n_train": w.trained.n_train,
                "n_parameters": w.trained.n_parameters,
                "train_pearson": w.performance.train,
                "test_pearson": w.performance.test,
                "epochs": len(w.trained.history),
                "training_seconds": round(w.trained.seconds, 1),
                "identity": w.job.identity,
            }
            for w in sets
        ]
    ).astype({"epoch": "Int64"})


def history(trained: Mapping[str, TrainedModel]) -> pd.DataFrame:
    """A row for each epoch of each training."""
    rows = [
        {
            "model": name,
            "epoch": e.epoch,
            "loss": round(e.loss, 5),
            "validation_pearson": round(e.validation, 4),
        }
        for name, record in trained.items()
        for e in record.history
    ]
    return pd.DataFrame(rows)


def concordance(agreements: Iterable[tuple[Weights, Mapping[str, Array]]], split: Split) -> pd.DataFrame:
    """A row for each set of weights, sequence and output: agreement with ISM, and the prediction."""
    frames = []
    for weights, found in agreements:
        n, k = found["tism_ism"].shape
        sequence, output = (axis.ravel() for axis in np.indices((n, k)))
        values = {name: np.round(array.ravel().astype(float), _DIGITS) for name, array in found.items()}
        measured = split.test.signals[:n].ravel().astype(float)
        frames.append(
            pd.DataFrame(
                {
                    "model": weights.model,
                    "epoch": weights.epoch,
                    "sequence": sequence,
                    "output": output,
                    **values,
                    "measured": np.round(measured, _DIGITS),
                }
            ).astype({"epoch": "Int64"})
        )
    return pd.concat(frames, ignore_index=True)


def pairs(found: Iterable[tuple[str, str, Array, Array]]) -> pd.DataFrame:
    """A row for each two initialisations, sequence and output."""
    frames = []
    for a, b, ism, tism in found:
        sequence, output = (axis.ravel() for axis in np.indices(ism.shape))
        frames.append(
            pd.DataFrame(
                {
                    "model": a,
                    "other": b,
                    "sequence": sequence,
                    "output": output,
                    "ism_ism": np.round(ism.ravel(), _DIGITS),
                    "tism_tism": np.round(tism.ravel(), _DIGITS),
                }
            )
        )
    columns = ["model", "other", "sequence", "output", "ism_ism", "tism_tism"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def shown_outputs(maps: Maps) -> list[int]:
    """The first outputs; neighbours are of different lineages."""
    return list(range(min(SHOWN_OUTPUTS, maps.prediction.shape[1])))


def shown_sequence(maps: Maps) -> int:
    """The sequence whose predictions differ most between the outputs that are shown."""
    return int(maps.prediction[:, shown_outputs(maps)].std(axis=1).argmax())


def attributions(
    model: str, sequence: int, maps: Maps, row: NDArray[np.float32], test: SignalSet
) -> pd.DataFrame:
    """Contribution of every base of one sequence to some outputs, by ISM and by TISM.

    Args:
        model: Whose.
        sequence: Which, by its number in the test split.
        maps: Of this sequence alone.
        row: The sequence, (1, L, A).
        test: Names the outputs.
    """
    outputs = shown_outputs(maps)
    ism = contribution_track(maps.ism, row, "delta")[0]
    tism = contribution_track(first_order(maps.gradient, row), row, "delta")[0]
    letters = [DNA[int(column.argmax())] if column.any() else "N" for column in row[0]]
    frames = [
        pd.DataFrame(
            {
                "model": model,
                "sequence": sequence,
                "output": test.outputs[k],
                "position": np.arange(len(letters)),
                "base": letters,
                "ism": np.round(ism[:, k].astype(float), 6),
                "tism": np.round(tism[:, k].astype(float), 6),
            }
        )
        for k in outputs
    ]
    return pd.concat(frames, ignore_index=True)


def sites(maps: Maps, test: SignalSet) -> pd.DataFrame:
    """The planted sites of the sequence that is shown; none where nothing was planted."""
    i, known = shown_sequence(maps), test.sequences.motifs
    rows = [] if known is None else [{"sequence": i, **vars(site)} for site in known[i]]
    return pd.DataFrame(rows, columns=["sequence", "name", "start", "end", "strand"])


def data(split: Split, ceiling: float | None) -> pd.DataFrame:
    """One row: how much data there is, and the performance that a perfect model would have on it."""
    sizes = {f"n_{part}": len(getattr(split, part)) for part in ("train", "validation", "test")}
    shape = {"length": split.length, "n_outputs": len(split.test.outputs)}
    return pd.DataFrame([{**sizes, **shape, "noise_ceiling": np.nan if ceiling is None else ceiling}])


def base_effects(maps: Maps, x: NDArray[np.float32]) -> pd.DataFrame:
    """Mean effect of the base that is there, by ISM, against gradient x input and TISM, at every position."""
    n = min(EFFECT_SEQUENCES, len(x))
    row, gradient = x[:n], maps.gradient[:n]
    mean_effect = REDUCTIONS["mean_effect"]
    values = {
        "ism_mean_effect": mean_effect(maps.ism[:n], row),
        "tism_mean_effect": mean_effect(first_order(gradient, row), row),
        "gradient_x_input": contribution_track(gradient, row, "map"),
    }
    sequence, position = (axis.ravel() for axis in np.indices(row.shape[:2]))
    found = {name: np.round(array[..., 0].ravel().astype(float), 6) for name, array in values.items()}
    return pd.DataFrame({"sequence": sequence, "position": position, "output": 0, **found})

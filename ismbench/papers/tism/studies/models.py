"""The study ``models``: trains every model of Fig 3, explains the test split with each, and compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench import digest
from ismbench.bench.experiment.data import Split
from ismbench.bench.experiment.experiment import Experiment, load_spec
from ismbench.bench.experiment.model_files import find_models
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.records.array_files import read_arrays, write_arrays
from ismbench.bench.training.quality import performance_of
from ismbench.bench.training.train import Splits, ready, train_models
from ismbench.papers.core.study import ComputeJob, Scale
from ismbench.papers.tism.panels import ATTRIBUTED, BASELINE, INITIALISATIONS
from ismbench.papers.tism.studies import long_tables
from ismbench.papers.tism.studies.agreement import map_pearson
from ismbench.papers.tism.studies.completeness import completeness
from ismbench.papers.tism.studies.explain import Architecture, Maps
from ismbench.papers.tism.studies.judge import KEPT, judged
from ismbench.papers.tism.studies.scale import MODELS_FILE, MODELS_FULL, MODELS_QUICK
from ismbench.papers.tism.studies.weights import Weights, architecture, list_weights
from ismbench.scores import first_order

__all__ = ["compute"]

Array = NDArray[Any]
COMPLETENESS_SEQUENCES = 16
_CHANGES: Mapping[Scale, tuple[str, ...]] = {"quick": MODELS_QUICK, "shipped": (), "full": MODELS_FULL}


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """Trains, explains, compares.

    Args:
        job: What to do; its seed is that of the shuffles, the experiment file has the others.

    Returns:
        The tables of ``ismbench.papers.tism.studies.long_tables``.
    """
    experiment = load_spec(job.root / MODELS_FILE, _CHANGES[job.scale])
    splits = Splits()
    jobs = {name: ready(job, splits) for name, job in _jobs(experiment).items()}
    trained = train_models(
        jobs.values(), job.cache / "trained", lambda words, done, total: job.tell(words, done, total), splits
    )
    split = splits.of(jobs[BASELINE])
    x = split.test.sequences.x[: experiment.sequences.count(job.device)]
    sets = list_weights(jobs, trained, job.cache / "trained")
    study = _Study(job, x, split)
    agreements = study.agreements(sets)
    baseline, maps = study.baseline(sets)
    return {
        "models": long_tables.models(sets),
        "history": long_tables.history(trained),
        "concordance": long_tables.concordance(agreements, split),
        "pairs": long_tables.pairs(study.between_initialisations()),
        "attributions": study.attributions(sets, long_tables.shown_sequence(maps)),
        "sites": long_tables.sites(maps, split.test),
        "base_effects": long_tables.base_effects(maps, x),
        "completeness": completeness(baseline, x[:COMPLETENESS_SEQUENCES], job.tell),
        "data": long_tables.data(split, _ceiling(split)),
    }


def _ceiling(split: Split) -> float | None:
    """Performance of the generating function itself, which only the noise takes away from 1."""
    if split.response is None:
        return None
    return performance_of(split.response(split.test.sequences.x), split.test.signals)


def _jobs(experiment: Experiment) -> dict[str, TrainJob]:
    found = {name: model.training for name, model in find_models(experiment).items()}
    return {name: job for name, job in found.items() if job is not None}


@dataclass
class _Study:
    job: ComputeJob
    x: NDArray[np.float32]
    split: Split

    def __post_init__(self) -> None:
        known = self.split.response
        self._truth = None if known is None else known.ism(self.x)
        self._of_seeds: dict[str, Maps] = {}
        self._built: tuple[str, Architecture] | None = None

    def agreements(self, sets: list[Weights]) -> list[tuple[Weights, dict[str, Array]]]:
        """Agreement of gradient and TISM with ISM for each set of weights: arrays (N, K) by name."""
        seeds = {shown.model for shown in INITIALISATIONS}
        found = []
        for done, weights in enumerate(sets):
            self.job.tell(f"explaining {weights.words}", done, len(sets))
            if weights.epoch is None and weights.model in seeds:
                maps = self._maps(weights)
                self._of_seeds[weights.model] = maps
                found.append((weights, self._judge(maps)))
            else:
                found.append((weights, self._agreement(weights)))
        return found

    def between_initialisations(self) -> list[tuple[str, str, Array, Array]]:
        """For each two initialisations, agreement (N, K) of their ISM and of their TISM."""
        found = []
        for a, b in combinations(self._of_seeds, 2):
            one, other = self._of_seeds[a], self._of_seeds[b]
            tism = (first_order(maps.gradient, self.x) for maps in (one, other))
            found.append((a, b, map_pearson(one.ism, other.ism), map_pearson(*tism)))
        return found

    def attributions(self, sets: list[Weights], sequence: int) -> pd.DataFrame:
        """Contributions to one sequence of the models that are compared there."""
        chosen = {shown.model for shown in ATTRIBUTED}
        row, frames = self.x[sequence : sequence + 1], []
        for weights in sets:
            if weights.epoch is None and weights.model in chosen:
                maps = self._architecture(weights).maps(weights.file, row)
                frames.append(long_tables.attributions(weights.model, sequence, maps, row, self.split.test))
        return pd.concat(frames, ignore_index=True)

    def baseline(self, sets: list[Weights]) -> tuple[Any, Maps]:
        """The baseline model with its weights, and its maps."""
        weights = next(w for w in sets if w.model == BASELINE and w.epoch is None)
        from ismbench.weights import load_weights

        model = self._architecture(weights).model
        load_weights(model, weights.file)
        return model, self._of_seeds[BASELINE]

    def _agreement(self, weights: Weights) -> dict[str, Array]:
        """Kept on disk, for a study that is interrupted goes on where it was."""
        path = self.job.cache / f"agreement-{self._key(weights)}.npz"
        known = read_arrays(path, *KEPT)
        if known is not None:
            return dict(zip(KEPT, known, strict=True))
        found = self._judge(self._maps(weights))
        write_arrays(path, **found)
        return found

    def _judge(self, maps: Maps) -> dict[str, Array]:
        known, explained = self.split.response, self.split.test.sequences.take(slice(len(self.x)))
        sites = None if known is None else known.sites_that_matter(explained)
        return judged(maps, self.x, self._truth, sites)

    def _maps(self, weights: Weights) -> Maps:
        path = self.job.cache / f"maps-{self._key(weights)}.npz"
        known = read_arrays(path, "ism", "gradient", "prediction")
        if known is not None:
            return Maps(*known)
        maps = self._architecture(weights).maps(weights.file, self.x)
        if weights.epoch is None and weights.model in {shown.model for shown in INITIALISATIONS}:
            write_arrays(path, ism=maps.ism, gradient=maps.gradient, prediction=maps.prediction)
        return maps

    def _architecture(self, weights: Weights) -> Architecture:
        key = architecture(weights.job)
        if self._built is None or self._built[0] != key:
            self._built = key, Architecture(weights.job, len(self.split.test.outputs))
        return self._built[1]

    def _key(self, weights: Weights) -> str:
        return digest.of_value(
            {
                "weights": [weights.job.identity, weights.epoch],
                "sequences": digest.of_arrays(self.x),
                "truth": None if self._truth is None else digest.of_arrays(self._truth),
                "sources": [
                    digest.of_module(f"ismbench.papers.tism.studies.{name}") for name in ("explain", "judge")
                ],
            }
        )

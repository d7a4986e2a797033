"""Values that are independent of each other: one a sequence, averaged over its outputs."""

import numpy as np
import pandas as pd
from scipy.stats import t

from ismbench.papers.core.intervals import Estimate, mean
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.panels import INITIALISATIONS
from ismbench.papers.tism.tables.read import STUDY, performance

__all__ = [
    "baseline",
    "by_sequence",
    "difference",
    "expected_performance",
    "performances",
    "seed_spread",
    "sequences",
    "spread_of",
]


def by_sequence(
    records: PaperRecords, model: str, column: str = "tism_ism", epoch: int | None = None
) -> "pd.Series[float]":
    """A correlation of a model or checkpoint, one value a sequence.

    Raises:
        MissingRecordsError: The model was not trained.
    """
    table = records.table(STUDY, "concordance", column)
    chosen = table["epoch"].isna() if epoch is None else table["epoch"] == epoch
    rows = table[(table["model"] == model) & chosen]
    if rows.empty:
        raise MissingRecordsError(
            f"the study {STUDY} has no {model}{'' if epoch is None else f', epoch {epoch}'}"
        )
    return rows.groupby("sequence")[column].mean().astype("float64")


def baseline(records: PaperRecords, column: str = "tism_ism") -> "pd.Series[float]":
    """Of the baseline, averaged over its initialisations."""
    return pd.concat([by_sequence(records, s.model, column) for s in INITIALISATIONS], axis=1).mean(axis=1)


def seed_spread(records: PaperRecords) -> float:
    """How far the mean of one more training may lie from those of the initialisations, with 95%."""
    return spread_of([float(by_sequence(records, shown.model).mean()) for shown in INITIALISATIONS])


def spread_of(values: list[float]) -> float:
    """Half the prediction interval of one more value."""
    n = len(values)
    return float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) * np.sqrt(1 + 1 / n))


def difference(one: "pd.Series[float]", other: "pd.Series[float]") -> Estimate:
    """The mean of one less the other over the sequences that both have."""
    return mean((one - other).dropna().to_numpy())


def performances(records: PaperRecords) -> list[float]:
    """Test performance of each of the baseline's initialisations."""
    return [performance(records, shown.model) for shown in INITIALISATIONS]


def expected_performance(records: PaperRecords) -> tuple[float, float, float]:
    """Where one more training of the baseline would lie with 95%: lower end, middle, upper end."""
    found = performances(records)
    middle, spread = float(np.mean(found)), spread_of(found)
    return middle - spread, middle, middle + spread


def sequences(found: Estimate) -> str:
    """Of how many an estimate is made."""
    return f"{found.n} sequences"

"""The paper's tables, published against ours."""

import pandas as pd

from ismbench.papers.core.paper import Comparison, ComparisonRow
from ismbench.papers.core.published import PublishedNumbers, published_value
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.studies.sweeps import VALUES
from ismbench.papers.fastism.tables.known import published_ratio
from ismbench.papers.fastism.tables.speedups import speedups
from ismbench.papers.fastism.tables.table1 import table_1
from ismbench.papers.fastism.tables.work import parts, work

__all__ = ["COMPARISONS"]


def _sweeps(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    speed = records.table("sweeps", "speed").set_index(["parameter", "value"])["speedup"]
    return [
        ComparisonRow(
            model="plain_cnn",
            setting=f"{parameter} {value:,}",
            method="fast_ism",
            quantity="speed-up over naive ISM",
            unit="",
            ours=float(speed[parameter, value]) if (parameter, value) in speed.index else None,
            ours_machine=records.machines["sweeps"],
            remark="" if (parameter, value) in speed.index else "not at the quick scale",
            **published_ratio(
                published, "plain_cnn", value if parameter == "length" else 1000, f"{parameter}={value}"
            ),
        )
        for parameter, values in VALUES.items()
        for value in values
    ]


def _largest(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    memory = records.table("largest_batch", "memory")
    return [
        _largest_of(str(model), str(method), part, records, published)
        for (model, method), part in memory.groupby(["model", "method"], sort=False)
    ]


def _largest_of(
    model: str, method: str, part: pd.DataFrame, records: PaperRecords, published: PublishedNumbers
) -> ComparisonRow:
    fitting = part[part["fits"]]["batch"]
    theirs = "naive_ism" if method == "naive_ism" else "peer_fastism"
    known = published.find(table="largest batch", model=model, length=1000, method=theirs)
    tried = ", ".join(f"{size:,}" for size in part["batch"])
    bound = part["bound_bytes"].iloc[0] / 2**30
    words = f"ours: {part['unit'].iloc[0]} within {bound:g} GiB, of {tried}"
    if method != "naive_ism":
        words += "; published: the original's; ours: our engine at 16 positions"
    return ComparisonRow(
        model=model,
        setting="1,000 bp",
        method=method,
        quantity="largest batch that fits",
        unit="",
        ours=None if fitting.empty else float(fitting.max()),
        ours_machine=records.machines["largest_batch"],
        remark=words,
        comparable=method == "naive_ism" and bound == 16,
        **published_value(known),
    )


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "table1",
        "Table 1: time",
        "Best batch size of those tried, see the remarks. The published times are from a GPU, so these ratios compare"
        " machines, too.",
        table_1,
    ),
    Comparison(
        "speedups",
        "Speed-up over naive ISM",
        "Each is a ratio of two times on one machine. Published: the paper's Table 1; the notebook ISMBenchmark, which"
        " makes one substitution a position where the paper makes three, has rows of its own.",
        speedups,
    ),
    Comparison(
        "fig1",
        "Fig 1: multiply-adds and changed positions",
        "The paper's windowed 8 M and 2 M fit w + k // 2 outputs of a convolution whose input changes at w positions,"
        " and its 0.5 M fits 22 outputs of the first one, which its max pooling reads. Ours counts every changed"
        " output, w + k - 1 of them. A row of each.",
        work,
    ),
    Comparison(
        "sweeps",
        "Sweeps of one parameter: speed-up over naive ISM",
        "Published: the notebook VaryParams, the original fastISM on a GPU. Ours: our engine, on one sequence at once.",
        _sweeps,
    ),
    Comparison(
        "largest_batch",
        "Largest batch that fits",
        "Published: the notebook MaxBatchSize, sequences at once within 16 GB, of naive ISM and of the"
        " original fastISM.",
        _largest,
    ),
    Comparison(
        "parts",
        "Convolutions and dense layers of Basset",
        "By count: multiply-adds of a full pass. By time: a forward pass of each part.",
        parts,
    ),
)

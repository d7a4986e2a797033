"""A tiny paper with one computation, and computations that go wrong in every way."""

import os
import time
from pathlib import Path

import pandas as pd

from ismbench.errors import InputError
from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import (
    Comparison,
    ComparisonRow,
    Drawn,
    Finding,
    Judgement,
    Paper,
    Picture,
    Ruling,
)
from ismbench.papers.core.published import PublishedNumbers
from ismbench.papers.core.reproduce import Settings, Watch
from ismbench.papers.core.study import ComputeJob, ComputeStudy, Scale, Tell
from ismbench.papers.core.study_records import PaperRecords

CALLS = "calls.txt"


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """Squares; leaves a line a call in the cache."""
    with (job.cache / CALLS).open("a") as file:
        file.write(f"{job.scale} {job.seed} {job.device}\n")
    job.tell("squaring", 1, 2)
    most = int((job.root / "most.txt").read_text())
    return {"squares": pd.DataFrame({"x": range(most), "square": [x * x for x in range(most)]})}


def fails(job: ComputeJob) -> dict[str, pd.DataFrame]:
    raise RuntimeError("no squares today")


def refuses(job: ComputeJob) -> dict[str, pd.DataFrame]:
    raise InputError("squares must be square. Received: a circle")


def dies(job: ComputeJob) -> dict[str, pd.DataFrame]:
    os._exit(7)


def is_silent(job: ComputeJob) -> dict[str, pd.DataFrame]:
    time.sleep(60)
    return {}


def returns_others(job: ComputeJob) -> dict[str, pd.DataFrame]:
    return {"cubes": pd.DataFrame()}


def study(function: str = "compute", timeout: float = 60.0) -> ComputeStudy:
    return ComputeStudy(
        "squares",
        "Squares of small numbers",
        f"{__name__}:{function}",
        tables=("squares",),
        inputs=("most.txt",),
        seed=3,
        timeout=timeout,
        scaled_down={"quick": "Few numbers."},
    )


def draw(records: PaperRecords) -> Drawn:
    data = records.table("squares", "squares")
    figure, (axis,) = column_figure(1, 2.0)
    axis.plot(data["x"], data["square"])
    axis.set_xlabel("Number")
    axis.set_ylabel("Its square")
    return Drawn(figure, data, records.ids("squares"))


def rows(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    largest = float(records.table("squares", "squares")["square"].max())
    return [
        ComparisonRow(
            "a|model", "up", "fast_ism", "largest", "m", 8.0, "an abacus", "a book", largest, "a finger"
        ),
        ComparisonRow("other", "up", "", "largest", "", None, at_least=3.0, remark="over budget"),
        ComparisonRow("fourth", "up", "", "largest", "", 7.0, "an abacus", "a book"),
        ComparisonRow("third", "up", "", "largest", "", None, ours=1.0),
    ]


def grows(records: PaperRecords) -> Judgement:
    squares = records.table("squares", "squares")["square"]
    holds = bool(squares.is_monotonic_increasing)
    return Judgement(
        Ruling.REPRODUCED if holds else Ruling.NOT_REPRODUCED, f"up to {squares.max()}", "5 squares"
    )


def shrinks(records: PaperRecords) -> Judgement:
    return Judgement(Ruling.NOT_REPRODUCED, grows(records).figures)


def paper(function: str = "compute", timeout: float = 60.0) -> Paper:
    return Paper(
        "tiny",
        "A tiny paper",
        "Nobody, *Nowhere*, 2000.",
        (study(function, timeout),),
        (Picture("curve", "The curve", "Squares.", ("squares",), draw),),
        (Comparison("sizes", "Sizes", "A note.", rows),),
        (
            Finding("Squares grow", "everyone", grows),
            Finding("Squares shrink", "nobody", shrinks),
        ),
        notes=("A note on it all.",),
    )


class Watcher:
    """Keeps what it is told."""

    def __init__(self, tell: Tell | None = None) -> None:
        self.lines: list[str] = []
        self.steps: list[tuple[str, int, int]] = []
        self._tell = tell

    def watch(self) -> Watch:
        return Watch(say=self.lines.append, tell=self.tell, experiment=self.experiment)

    def tell(self, words: str, done: int = 0, total: int = 0) -> None:
        self.steps.append((words, done, total))
        if self._tell is not None:
            self._tell(words, done, total)

    def experiment(self, plan: object) -> object:
        raise AssertionError("no experiment here")


def settings(folder: Path, scale: Scale = "quick", **more: object) -> Settings:
    if not (folder / "most.txt").exists():
        (folder / "most.txt").write_text("5")
    return Settings(scale, "cpu", folder / "results", folder, **more)  # type: ignore[arg-type]

"""How the speed-up changes with one parameter of a plain network; the original's is in the notebook VaryParams."""

from collections.abc import Callable

from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords

__all__ = ["SWEEPS"]

_SOURCE = "of the original, by the numbers of the notebook VaryParams"


def _trend(parameter: str, sign: int) -> Callable[[PaperRecords], Judgement]:
    """A rank correlation of 0.8 or more is a trend, below 0 the opposite of one."""

    def check(records: PaperRecords) -> Judgement:
        speed = records.table("sweeps", "speed")
        rows = speed[speed["parameter"] == parameter].sort_values("value")
        if len(rows) < 3:
            raise MissingRecordsError(f"fewer than three values of the {parameter}")
        trend = sign * round(float(rows["value"].corr(rows["speedup"], method="spearman")), 6)
        ruling = (
            Ruling.REPRODUCED if trend >= 0.8 else Ruling.NOT_REPRODUCED if trend < 0 else Ruling.UNDECIDED
        )
        words = ", ".join(f"{v:,}: {s:.3g}x" for v, s in zip(rows["value"], rows["speedup"], strict=True))
        return Judgement(ruling, f"{words} (rank correlation {sign * trend:.2f})", f"{len(rows)} values")

    return check


SWEEPS = (
    Finding("The speed-up of our engine grows with the length of the sequence", _SOURCE, _trend("length", 1)),
    Finding("The speed-up of our engine falls with the width of the kernels", _SOURCE, _trend("width", -1)),
    Finding("The speed-up of our engine grows with the number of channels", _SOURCE, _trend("channels", 1)),
    Finding("The speed-up of our engine grows with the number of convolutions", _SOURCE, _trend("depth", 1)),
)

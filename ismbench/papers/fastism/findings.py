"""What the paper states, checked on our records."""

import math
from collections.abc import Callable

import pandas as pd

from ismbench.papers.core.paper import Finding, Verdict
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.studies.batches import CASES
from ismbench.papers.fastism.tables.numbers import batch_rows, best_batch, best_cell, share_of_convolutions
from ismbench.papers.fastism.tables.table1 import TABLE_1, our_time

__all__ = ["FINDINGS"]

_ABSTRACT = "Nair et al. 2022, abstract"
_SWEEPS = "of the original, by the numbers of the notebook VaryParams"
_MANY = 256
"""Sequences from which on the paper's batches pay."""


def _ratio_to_naive(records: PaperRecords, method: str) -> pd.DataFrame:
    """Columns model, length, sequences, ratio: a method's time for a sequence over that of naive ISM."""
    parts = []
    for model, length in CASES:
        naive = best_batch(records, model, length, "naive_ism").seconds
        rows = batch_rows(records, model, length, method)
        rows = rows[rows["status"] == "ok"]
        if naive is None or rows.empty:
            continue
        ratio = 100 * rows["seconds_per_sequence"] / naive
        parts.append(rows[["model", "length", "sequences"]].assign(ratio=ratio))
    if not parts:
        raise MissingRecordsError(f"no time of {method} and naive ISM")
    return pd.concat(parts, ignore_index=True)


def _listed(rows: pd.DataFrame) -> str:
    """The range over models and lengths for each number of sequences."""
    parts = []
    for n, part in rows.groupby("sequences"):
        ordered = part.sort_values("ratio", kind="stable")
        ends = [ordered.iloc[k] for k in ((0, -1) if len(ordered) > 1 else (0,))]
        words = [f"{end['ratio']:.3g}× ({end['model']} {end['length']:,} bp)" for end in ends]
        parts.append(f"{n:,} sequence{'' if n == 1 else 's'}: {' to '.join(words)}")
    return f"time over that of naive ISM, {'; '.join(parts)}"


def original_needs_many(models: tuple[str, ...]) -> Callable[[PaperRecords], Verdict]:
    """With fewer than 256 sequences at once the original fastISM is slower than naive ISM, for each of the models."""

    def check(records: PaperRecords) -> Verdict:
        rows = _ratio_to_naive(records, "peer_fastism")
        few = rows[(rows["sequences"] < _MANY) & rows["model"].isin(models)]
        if few.empty:
            raise MissingRecordsError("no time of fewer than 256 sequences")
        return Verdict(bool((few["ratio"] > 1).all()), _listed(few))

    return check


def ours_needs_no_many(records: PaperRecords) -> Verdict:
    """Our engine is faster than naive ISM whatever the number of sequences."""
    rows = _ratio_to_naive(records, "fast_ism")
    slowest = rows.sort_values("ratio").tail(1)
    return Verdict(bool((rows["ratio"] < 1).all()), f"slowest of {len(rows)}: {_listed(slowest)}")


def _faster_than_tenfold(method: str, least: int) -> Callable[[PaperRecords], Verdict]:
    """Basset and Factorized Basset, for so many sequences or more; the paper's own BPNet is below ten."""

    def check(records: PaperRecords) -> Verdict:
        rows = _ratio_to_naive(records, method)
        best = rows.loc[rows.groupby(["model", "length"], sort=False)["ratio"].idxmin()]
        places = zip(best["model"], best["length"], best["sequences"], 1 / best["ratio"], strict=True)
        words = "; ".join(f"{model} {length:,} bp: {x:.3g}× with {n:,}" for model, length, n, x in places)
        judged = best[(best["model"] != "bpnet") & (best["sequences"] >= least)]
        holds = None if judged.empty else bool((judged["ratio"] < 1 / 10).all())
        return Verdict(holds, f"{words} (within the study of batches)")

    return check


def convolutions_dominate(records: PaperRecords) -> Verdict:
    """Most of Basset's time goes into its convolutions."""
    seconds = records.table("basset_parts", "parts").set_index("part")["seconds"]
    share = share_of_convolutions(seconds)
    return Verdict(share > 0.5, f"{100 * share:.3g}% of the forward pass of Basset at 1,000 bp")


def surpasses_backpropagation(method: str) -> Callable[[PaperRecords], Verdict]:
    """For all outputs of BPNet the method takes less time than every method by backward passes that was measured."""

    def check(records: PaperRecords) -> Verdict:
        words, verdicts = [], []
        for place in TABLE_1:
            fast = our_time(records, place, method).seconds
            if place[2] != "every" or fast is None:
                continue
            for other in ("gradient_x_input", "integrated_gradients_alibi", "deepshap"):
                found = our_time(records, place, other)
                at = f"{place[0]} {place[1]:,} bp, {other}"
                words.append(
                    f"{at}: {found.remark if found.seconds is None else f'{found.seconds / fast:.3g}×'}"
                )
                verdicts += [] if found.seconds is None else [fast < found.seconds]
        return Verdict(all(verdicts) if verdicts else None, "; ".join(words) or "nothing was measured")

    return check


def reduces_the_gap(method: str) -> Callable[[PaperRecords], Verdict]:
    """The method's time is closer to that of Integrated Gradients than naive ISM's is, as a factor, on all models."""

    def check(records: PaperRecords) -> Verdict:
        words, verdicts = [], []
        for place in TABLE_1:
            model, length, _ = place
            naive, other = (
                best_cell(records, model, m, length).seconds for m in ("naive_ism", "integrated_gradients")
            )
            every = place[2] == "every" and method == "peer_fastism"
            fast = None if every else our_time(records, (model, length, "scalar"), method).seconds
            if naive is None or fast is None or other is None:
                continue
            verdicts.append(abs(math.log(fast / other)) < abs(math.log(naive / other)))
            words.append(
                f"{model} {length:,} bp: {fast / other:.3g}× instead of {naive / other:.3g}× the time"
            )
        return Verdict(all(verdicts) if verdicts else None, "; ".join(words) or "nothing was measured")

    return check


def _trend(parameter: str, sign: int) -> Callable[[PaperRecords], Verdict]:
    def check(records: PaperRecords) -> Verdict:
        speed = records.table("sweeps", "speed")
        rows = speed[speed["parameter"] == parameter].sort_values("value")
        if len(rows) < 3:
            raise MissingRecordsError(f"fewer than three values of the {parameter}")
        trend = round(float(rows["value"].corr(rows["speedup"], method="spearman")), 6)
        words = ", ".join(f"{v:,}: {s:.3g}×" for v, s in zip(rows["value"], rows["speedup"], strict=True))
        return Verdict(
            sign * trend >= 0.8, f"{words} (rank correlation {trend:.2f}; {0.8 * sign:.1f} is enough)"
        )

    return check


FINDINGS: tuple[Finding, ...] = (
    Finding(
        "The original fastISM takes longer than naive ISM when fewer than 256 sequences are scored together",
        "notebook ISMBenchmark (BPNet)",
        original_needs_many(tuple(dict(CASES))),
    ),
    Finding(
        "It does so for BPNet, the model of that notebook",
        "notebook ISMBenchmark (BPNet)",
        original_needs_many(("bpnet",)),
    ),
    Finding("Our engine takes less time than naive ISM, however few", "ours", ours_needs_no_many),
    Finding(
        "fastISM speeds up Basset and Factorized Basset more than tenfold, with 256 sequences or more",
        _ABSTRACT,
        _faster_than_tenfold("peer_fastism", _MANY),
    ),
    Finding(
        "Our engine speeds up Basset and Factorized Basset more than tenfold",
        "ours",
        _faster_than_tenfold("fast_ism", 1),
    ),
    Finding("Most of the computation is in the convolutions", _ABSTRACT, convolutions_dominate),
    Finding("fastISM reduces the gap to Integrated Gradients", _ABSTRACT, reduces_the_gap("peer_fastism")),
    Finding("Our engine reduces the gap to Integrated Gradients", "ours", reduces_the_gap("fast_ism")),
    Finding(
        "With many outputs, fastISM takes less time than methods that use gradients",
        _ABSTRACT,
        surpasses_backpropagation("peer_fastism"),
    ),
    Finding(
        "With many outputs, our engine takes less time than methods that use gradients",
        "ours",
        surpasses_backpropagation("fast_ism"),
    ),
    Finding("The speed-up of our engine grows with the length of the sequence", _SWEEPS, _trend("length", 1)),
    Finding("The speed-up of our engine falls with the width of the kernels", _SWEEPS, _trend("width", -1)),
    Finding("The speed-up of our engine grows with the number of channels", _SWEEPS, _trend("channels", 1)),
    Finding("The speed-up of our engine grows with the number of convolutions", _SWEEPS, _trend("depth", 1)),
)

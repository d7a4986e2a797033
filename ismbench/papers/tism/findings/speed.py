"""Claims on run time: TISM beside ISM and Yuzu."""

from collections.abc import Callable
from itertools import pairwise

import pandas as pd

from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.figures.fig2 import MODEL_LABELS
from ismbench.papers.tism.tables.read import times
from ismbench.papers.tism.tables.run_times import BATCH, ratios
from ismbench.report.groups import best_of

__all__ = ["SPEED"]

_TEXT = "Sasse et al. 2024, Results"
_WHY = "on a CPU, where larger batches gain little"


def _tism_over_ism(records: PaperRecords) -> pd.DataFrame:
    """Columns model, length, speedup, low, high: of the best cells of Taylor ISM."""
    cells = records.run("times").cells
    rows = cells[(cells["method"] == "taylor_ism") & (cells["status"] == "ok")]
    best = [best_of(part) for _, part in rows.groupby(["model", "length"], sort=False)]
    if not best:
        raise MissingRecordsError("Taylor ISM was not timed")
    columns = {
        "speedup_over_naive": "speedup",
        "speedup_over_naive_low": "low",
        "speedup_over_naive_high": "high",
    }
    table = pd.DataFrame(best)[["model", "length", *columns]].rename(columns=columns)
    return table.dropna(subset="speedup").sort_values(["model", "length"])


def _words(rows: pd.DataFrame) -> str:
    return "; ".join(
        f"{MODEL_LABELS.get(str(r['model']), str(r['model']))} {int(r['length']):,} bp: {r['speedup']:,.0f}x"
        f" ({r['low']:,.0f} to {r['high']:,.0f})"
        for r in rows.to_dict("records")
    )


def _baseline_words(rows: pd.DataFrame) -> str:
    """ISM over TISM on the paper's baseline, as in its tables."""
    return "; ".join(
        f"{int(r['length']):,} bp, {int(r['n_sequences']):,} sequences, batches of {int(r['batch'])}:"
        f" {r['ratio']:,.0f}x" + ("" if r["whole"] else " (a part of ISM was timed)")
        for r in rows.to_dict("records")
    )


def _at(length: int, n_sequences: int | None = 10) -> Callable[[PaperRecords], Judgement]:
    """What a claim on a GPU can be set beside: the same network, numbers and batches, on a CPU."""

    def check(records: PaperRecords) -> Judgement:
        table = ratios(records, n_sequences)
        rows = table[table["length"] == length]
        same = rows[rows["batch"] == BATCH]
        words = f"on average {same['ratio'].mean():,.0f}x; {_baseline_words(rows)}; {_WHY}"
        return Judgement(
            Ruling.NOT_COMPARABLE, words, f"{len(same)} measurement{'s' if len(same) > 1 else ''}"
        )

    return check


def _more_than_expected(records: PaperRecords) -> Judgement:
    rows = ratios(records, 10)
    rows = rows[(rows["length"] == rows["length"].max()) & (rows["batch"] == BATCH)]
    expected = 3 * int(rows["length"].iloc[0]) / BATCH
    words = (
        f"{rows['ratio'].iloc[0] / expected:.1f} times the {expected:,.0f}x; {_baseline_words(rows)}; {_WHY}"
    )
    return Judgement(Ruling.NOT_COMPARABLE, words, "1 measurement")


def _grows(records: PaperRecords) -> Judgement:
    """On both variants of AI-TAC, with intervals, and on the paper's baseline, in its batches."""
    table = _tism_over_ism(records)
    rulings = []
    for _, rows in table.groupby("model"):
        ends = rows[["low", "high"]].to_numpy(dtype=float)
        pairs = list(pairwise(ends))
        if not pairs:
            continue
        grows, falls = all(b[0] > a[1] for a, b in pairs), any(b[1] < a[0] for a, b in pairs)
        rulings.append(Ruling.REPRODUCED if grows else Ruling.NOT_REPRODUCED if falls else Ruling.UNDECIDED)
    if not rulings:
        raise MissingRecordsError("fewer than two lengths were timed")
    rows = ratios(records, 10)
    rows = rows[rows["batch"] == BATCH].sort_values("length")
    rulings.append(Ruling.REPRODUCED if rows["ratio"].is_monotonic_increasing else Ruling.NOT_REPRODUCED)
    ruling = rulings[0] if len(set(rulings)) == 1 else Ruling.UNDECIDED
    return Judgement(ruling, f"{_baseline_words(rows)}; {_words(table)}", f"{len(rulings)} models")


def _on_cpu(records: PaperRecords) -> Judgement:
    table = _tism_over_ism(records)
    ruling = Ruling.REPRODUCED if (table["low"] > 1).all() else Ruling.NOT_REPRODUCED
    return Judgement(
        ruling, f"least: {_words(table.nsmallest(1, 'speedup'))}", f"{len(table)} models and lengths"
    )


def _yuzu(model: str) -> Callable[[PaperRecords], Judgement]:
    def check(records: PaperRecords) -> Judgement:
        cells = records.run("yuzu").cells
        rows = cells[(cells["model"] == model) & (cells["method"] == "peer_yuzu") & (cells["status"] == "ok")]
        if rows.empty:
            raise MissingRecordsError(f"Yuzu was not timed on {model}")
        parts = [
            f"{int(r['length']):,} bp: {r['speedup_over_naive']:.3g}x"
            f" ({r['speedup_over_naive_low']:.3g} to {r['speedup_over_naive_high']:.3g})"
            for r in rows.to_dict("records")
        ]
        why = "a CPU and ISM at its best batch; the authors' own CPU times are in the tables of Fig 2 and S3"
        return Judgement(Ruling.NOT_COMPARABLE, f"{'; '.join(parts)}; {why}", f"{len(rows)} lengths")

    return check


def _yuzu_grows(records: PaperRecords) -> Judgement:
    cells = records.run("yuzu").cells
    rows = cells[(cells["method"] == "peer_yuzu") & (cells["status"] == "ok")]
    lengths = rows.groupby("model")["length"].nunique()
    if lengths.empty or lengths.max() < 2:
        return Judgement(Ruling.UNDECIDED, "one length was timed", f"{len(rows)} cells")
    rulings = []
    for _, part in rows.sort_values("length").groupby("model"):
        first, last = part.iloc[0], part.iloc[-1]
        if len(part) > 1:
            rulings.append(bool(last["speedup_over_naive_low"] > first["speedup_over_naive_high"]))
    ruling = Ruling.REPRODUCED if all(rulings) else Ruling.UNDECIDED
    words = "; ".join(
        f"{r['model']} {int(r['length']):,} bp: {r['speedup_over_naive']:.3g}x"
        for r in rows.to_dict("records")
    )
    return Judgement(ruling, words, f"{len(rows)} cells")


def _outperforms_yuzu(records: PaperRecords) -> Judgement:
    """At the same model and length; both networks are needed for a claim on all tests."""
    ours, theirs = times(records), times(records, "yuzu")
    keys = ["model", "length"]
    tism = ours.loc[ours["method"] == "taylor_ism", [*keys, "seconds"]]
    yuzu = theirs.loc[theirs["method"] == "peer_yuzu", [*keys, "seconds"]]
    both = yuzu.merge(tism, on=keys, suffixes=("", "_tism")).dropna()
    if both.empty:
        raise MissingRecordsError("Yuzu and TISM were not timed together")
    over = both["seconds"] / both["seconds_tism"]
    words = "; ".join(
        f"{MODEL_LABELS.get(str(r['model']), str(r['model']))} {int(r['length']):,} bp: {x:.0f}x faster than Yuzu"
        for r, x in zip(both.to_dict("records"), over, strict=True)
    )
    ruling = Ruling.REPRODUCED if (over > 1).all() and both["model"].nunique() > 1 else Ruling.UNDECIDED
    ruling = Ruling.NOT_REPRODUCED if (over < 1).any() else ruling
    return Judgement(ruling, words, f"{both['model'].nunique()} of 2 models")


SPEED = (
    Finding("TISM was on average ~160 times faster than ISM (1,000 bp)", _TEXT, _at(1000, None)),
    Finding("Its speedup improves for long sequences", _TEXT, _grows),
    Finding("25 times for sequences of length 251 bp", _TEXT, _at(251)),
    Finding("8,000 times for sequences with length 20,000 bp", _TEXT, _at(20000)),
    Finding(
        "This speedup is 2.5 times larger than expected with a batch size of 20",
        _TEXT,
        _more_than_expected,
    ),
    Finding("Yuzu is 10 times faster than ISM on a shallow model", f"{_TEXT}, Fig 2", _yuzu("ai_tac")),
    Finding("Yuzu is only five times faster on a deeper model", f"{_TEXT}, Fig 2", _yuzu("ai_tac_deep")),
    Finding("Yuzu improves its speed up over ISM for larger sequences", f"{_TEXT}, Fig 2", _yuzu_grows),
    Finding("For all these tests, TISM massively outperforms Yuzu", f"{_TEXT}, Fig 2", _outperforms_yuzu),
    Finding("These gains also hold true for computations on the CPU", f"{_TEXT}, Fig S3", _on_cpu),
)

"""Claims on the speed-up over naive ISM, of the original fastISM and of our engine."""

from collections.abc import Callable

from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.findings.ratios import ENOUGH, Ratio, judged, ratio
from ismbench.papers.fastism.tables.numbers import batch_rows, best_batch, best_cell
from ismbench.papers.fastism.tables.table1 import ON_REAL_DNA, TABLE_1, real_dna

__all__ = ["SPEED"]

_TEXT = "Nair et al. 2022, Results"
_OURS = "the same claim, of our engine"
Check = Callable[[PaperRecords], Judgement]


def _speedups(records: PaperRecords, method: str, model: str) -> list[Ratio | None]:
    """By length. The original and naive ISM in one study of batches; our engine and naive ISM in one run."""
    found = []
    for name, length, mode in TABLE_1:
        if name != model:
            continue
        if method == "peer_fastism":
            naive, fast = (best_batch(records, name, length, m) for m in ("naive_ism", method))
        else:
            naive, fast = (best_cell(records, name, m, length, mode) for m in ("naive_ism", method))
        found.append(ratio(f"{name} {length:,} bp", naive, fast))
    return found


def _more_than(method: str, model: str, bound: float) -> Check:
    return lambda records: judged(_speedups(records, method, model), bound)


def _grows(method: str, model: str) -> Check:
    def check(records: PaperRecords) -> Judgement:
        found = _speedups(records, method, model)
        short, long = found
        if short is None or long is None:
            raise MissingRecordsError(f"{method} on {model} was not timed at two lengths")
        ruling = Ruling.UNDECIDED
        if short.sequences == long.sequences or (short.enough and long.enough):
            ruling = Ruling.REPRODUCED if long.low > short.high else ruling
            ruling = Ruling.NOT_REPRODUCED if long.high < short.low else ruling
        return Judgement(ruling, f"{short.words}; {long.words}", "2 lengths")

    return check


def _bpnet(method: str) -> Check:
    """At least what Table 1 has, each length for itself: 1.6x at 1,000 bp and 2.1x at 2,000 bp."""

    def check(records: PaperRecords) -> Judgement:
        both = zip(_speedups(records, method, "bpnet"), (1.6, 2.1), strict=True)
        parts = [judged([found], bound) for found, bound in both]
        rulings = {part.ruling for part in parts}
        ruling = rulings.pop() if len(rulings) == 1 else Ruling.UNDECIDED
        return Judgement(ruling, "; ".join(part.figures for part in parts), "2 lengths")

    return check


def _slow_at_few(records: PaperRecords) -> Judgement:
    """Seconds per sequence fall with their number, and the fewest take longer than naive ISM."""
    naive = best_batch(records, "basset", 1000, "naive_ism").seconds
    rows = batch_rows(records, "basset", 1000, "peer_fastism")
    rows = rows[rows["status"] == "ok"].sort_values("sequences")
    if naive is None or len(rows) < 2:
        raise MissingRecordsError("the original was not timed at two numbers of sequences")
    over = 100 * rows["seconds_per_sequence"] / naive
    words = ", ".join(f"{n:,}: {x:.3g}x" for n, x in zip(rows["sequences"], over, strict=True))
    holds = bool(over.is_monotonic_decreasing and over.iloc[0] > 1)
    figures = f"time over that of naive ISM by sequences scored together: {words}"
    return Judgement(
        Ruling.REPRODUCED if holds else Ruling.NOT_REPRODUCED,
        figures,
        f"{len(rows)} numbers, one timing each",
    )


def _however_few(records: PaperRecords) -> Judgement:
    """Our engine against naive ISM at every number of sequences that was tried."""
    found: list[Ratio | None] = []
    for model, length, _ in TABLE_1:
        naive = best_batch(records, model, length, "naive_ism").seconds
        rows = batch_rows(records, model, length, "fast_ism")
        for n, seconds in rows.loc[rows["status"] == "ok", ["sequences", "seconds_per_sequence"]].to_numpy():
            if naive is not None:
                value = naive / (100 * float(seconds))
                found.append(
                    Ratio(
                        f"{model} {length:,} bp, {int(n):,} sequence{'' if n == 1 else 's'}",
                        value,
                        value,
                        value,
                    )
                )
    if not found:
        raise MissingRecordsError("our engine was not timed by numbers of sequences")
    least = min((r for r in found if r is not None), key=lambda r: r.value)
    judgement = judged(found, 1)
    return Judgement(judgement.ruling, f"least speed-up {least.words}", f"{len(found)} timings")


def _beluga(records: PaperRecords) -> Judgement:
    """More than the tutorial's six times; both ways timed on one machine."""
    times = records.table("beluga", "times").set_index("method")["seconds_per_sequence"]
    value = float(times["naive_ism"] / times["fast_ism"])
    return judged([Ratio("deepsea_beluga 2,000 bp", value, value, value)], 6)


def _on_real_dna(records: PaperRecords) -> Judgement:
    """Times on promoters over those on random sequences, every output; within a quarter either way."""
    found: list[Ratio | None] = []
    for model, mode in (("basset", "scalar"), ("factorized_basset", "scalar"), ("bpnet", "every")):
        for method in ON_REAL_DNA:
            beside = best_cell(records, model, method, 1000, mode)
            found.append(ratio(f"{model}, {method}", real_dna(records, model, method), beside))
    above, below = judged(found, 0.75), judged(found, 1.25, above=False)
    ruling = above.ruling if above.ruling == below.ruling else Ruling.UNDECIDED
    return Judgement(ruling, above.figures, above.n)


_TEN = "fastISM speeds up ISM by more than 10x: {}"
_GROWS = "The speedup increases with increasing input sequence length: {}"
_LABELS = {"basset": "Basset", "factorized_basset": "Factorized Basset"}

SPEED = (
    *(
        Finding(text.format(label), source, make(method, model))
        for source, method in ((f"{_TEXT}, {ENOUGH} sequences and more", "peer_fastism"), (_OURS, "fast_ism"))
        for text, make in ((_TEN, lambda method, model: _more_than(method, model, 10)), (_GROWS, _grows))
        for model, label in _LABELS.items()
    ),
    Finding(
        "The speedup of fastISM for the BPNet architecture is more modest: 1.6x for 1000bp input and 2.1x for 2000bp"
        " input",
        f"{_TEXT}, and Conclusions (a factor of 2x)",
        _bpnet("peer_fastism"),
    ),
    Finding("BPNet: 1.6x for 1000bp input and 2.1x for 2000bp input, or more", _OURS, _bpnet("fast_ism")),
    Finding(
        "fastISM tends to exhibit overhead costs and is slow for small batch sizes",
        "Nair et al. 2022, supplement",
        _slow_at_few,
    ),
    Finding("Our engine takes less time than naive ISM, however few sequences", "ours", _however_few),
    Finding("That's a speedup of about 6x! (DeepSEA Beluga)", f"documentation, 3.4; {_OURS}", _beluga),
    Finding(
        "Times on real DNA are those on random sequences, within a quarter",
        "ours; the paper's are of random ones",
        _on_real_dna,
    ),
)

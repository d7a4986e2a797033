"""The paper's tables, published against ours."""

from collections.abc import Iterable, Iterator

from ismbench.papers.fastism.compute.batches import CASES
from ismbench.papers.fastism.numbers import Found, best_batch, best_cell
from ismbench.papers.paper import Comparison, ComparisonRow
from ismbench.papers.published import PublishedNumber, PublishedNumbers
from ismbench.papers.records import MissingRecordsError, PaperRecords

__all__ = ["COMPARISONS", "METHODS", "ONE_SUBSTITUTION", "SECONDS", "ours"]

SECONDS = "seconds per 100 sequences"
ONE_SUBSTITUTION = "seconds per 100 sequences, one substitution a position"
METHODS = (
    "naive_ism", "peer_fastism", "fast_ism", "gradient_x_input", "integrated_gradients_alibi", "deepshap",
)  # fmt: skip
"""Columns of Table 1, and our engine."""
PEERS = ("peer_yuzu", "peer_tangermeme", "peer_tangermeme_deeplift")
_IN_PAPER = frozenset(METHODS) - {"fast_ism"}


def ours(records: PaperRecords, model: str, length: int, method: str, mode: str) -> Found:
    """Our time of one entry of Table 1."""
    if method == "peer_fastism":
        return best_batch(records, model, length, method)
    if method in PEERS:
        return best_cell(records, "peers", method, length, mode)
    return best_cell(records, model, method, length, mode)


def _table_1(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    rows = [
        _entry(records, published, model, length, method, "every" if model == "bpnet" else "scalar")
        for model, length in CASES
        for method in METHODS
    ]
    rows += [_entry(records, published, "basset", 1000, method, "scalar") for method in PEERS]
    return rows + [
        _entry(records, published, "bpnet", length, method, "scalar", published_mode=False)
        for length in (1000, 2000)
        for method in METHODS
        if method != "peer_fastism"
    ]


def _entry(
    records: PaperRecords,
    published: PublishedNumbers,
    model: str,
    length: int,
    method: str,
    mode: str,
    published_mode: bool = True,
) -> ComparisonRow:
    known = None
    if published_mode:
        rows = [row for row in published.select(model=model, length=length, method=method, quantity=SECONDS)]
        known = next((row for row in rows if row.table in ("Table 1", "notebooks")), None)
    found = ours(records, model, length, method, mode)
    study = {"peer_fastism": "fastism_batches"}.get(method, "peers" if method in PEERS else model)
    return ComparisonRow(
        model=model,
        setting=f"{length:,} bp, {'every output' if mode == 'every' else 'one number'}",
        method=method,
        quantity=SECONDS,
        unit="",
        ours=found.seconds,
        ours_machine=records.machines.get(study, ""),
        remark=found.remark,
        in_paper=published_mode and method in _IN_PAPER,
        **_of(known),
    )


def _of(known: PublishedNumber | None) -> dict[str, object]:
    if known is None:
        return {"published": None}
    return {"published": known.value, "published_machine": known.machine, "source": known.source}


def _speedups(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Naive ISM over fastISM: a ratio of two times of one machine, so machines may be compared."""
    rows = []
    for model, length in CASES:
        mode = "every" if model == "bpnet" else "scalar"
        naive = best_cell(records, model, "naive_ism", length, mode)
        base = best_batch(records, model, length, "naive_ism")
        for method, found, own in (
            ("peer_fastism", best_batch(records, model, length, "peer_fastism"), base),
            ("fast_ism", best_cell(records, model, "fast_ism", length, mode), naive),
        ):
            rows.append(_speedup(records, published, model, length, method, found, own))
    rows += _beluga(records, published)
    return rows


def _speedup(
    records: PaperRecords,
    published: PublishedNumbers,
    model: str,
    length: int,
    method: str,
    found: Found,
    naive: Found,
) -> ComparisonRow:
    value = None if found.seconds is None or naive.seconds is None else naive.seconds / found.seconds
    return ComparisonRow(
        model=model,
        setting=f"{length:,} bp",
        method=method,
        quantity="speed-up over naive ISM",
        unit="",
        ours=value,
        ours_machine=records.machines.get("fastism_batches" if method == "peer_fastism" else model, ""),
        remark=found.remark
        if found.seconds is None
        else naive.remark
        if naive.seconds is None
        else found.remark,
        in_paper=method == "peer_fastism",
        **_ratio(published, model, length, "") if method == "peer_fastism" else {"published": None},
    )


def _ratio(published: PublishedNumbers, model: str, length: int, setting: str) -> dict[str, object]:
    """The published speed-up: a ratio of two published times."""
    quantity = SECONDS if setting else ONE_SUBSTITUTION
    fast, naive = (
        published.find(model=model, length=length, setting=setting, method=method, quantity=quantity)
        for method in ("peer_fastism", "naive_ism")
    )
    if fast is None or naive is None:
        return {"published": None}
    return {"published": naive.value / fast.value, "published_machine": fast.machine, "source": fast.source}


def _beluga(records: PaperRecords, published: PublishedNumbers) -> Iterator[ComparisonRow]:
    try:
        times = records.table("beluga", "times").set_index("method")["seconds_per_sequence"]
        value, remark = (
            float(times["naive_ism"] / times["fast_ism"]),
            "published: the original; ours: fast ISM",
        )
    except MissingRecordsError as gap:
        value, remark = None, str(gap)
    yield ComparisonRow(
        "deepsea_beluga", "2,000 bp", "fast_ism", "speed-up over naive ISM", "", ours=value,
        ours_machine=records.machines.get("beluga", ""), remark=remark,
        **_ratio(published, "deepsea_beluga", 2000, ""),
    )  # fmt: skip


def _sweeps(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    from ismbench.papers.fastism.compute.sweeps import VALUES

    speed = records.table("sweeps", "speed")
    rows = []
    for parameter, values in VALUES.items():
        for value in values:
            here = speed[(speed["parameter"] == parameter) & (speed["value"] == value)]
            length = value if parameter == "length" else 1000
            rows.append(
                ComparisonRow(
                    "plain_cnn",
                    f"{parameter} {value:,}",
                    "fast_ism",
                    "speed-up over naive ISM",
                    "",
                    ours=None if here.empty else float(here["speedup"].iloc[0]),
                    ours_machine=records.machines["sweeps"],
                    remark="only at full scale" if here.empty else "",
                    **_ratio(published, "plain_cnn", length, f"{parameter}={value}"),
                )  # fmt: skip
            )
    return rows


def _largest(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    memory = records.table("largest_batch", "memory")
    rows = []
    for (model, method), part in memory.groupby(["model", "method"], sort=False):
        fitting = part[part["fits"]]["batch"]
        bound = part["bound_bytes"].iloc[0] / 2**30
        all_fit = bool(part["fits"].all())
        known = (
            published.find(table="largest batch", model=model, length=1000, method=method)
            if (method == "naive_ism")
            else published.find(table="largest batch", model=model, length=1000, method="peer_fastism")
        )
        words = f"ours: {part['unit'].iloc[0]} within {bound:g} GiB, in powers of two"
        rows.append(
            ComparisonRow(
                str(model),
                "1,000 bp",
                str(method),
                "largest batch that fits",
                "",
                ours=None if fitting.empty else float(fitting.max()),
                ours_machine=records.machines["largest_batch"],
                remark=words + (", more were not tried" if all_fit else ""),
                **_of(known),
            )  # fmt: skip
        )
    return rows


def _parts(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    seconds = records.table("basset_parts", "parts").set_index("part")["seconds"]
    known = {
        part: published.find(table="parts", model="basset", setting=part)
        for part in ("convolutional", "whole")
    }
    one, whole = known["convolutional"], known["whole"]
    start = (
        {"published": None}
        if one is None or whole is None
        else {**_of(one), "published": one.value / whole.value}
    )
    return [
        ComparisonRow(
            "basset", "1,000 bp", "", "share of the convolutional part in a forward pass", "",
            ours=float(seconds["convolutional"] / seconds["whole"]),
            ours_machine=records.machines["basset_parts"], **start,
        )
    ]  # fmt: skip


def _plan(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    case = records.table("plan", "case").iloc[0]
    words = {"full": "full pass", "windowed": "windows", "difference": "differences (ours)"}
    return [
        ComparisonRow(
            "basset", f"1,000 bp, position 500, {words[name]}", "", "multiply-adds per mutant", "",
            ours=float(case[name]), ours_machine="counted", in_paper=name != "difference",
            **_of(published.find(table="Fig. 1", model="basset", setting=name)),
        )
        for name in words
    ]  # fmt: skip


_BEST = "Best batch size of each method; the published times are from a GPU, so ratios compare machines too."
COMPARISONS: Iterable[Comparison] = (
    Comparison("table1", "Table 1: time", _BEST, _table_1),
    Comparison(
        "speedups",
        "Speed-up over naive ISM",
        "Published: ratio of the best times of the notebook ISMBenchmark (one substitution a position). Ours: of both"
        " times on one machine.",
        _speedups,
    ),
    Comparison("fig1", "Fig. 1: multiply-adds", "", _plan),
    Comparison(
        "sweeps",
        "Sweeps of one parameter: speed-up over naive ISM",
        "Published: the original fastISM on a GPU. Ours: our engine.",
        _sweeps,
    ),
    Comparison(
        "largest_batch",
        "Largest batch that fits",
        "Published: sequences at once within 16 GB, of naive ISM and of the original fastISM. Our engine bounds its"
        " own memory, so more sequences at once do not need more.",
        _largest,
    ),
    Comparison("parts", "Share of the convolutions in Basset's time", "", _parts),
)

"""Claims on where a mutation reaches: which positions of which layers change, and how few they are."""

from ismbench.papers.core.paper import Finding, Judgement
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.findings.work import TEXT, ruled
from ismbench.papers.fastism.tables.basset_work import POOLS, basset_work

__all__ = ["REACH"]


def _reach(records: PaperRecords) -> Judgement:
    changed = basset_work(records).changed
    found = tuple(changed[name] for name in ("conv1", *POOLS))
    first, last = _stretch(records, "conv1", "needed")
    read = last - first
    words = "changed positions {} of 1,000, {} of 333, {} of 83, {} of 20".format(*found)
    return ruled((*found, read) == (19, 7, 5, 3, 37), f"{words}; the 19 read {read} of the input", "counted")


def _flanks(records: PaperRecords) -> Judgement:
    """What the first convolution reads for its max pooling: as many more on either side as its kernel is wide."""
    (changed, _), (read, _) = (_stretch(records, "conv1", what) for what in ("changed", "needed"))
    first, last = _stretch(records, "pool1", "needed")
    side = changed - read
    found = (first - side, last + side, first, last, *_stretch(records, "pool1", "changed"))
    words = "input {}-{}, first convolution {}-{}, max pool {}-{}".format(*found)
    return ruled(found == (480, 519, 489, 510, 163, 170), words, "counted")


def _stretch(records: PaperRecords, layer: str, what: str) -> tuple[int, int]:
    """First position of Basset's layer that is changed, or needed, and the one behind the last."""
    layers = records.table("plan", "layers").set_index("layer")
    start, stop = (layers[f"{what}_{end}"].to_dict()[layer] for end in ("start", "stop"))
    return int(start), int(stop)


def _independent_of_length(records: PaperRecords) -> Judgement:
    """The changed positions of every convolution at two lengths."""
    reach = records.table("plan", "reach")
    rows = reach[reach["model"].isin(("basset", "factorized_basset")) & reach["layer"].str.startswith("conv")]
    widths = rows.pivot_table(index=["model", "layer"], columns="length", values="changed", sort=False)
    short, long = widths.columns
    words = ", ".join(
        f"{' '.join(map(str, layer))} {int(a)} and {int(b)}"
        for layer, a, b in zip(widths.index.to_list(), widths[short], widths[long], strict=True)
    )
    figures = f"changed positions at {short:,} and {long:,} bp: {words}"
    return ruled(bool((widths[short] == widths[long]).all()), figures, f"{len(widths)} convolutions")


def _redundant(records: PaperRecords) -> Judgement:
    """What the changed windows need of a pass."""
    totals = records.table("plan", "totals")
    rows = totals[totals["model"].isin(("basset", "factorized_basset"))]
    shares = rows["windowed"] / rows["full"]
    words = ", ".join(
        f"{model} {length:,} bp {100 * share:.2g}%"
        for model, length, share in zip(rows["model"], rows["length"], shares, strict=True)
    )
    return ruled(
        bool((shares < 0.5).all()),
        f"of the multiply-adds of a pass, changed windows need: {words}",
        "counted",
    )


def _wide_in_bpnet(records: PaperRecords) -> Judgement:
    """How much of the last dilated convolution's output a mutation changes, and what share of a pass windows need."""
    reach, totals = (records.table("plan", name) for name in ("reach", "totals"))
    last = (
        reach[(reach["model"] == "bpnet") & reach["layer"].str.startswith("dilated")].groupby("length").last()
    )
    full = totals[totals["model"] == "bpnet"].set_index("length")
    shares, work = last["changed"] / last["of"], full["windowed"] / full["full"]
    words = "; ".join(
        f"{length:,} bp: {100 * shares[length]:.3g}% of the last dilated convolution, {100 * work[length]:.3g}% of the"
        " multiply-adds"
        for length in last.index
    )
    return ruled(bool((shares > 0.5).all()), words, "counted")


REACH = (
    Finding(
        "A single mutation only disrupts a limited region of intermediate layers, rendering most computation redundant",
        "Nair et al. 2022, abstract",
        _redundant,
    ),
    Finding(
        "For a fixed architecture, the length of the affected regions in the convolutional layers are independent of"
        " input sequence length",
        TEXT,
        _independent_of_length,
    ),
    Finding(
        "The regions affected by a single base pair change in the input span a sizable fraction of intermediate layers"
        " (BPNet)",
        f"{TEXT}; more than half of the last dilated convolution",
        _wide_in_bpnet,
    ),
    Finding(
        "A mutation is involved in 19 contiguous outputs of the first convolution, computed from just 37 positions in"
        " the input; 7 out of 333, 5 out of 83 and 3 out of 20 positions after the max pools are affected",
        f"{TEXT} and documentation",
        _reach,
    ),
    Finding(
        "Providing input sequence from 480-519, the output perturbed range at the end of the max pool layer would span"
        " 163-170; the output of the first convolution will span 489-510",
        "Nair et al. 2022, supplement",
        _flanks,
    ),
)

"""Claims on what is computed: where the work of a pass is, and how little of it a mutation needs by count."""

from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.tables.basset_work import CONVOLUTIONS, basset_work
from ismbench.papers.fastism.tables.numbers import share_of_convolutions

__all__ = ["TEXT", "WORK", "ruled"]

TEXT = "Nair et al. 2022, Results"


def _by_count(records: PaperRecords) -> Judgement:
    counted = basset_work(records)
    factor = sum(counted.full[name] for name in CONVOLUTIONS) / counted.dense
    return ruled(45 <= factor < 60, f"{factor:.1f}x by the multiply-adds of a full pass", "counted")


def _by_time(records: PaperRecords) -> Judgement:
    table = records.table("basset_parts", "parts").set_index("part")
    seconds, batch = table["seconds"], int(table["batch"].iloc[0])
    factor = float(seconds["convolutional"] / seconds["dense"])
    words = f"{factor:.1f}x by the time of a forward pass ({records.machine('basset_parts')})"
    return ruled(30 <= factor < 45, words, f"a batch of {batch}")


def _most(records: PaperRecords) -> Judgement:
    seconds = records.table("basset_parts", "parts").set_index("part")["seconds"]
    share = share_of_convolutions(seconds)
    return ruled(share > 0.5, f"{100 * share:.3g}% of the forward pass of Basset at 1,000 bp", "one model")


def _seventeenfold(records: PaperRecords) -> Judgement:
    counted = basset_work(records)
    as_paper, every = counted.total / counted.total_as_paper, counted.total / counted.total_of_every
    words = (
        f"{as_paper:.1f}x, to {counted.total_as_paper / 1e6:.1f} M, counted as the paper does (w + k // 2 outputs of a"
        f" convolution, {counted.outputs['conv1']} of the first); {every:.1f}x, to"
        f" {counted.total_of_every / 1e6:.1f} M, where every changed output counts"
    )
    return ruled(round(as_paper) == 17, words, "counted")


def _by_layer(records: PaperRecords) -> Judgement:
    """Each count, rounded as in the text; the last layer has ten outputs there and one here."""
    full = basset_work(records).full
    millions = {name: full[name] / 1e6 for name in (*CONVOLUTIONS, "dense1", "dense2")}
    words = ", ".join(f"{name} {value:.3g} M" for name, value in millions.items())
    expected = {"conv1": 23, "conv2": 220, "conv3": 23, "dense1": 4, "dense2": 1}
    holds = {name: round(value) for name, value in millions.items()} == expected
    return ruled(holds, f"{words}; the last layer {full['prediction'] / 1e6:.2g} M for one output", "counted")


def ruled(holds: bool, figures: str, n: str) -> Judgement:
    """A claim that is decided by counting."""
    return Judgement(Ruling.REPRODUCED if holds else Ruling.NOT_REPRODUCED, figures, n)


WORK = (
    Finding(
        "For a single forward propagation through the network, the majority of compute time is spent in the"
        " convolutional layers",
        TEXT,
        _most,
    ),
    Finding(
        "The computations required in the convolutional layers combined exceed that of the fully connected layers by"
        " a factor of 50x",
        TEXT,
        _by_count,
    ),
    Finding(
        "In practice, we timed the convolutional layers and fully connected layers and observed that the factor is"
        " closer to 40x",
        TEXT,
        _by_time,
    ),
    Finding(
        "The 3 convolutional layers require approximately 23M, 220M and 23M computations respectively, while the 3"
        " fully connected layers require approximately 4M, 1M and 0.01M computations",
        TEXT,
        _by_layer,
    ),
    Finding(
        "The number of computations can theoretically be reduced from approximately 271 M to 15.5 M, down by a factor"
        " of 17",
        TEXT,
        _seventeenfold,
    ),
)

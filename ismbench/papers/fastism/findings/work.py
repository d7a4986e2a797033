"""Claims on what is computed: where the work of a pass is, and how little of it a mutation needs."""

from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.tables.basset_work import CONVOLUTIONS, POOLS, basset_work
from ismbench.papers.fastism.tables.numbers import share_of_convolutions

__all__ = ["WORK"]

_TEXT = "Nair et al. 2022, Results"


def _by_count(records: PaperRecords) -> Judgement:
    counted = basset_work(records)
    factor = sum(counted.full[name] for name in CONVOLUTIONS) / counted.dense
    return _of(45 <= factor < 60, f"{factor:.1f}x by the multiply-adds of a full pass", "counted")


def _by_time(records: PaperRecords) -> Judgement:
    table = records.table("basset_parts", "parts").set_index("part")
    seconds, batch = table["seconds"], int(table["batch"].iloc[0])
    factor = float(seconds["convolutional"] / seconds["dense"])
    words = f"{factor:.1f}x by the time of a forward pass ({records.machine('basset_parts')})"
    return _of(30 <= factor < 45, words, f"a batch of {batch}")


def _most(records: PaperRecords) -> Judgement:
    seconds = records.table("basset_parts", "parts").set_index("part")["seconds"]
    share = share_of_convolutions(seconds)
    return _of(share > 0.5, f"{100 * share:.3g}% of the forward pass of Basset at 1,000 bp", "one model")


def _seventeenfold(records: PaperRecords) -> Judgement:
    counted = basset_work(records)
    as_paper, every = counted.total / counted.total_as_paper, counted.total / counted.total_of_every
    words = (
        f"{as_paper:.1f}x, to {counted.total_as_paper / 1e6:.1f} M, counted as the paper does (w + k // 2 outputs of a"
        f" convolution, {counted.outputs['conv1']} of the first); {every:.1f}x, to"
        f" {counted.total_of_every / 1e6:.1f} M, where every changed output counts"
    )
    return _of(round(as_paper) == 17, words, "counted")


def _reach(records: PaperRecords) -> Judgement:
    changed = basset_work(records).changed
    found = tuple(changed[name] for name in ("conv1", *POOLS))
    words = "changed positions {} of 1,000, {} of 333, {} of 83, {} of 20".format(*found)
    return _of(found == (19, 7, 5, 3), words, "counted")


def _of(holds: bool, figures: str, n: str) -> Judgement:
    return Judgement(Ruling.REPRODUCED if holds else Ruling.NOT_REPRODUCED, figures, n)


WORK = (
    Finding(
        "For a single forward propagation through the network, the majority of compute time is spent in the"
        " convolutional layers",
        _TEXT,
        _most,
    ),
    Finding(
        "The computations required in the convolutional layers combined exceed that of the fully connected layers by"
        " a factor of 50x",
        _TEXT,
        _by_count,
    ),
    Finding(
        "In practice, we timed the convolutional layers and fully connected layers and observed that the factor is"
        " closer to 40x",
        _TEXT,
        _by_time,
    ),
    Finding(
        "A mutation is involved in 19 contiguous outputs of the first convolution; 7 out of 333, 5 out of 83 and 3 out"
        " of 20 positions after the max pools are affected",
        f"{_TEXT} and documentation",
        _reach,
    ),
    Finding(
        "The number of computations can theoretically be reduced from approximately 271 M to 15.5 M, down by a factor"
        " of 17",
        _TEXT,
        _seventeenfold,
    ),
)

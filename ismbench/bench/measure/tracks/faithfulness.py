"""Does the prediction follow the contributions, where positions are exchanged?"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.perturbations import Perturbations
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.effects import has_signs
from ismbench.metrics import faithfulness
from ismbench.metrics.faithfulness import SUBSETS

__all__ = ["faithfulness_rows", "open_track"]


def open_track(lane: JudgedLane) -> Judge | None:
    """Where the experiment asks for it."""
    asked, bench = lane.judging.faithfulness, lane.bench
    if asked is None:
        return None
    perturbations = Perturbations(bench.predict, bench.x, asked.shuffles, bench.seed)
    return partial(faithfulness_rows, perturbations=perturbations)


def faithfulness_rows(scored: Scored, perturbations: Perturbations) -> Iterator[MetricRow]:
    """Correlations over subsets of the positions. Methods without signs are asked apart, of sizes.

    Only where all positions were scored.
    """
    if not scored.is_whole:
        return
    signs, track = has_signs(scored.kind), scored.track()
    values = np.stack(
        [
            faithfulness(row, perturbations.of(int(number)), signs=signs)
            for number, row in zip(scored.numbers, track, strict=True)
        ]
    )
    name = "faithfulness" if signs else "faithfulness_of_sizes"
    yield from sequence_rows(name, None, scored.names, values, np.full(len(values), SUBSETS))

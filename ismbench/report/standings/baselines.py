"""Is what a method compares sequences with anything like them? A baseline far from all of them is a warning."""

from collections.abc import Iterator

import numpy as np

from ismbench.report.agreement_rows import by_sequence
from ismbench.report.groups import Group
from ismbench.report.run_records import Records
from ismbench.text import numbers

__all__ = ["FAR", "distant_baselines"]

FAR = 5.0
"""Times the range over the sequences: from there on, scores say more of the baseline than of the sequence."""
_FEWEST = 3
"""Sequences without which there is no range."""


def distant_baselines(records: Records, group: Group) -> Iterator[str]:
    """Sentences on methods whose scores add up to a change that is far beyond what sequences differ by.

    From the completeness change of each sequence, its prediction less that of its baselines: where its smallest size is
    many times the range that it has over the sequences, all of them start from the same far place.
    """
    for method in group.methods:
        found = by_sequence(records, group, method, "completeness_change", None).to_numpy(dtype=np.float64)
        found = found[np.isfinite(found)]
        if len(found) < _FEWEST:
            continue
        least, spread = float(np.abs(found).min()), float(np.ptp(found))
        if least > FAR * spread and least > 0:
            middle = float(np.median(found))
            yield (
                f"{group.title}: {group.looks[method].label} starts from a baseline whose prediction is"
                f" {numbers.significant(abs(middle), 3)} {'below' if middle > 0 else 'above'} that of the sequences,"
                f" which differ among themselves by {numbers.significant(spread, 2)} only. Its scores add up to the way"
                " from there, so they say more of the baseline than of the sequence; baselines of the sequences' own"
                " kind, such as shuffles, do not have this."
            )

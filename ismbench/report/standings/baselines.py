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
    many times the range that it has over the sequences, all of them start from the same far place. Methods that start
    from one place share a sentence.
    """
    alike: dict[str, list[tuple[str, float]]] = {}
    for method in group.methods:
        found = by_sequence(records, group, method, "completeness_change", None).to_numpy(dtype=np.float64)
        found = found[np.isfinite(found)]
        if len(found) < _FEWEST:
            continue
        spread, middle = float(np.ptp(found)), float(np.median(found))
        if float(np.abs(found).min()) > FAR * spread:
            where = f"{numbers.significant(abs(middle), 3)} {'below' if middle > 0 else 'above'}"
            alike.setdefault(where, []).append((group.looks[method].label, spread))
    for where, methods in alike.items():
        names, spread = " and ".join(label for label, _ in methods), max(spread for _, spread in methods)
        yield (
            f"The baseline of {names} is far from all sequences: its prediction is {where} theirs, which differ among"
            f" themselves by {numbers.significant(spread, 2)} only. Scores that add up to the way from there say more"
            " of the baseline than of a sequence."
        )

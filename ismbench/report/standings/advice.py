"""What to use, from the numbers alone, by rules that are written down: no name of a method has a bonus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.interval import Interval, mean_interval, paired_difference
from ismbench.text import numbers

__all__ = ["Advice", "Candidate", "advise", "rules"]

LIMIT = 60.0
"""Seconds per 100 sequences that anyone can afford: 10,000 sequences in less than two hours."""
AS_DEAR = 2.0
"""Exact ISM also is affordable where it costs no more than so many times what people pay already."""
YARDSTICK = "integrated_gradients"
CHEAPER = 2.0
"""An approximation must save at least this much to be worth its error."""
GOOD = 0.7
"""An approximation may stand in for exact ISM where its agreement is above, at the lower end of its interval."""
LEAST = 5
"""Sequences without which nothing is said of agreement."""


def rules(limit: float | None = None) -> tuple[str, ...]:
    """The rules in words, for pages and documentation.

    Args:
        limit: Seconds per 100 sequences that are affordable; a common one by default.
    """
    limit = LIMIT if limit is None else limit
    return (
        f"Exact ISM is affordable if it takes at most {limit:g} s per 100 sequences, or at most {AS_DEAR:g}"
        " times as long as Integrated Gradients. Then use it.",
        f"An approximation counts if it takes at most 1/{CHEAPER:g} of that time and was compared with exact ISM on at"
        f" least {LEAST} sequences. Of those that cannot be told from the best one (paired over sequences, 95%), the"
        " fastest is named.",
        f"It may stand in for exact ISM if its agreement is above {GOOD} at the lower end of its interval. If the upper"
        " end is below, the approximations disagree with ISM; in between, it is undecided.",
    )


@dataclass(frozen=True)
class Candidate:
    """A method that has a time.

    Attributes:
        method: Its name.
        label: Its name in print.
        exact: It equals naive ISM.
        seconds: Per 100 sequences.
        agreement: Correlation with exact ISM, by the names of the sequences; empty for exact methods.
    """

    method: str
    label: str
    exact: bool
    seconds: float
    agreement: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Advice:
    """What to use.

    Attributes:
        verdict: "exact", "approximation" (one may stand in), "disagree" (none may), or "undecided".
        method: What to use; None where nothing can be named.
        sentences: Two or three, for a reader.
    """

    verdict: Literal["exact", "approximation", "disagree", "undecided"]
    method: str | None
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences in a line."""
        return " ".join(self.sentences)


def advise(candidates: Sequence[Candidate], limit: float | None = None) -> Advice:
    """Applies `rules`.

    Args:
        candidates: Every method that has a time.
        limit: Seconds per 100 sequences that are affordable; a common one by default.
    """
    limit = LIMIT if limit is None else limit
    exact = min((c for c in candidates if c.exact), key=lambda c: c.seconds, default=None)
    if exact is None:
        return Advice(
            "undecided",
            None,
            ("Undecided: no exact method has a time, so nothing says what others are worth.",),
        )
    stand_in = _stand_in(candidates, exact)
    usual = next((c for c in candidates if c.method == YARDSTICK), None)
    if exact.seconds <= limit or (usual is not None and exact.seconds <= AS_DEAR * usual.seconds):
        return Advice("exact", exact.method, (_use(exact, usual), _instead(exact, stand_in)))
    return _without_exact(exact, stand_in)


@dataclass(frozen=True)
class _StandIn:
    """The fastest of the approximations that cannot be told from the best one."""

    candidate: Candidate
    agreement: Interval


def _stand_in(candidates: Sequence[Candidate], exact: Candidate) -> _StandIn | None:
    cheap = [c for c in candidates if not c.exact and c.seconds * CHEAPER <= exact.seconds]
    known = [(c, mean_interval(values)) for c in cheap if len(values := _values(c)) >= LEAST]
    if not known:
        return None
    best, _ = max(known, key=lambda pair: pair[1].mean)
    level = [(c, found) for c, found in known if c is best or not _surely_below(c, best)]
    return _StandIn(*min(level, key=lambda pair: pair[0].seconds))


def _values(candidate: Candidate) -> NDArray[np.float64]:
    return np.array([v for v in candidate.agreement.values() if np.isfinite(v)], dtype=float)


def _surely_below(one: Candidate, best: Candidate) -> bool:
    shared = [s for s in one.agreement if s in best.agreement]
    first, second = (np.array([c.agreement[s] for s in shared], dtype=float) for c in (best, one))
    return bool(shared) and paired_difference(first, second).low > 0


def _use(exact: Candidate, usual: Candidate | None) -> str:
    price = f"{numbers.seconds(exact.seconds)} s per 100 sequences"
    if usual is None:
        return f"Use exact ISM ({exact.label}): it costs {price}."
    times = numbers.significant(exact.seconds / usual.seconds, 2)
    return f"Exact ISM ({exact.label}) costs {price}, {times} times {usual.label}: use it."


def _instead(exact: Candidate, stand_in: _StandIn | None) -> str:
    if stand_in is None:
        return (
            f"How well a faster method would do is undecided: none was compared with it on {LEAST} sequences."
        )
    if stand_in.agreement.high < GOOD:
        return f"No faster method follows it closely: {_agrees(stand_in, exact)}."
    if stand_in.agreement.low < GOOD:
        return f"If that is too much, {_agrees(stand_in, exact)}; whether that is close is undecided."
    return f"If that is too much, {_agrees(stand_in, exact)}."


def _agrees(stand_in: _StandIn, exact: Candidate) -> str:
    found, share = stand_in.agreement, exact.seconds / stand_in.candidate.seconds
    between = f"{found.low:.2f} to {min(found.high, 1.0):.2f}"
    return (
        f"{stand_in.candidate.label} agrees with it at {found.mean:.2f} ({between}, {found.n} sequences) for"
        f" 1/{numbers.significant(share, 2)} of the time"
    )


def _without_exact(exact: Candidate, stand_in: _StandIn | None) -> Advice:
    price = f"Exact ISM ({exact.label}) takes {numbers.seconds(exact.seconds)} s per 100 sequences"
    hourly = max(1, int(3600 / exact.seconds * 100))
    some = f"check it with exact ISM on some: {hourly:,} sequences an hour"
    if stand_in is None:
        few = f"no faster method was compared with it on {LEAST} sequences"
        return Advice("undecided", None, (f"Undecided: {_inside(price)}, and {few}.", "Compare more."))
    if stand_in.agreement.low >= GOOD:
        return Advice(
            "approximation",
            stand_in.candidate.method,
            (f"{price}. Use {stand_in.candidate.label} instead: {_agrees(stand_in, exact)}.", f"And {some}."),
        )
    if stand_in.agreement.high < GOOD:
        return Advice(
            "disagree",
            exact.method,
            (
                f"{price}, and the approximations disagree with it: the best, {_agrees(stand_in, exact)}.",
                f"None may stand in for it: explain fewer sequences with exact ISM, {hourly:,} an hour.",
            ),
        )
    return Advice(
        "undecided",
        None,
        (
            f"Undecided: {_inside(price)}; {_agrees(stand_in, exact)}, too uncertain to rely on.",
            f"First {some}.",
        ),
    )


def _inside(sentence: str) -> str:
    """A sentence within another one."""
    return sentence[0].lower() + sentence[1:]

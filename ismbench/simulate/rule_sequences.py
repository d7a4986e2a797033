"""Sequences in groups of four that show what a rule does: its sites alone, together, and missing or misplaced."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence import DNA, MotifSite, OneHot, SequenceSet, random_dna, reverse_complement
from ismbench.simulate.motifs import Motif
from ismbench.simulate.rules import GAP, Rule, bound, rule_values, rules

__all__ = ["GROUP", "RuleSequences", "simulate_rules"]

GROUP = 4
"""Sequences of a group. Each rule is in another state in each: both sites, the first, the second, or the last state."""
_BOTH, _FIRST, _SECOND, _LAST = range(GROUP)
_SHIFT = 4
"""Positions by which the second site is off in the last state of ``spacing``."""
_MISPLACED = ("spacing", "orientation")
"""Rules whose last state has both sites, misplaced; the others' has neither."""
_TRIES = 2000
_BOUND_BY_CHANCE = 0.1

Places = npt.NDArray[np.int64]
_State = tuple[bool, bool]
_COUNTS: dict[str, dict[int, _State]] = {
    "and": {_BOTH: (True, True)},
    "or": {_BOTH: (True, True), _FIRST: (True, False), _SECOND: (False, True)},
    "not": {_BOTH: (True, True), _FIRST: (True, False)},
    "spacing": {_BOTH: (True, True)},
    "orientation": {_BOTH: (True, True)},
}
"""Which sites matter to a rule in which state; in the others, none."""
_VALUES = {"and": (1, 0, 0, 0), "or": (1, 1, 1, 0), "not": (0, 1, 0, 0), "spacing": (1, 0, 0, 0)}
_VALUES |= {"orientation": (1, 0, 0, 0)}
"""What a rule says in each state."""


@dataclass(frozen=True)
class RuleSequences:
    """N sequences and what is known of them, for K rules.

    Attributes:
        sequences: With their planted sites; ``group_<g>_<i>`` is the i-th sequence of group g.
        groups: (N,), the group of each.
        places: (N, K, 2, 2), first position and one past the last of the first site's place, and of the second's.
        present: Bool (N, K, 2), a site stands there.
        sites: Bool (N, L, K), True inside of sites that matter to the rule.
        backgrounds: (N, L, 4), the same without any site.
    """

    sequences: SequenceSet
    groups: npt.NDArray[np.int64]
    places: Places
    present: npt.NDArray[np.bool_]
    sites: npt.NDArray[np.bool_]
    backgrounds: OneHot


@dataclass(frozen=True)
class _Member:
    """One sequence of a group."""

    x: OneHot
    planted: tuple[MotifSite, ...]
    places: Places
    present: npt.NDArray[np.bool_]
    sites: npt.NDArray[np.bool_]


def simulate_rules(n: int, length: int = 160, *, seed: int = 0) -> RuleSequences:
    """Simulates groups of sequences of random DNA, none of which holds a site by chance.

    Args:
        n: Sequences; a multiple of `GROUP`.
        length: Positions of each.
        seed: Of everything drawn.

    Raises:
        InputError: Another number of sequences, or too short ones.
    """
    every = rules()
    least = sum(_slot(rule) for rule in every)
    if n < GROUP or n % GROUP or length < least:
        raise InputError(
            f"Sequences of rules come in groups of {GROUP}, of at least {least} positions. Received: {n=}, {length=}"
        )
    rng = np.random.default_rng(seed)
    groups = [_group(every, length, rng) for _ in range(n // GROUP)]
    members = [member for _, group in groups for member in group]
    sequences = SequenceSet(
        tuple(f"group_{i // GROUP}_{i % GROUP}" for i in range(n)),
        np.stack([member.x for member in members]),
        f"simulated:rules {', '.join(rule.name for rule in every)}, seed={seed}",
        tuple(member.planted for member in members),
    )
    return RuleSequences(
        sequences,
        np.arange(n) // GROUP,
        np.stack([member.places for member in members]),
        np.stack([member.present for member in members]),
        np.stack([member.sites for member in members]),
        np.repeat(np.stack([background for background, _ in groups]), GROUP, axis=0),
    )


def _slot(rule: Rule) -> int:
    return rule.first.width + GAP + rule.second.width + _SHIFT


def _group(every: tuple[Rule, ...], length: int, rng: np.random.Generator) -> tuple[OneHot, list[_Member]]:
    """A background and four sequences in which every rule says what it should, and no motif stands by chance."""
    for _ in range(_TRIES):
        background = random_dna(1, length, rng)[0]
        starts, strands = _starts(every, length, rng), rng.integers(2, size=(len(every), 2))
        members = [_member(background, every, starts, strands, i) for i in range(GROUP)]
        if _is_clean(members, every):
            return background, members
    raise InputError(
        f"No background without sites by chance in {_TRIES} tries; use another seed, or a shorter length"
    )


def _starts(every: tuple[Rule, ...], length: int, rng: np.random.Generator) -> list[int]:
    """Where the slot of each rule begins: in any order, every spread of the free positions equally likely."""
    order = rng.permutation(len(every)).tolist()
    free = length - sum(_slot(rule) for rule in every)
    gaps = np.sort(rng.choice(free + len(every), size=len(every), replace=False))
    starts, used = [0] * len(every), 0
    for i, (gap, k) in enumerate(zip(gaps.tolist(), order, strict=True)):
        starts[k] = gap - i + used
        used += _slot(every[k])
    return starts


def _member(
    background: OneHot, every: tuple[Rule, ...], starts: list[int], strands: npt.NDArray[np.int64], i: int
) -> _Member:
    x, planted = background.copy(), list[MotifSite]()
    places = np.empty((len(every), 2, 2), np.int64)
    present, sites = np.zeros((len(every), 2), bool), np.zeros((len(x), len(every)), bool)
    for k, rule in enumerate(every):
        state = (i + k) % GROUP
        last = state == _LAST and rule.name in _MISPLACED
        present[k] = last or state in (_BOTH, _FIRST), last or state in (_BOTH, _SECOND)
        counts = _COUNTS[rule.name].get(state, (False, False))
        for j, (start, strand, motif) in enumerate(_sites(rule, starts[k], strands[k], last)):
            end = start + motif.width
            places[k, j] = start, end
            sites[start:end, k] = counts[j]
            if present[k, j]:
                x[start:end] = _best(motif, strand)
                planted.append(MotifSite(motif.name, start, end, strand))
    return _Member(x, tuple(planted), places, present, sites)


def _sites(
    rule: Rule, start: int, strands: npt.NDArray[np.int64], misplaced: bool
) -> list[tuple[int, str, Motif]]:
    """Start, strand and motif of both sites."""
    first, second = "+-"[strands[0]], "+-"[strands[1]]
    behind = start + rule.first.width + GAP
    if rule.name == "spacing":
        first = second = "+"
        behind += _SHIFT if misplaced else 0
    if rule.name == "orientation":
        second = "+-"[1 - strands[0]] if misplaced else first
    return [(start, first, rule.first), (behind, second, rule.second)]


def _best(motif: Motif, strand: str) -> OneHot:
    best = np.eye(len(DNA), dtype=np.float32)[motif.counts.argmax(axis=1)]
    return best if strand == "+" else reverse_complement(best)


def _is_clean(members: list[_Member], every: tuple[Rule, ...]) -> bool:
    x = np.stack([member.x for member in members])
    wanted = [
        [_VALUES[rule.name][(i + k) % GROUP] for k, rule in enumerate(every)] for i in range(len(members))
    ]
    if np.abs(rule_values(x) - wanted).max() > _BOUND_BY_CHANCE:
        return False
    for k, rule in enumerate(every):
        for j, motif in enumerate((rule.first, rule.second)):
            found = (bound(x, motif).max(axis=0) > _BOUND_BY_CHANCE).sum(axis=1)
            if any(int(count) != member.present[k, j] for count, member in zip(found, members, strict=True)):
                return False
    return True

"""The work gate: plans of two revisions compared exactly, layer by layer, on any machine.

Any difference fails. Less work is a difference too: it may be an optimisation, and it may be a layer that was
forgotten; who meant it writes the record anew, and the reviewer sees the numbers in the diff.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ismbench.bench.plan.engine_work import LayerWork, PlannedWork
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

__all__ = ["WORK_COUNTERS", "WorkChange", "WorkComparison", "compare_work"]

WORK_COUNTERS = ("naive", "forward_rows", "passes", "chunk_rows", "peak_chunk_numbers", "multiply_adds")
_OF_LAYERS = tuple(f.name for f in fields(LayerWork) if f.name != "name")

Identity = tuple[str, int, str, int]


@dataclass(frozen=True)
class WorkChange:
    """One difference.

    Attributes:
        plan: Model, length, target and number of sequences, in words.
        layer: Name of the layer; "" for what is no layer's own.
        what: The counter, or "new layer" and the like.
        base: Its value in the base; None where there is none.
        head: Likewise.
        regression: Whether it fails the gate.
    """

    plan: str
    layer: str
    what: str
    base: int | str | None
    head: int | str | None
    regression: bool = True

    @property
    def words(self) -> str:
        """The difference in a line."""
        where = f"{self.plan}: layer {self.layer}: " if self.layer else f"{self.plan}: "
        values = [f"{v:,}" if isinstance(v, int) else str(v) for v in (self.base, self.head) if v is not None]
        return f"{where}{self.what} {' -> '.join(values)}".strip()


@dataclass(frozen=True)
class WorkComparison:
    """A finished comparison of plans.

    Attributes:
        base: Where the base was read.
        head: Where the head was read.
        compared: Plans that both have.
        changes: Every difference.
    """

    base: str
    head: str
    compared: int
    changes: tuple[WorkChange, ...]

    @property
    def exit_code(self) -> ExitCode:
        """5 where no plan is in both, else 3 if any that fails is there, else 0."""
        if not self.compared:
            return ExitCode.NOTHING_COMPARABLE
        worse = any(change.regression for change in self.changes)
        return ExitCode.REGRESSION if worse else ExitCode.FINE


def compare_work(
    base: Sequence[PlannedWork], head: Sequence[PlannedWork], names: tuple[str, str]
) -> WorkComparison:
    """Compares plans.

    Args:
        base: What was.
        head: What is.
        names: Of both, for messages.

    Raises:
        InputError: One side has two different plans for the same model, length, target and sequences.
    """
    was, now = (_by_identity(plans, name) for plans, name in zip((base, head), names, strict=True))
    changes: list[WorkChange] = []
    for identity in dict.fromkeys((*was, *now)):
        words = _words(identity)
        if identity not in now:
            changes.append(WorkChange(words, "", "missing in the head", None, None))
        elif identity not in was:
            changes.append(WorkChange(words, "", "new in the head", None, None, False))
        else:
            changes += _differences(words, was[identity], now[identity])
    return WorkComparison(*names, len(was.keys() & now.keys()), tuple(changes))


def _differences(words: str, base: PlannedWork, head: PlannedWork) -> Iterator[WorkChange]:
    """Layers first: they say where the sums come from."""
    was, now = ({layer.name: layer for layer in plan.layers} for plan in (base, head))
    for name in dict.fromkeys((*now, *was)):
        if name not in was:
            yield WorkChange(
                words, name, "new layer, multiply-adds of a mutant", None, now[name].multiply_adds
            )
        elif name not in now:
            yield WorkChange(
                words, name, "layer is gone, multiply-adds of a mutant", was[name].multiply_adds, None
            )
        else:
            yield from _between(words, name, was[name], now[name], _OF_LAYERS)
    if list(was) != list(now) and was.keys() == now.keys():
        yield WorkChange(words, "", "the order of the layers changed", None, None)
    yield from _between(words, "", base, head, WORK_COUNTERS)


def _between(words: str, layer: str, base: Any, head: Any, names: Iterable[str]) -> Iterator[WorkChange]:
    for name in names:
        was, now = getattr(base, name), getattr(head, name)
        if was != now:
            yield WorkChange(words, layer, name.replace("_", " "), was, now)


def _by_identity(plans: Iterable[PlannedWork], name: str) -> dict[Identity, PlannedWork]:
    found: dict[Identity, PlannedWork] = {}
    for plan in plans:
        if found.setdefault(_identity(plan), plan) != plan:
            raise InputError(
                f"Models of several experiments must have different names. Received: {name} with two plans for"
                f" {_words(_identity(plan))}"
            )
    return found


def _identity(plan: PlannedWork) -> Identity:
    return (plan.model, plan.length, plan.target, plan.sequences)


def _words(identity: Identity) -> str:
    model, length, target, n = identity
    return f"{model} {length}, {target}, {n} sequence{'' if n == 1 else 's'}"

"""What a cell will roughly cost, from a model's facts and this machine's rate.

A method's price is counted in forward passes ("forward equivalents"). These are its own multiply-adds, so
they also give the column ``multiply_adds``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ismbench.bench.plan.model_facts import Facts
from ismbench.bench.records.cell import Cell
from ismbench.methods import Method

__all__ = ["Price", "forward_equivalents", "predict_bytes", "predict_seconds", "price_of"]

_START = 2.0  # seconds to build a method, trace and compile it; seen from 0.1 (naive) to 6 (shap)
_EFFICIENCY = 0.5  # of the matmul rate, over whole models


@dataclass(frozen=True)
class Price:
    """What one sequence costs.

    Attributes:
        forwards: Forward passes, or what equals them in multiply-adds.
        per_position: The price is proportional to the positions scored (so that a subset of them is cheaper).
    """

    forwards: float
    per_position: bool


def forward_equivalents(
    method: type[Method],
    length: int,
    n_outputs: int = 1,
    batch: Mapping[str, int | None] = MappingProxyType({}),
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Price | None:
    """Price of a method per sequence, as the method itself states it.

    Args:
        method: The method.
        length: Positions.
        n_outputs: K; a backward pass is needed for each.
        batch: Its batch sizes.
        options: Its options.

    Returns:
        None for a method that cannot be priced from the model's cost alone.
    """
    forwards = method.forwards(length, n_outputs, method.settings(batch, options))
    return None if forwards is None else Price(forwards, per_position=method.exact and method.subset)


def price_of(cell: Cell, n_outputs: int = 1) -> Price | None:
    """Price of a cell per sequence: its batch sizes and options count where they multiply the work.

    Args:
        cell: Its method, length, batch sizes and options are read.
        n_outputs: K, numbers that are explained.
    """
    return forward_equivalents(cell.declared, cell.length, n_outputs, cell.batch, cell.options)


def predict_seconds(
    price: Price | None, facts: Facts | None, length: int, per_second: float, budget: float, repetitions: int
) -> float:
    """Seconds that a whole cell takes: start, warm-up and timed repetitions within the budget.

    Args:
        price: Of one sequence.
        facts: Of the model.
        length: Positions.
        per_second: Multiply-adds per second of a matmul on this machine.
        budget: Seconds of timed work that a cell aims at.
        repetitions: Fewest timed repetitions.
    """
    share = 1 + 2 / repetitions  # warm-up comes on top
    if price is None or facts is None:
        return _START + budget * share  # what a cell aims at, whatever it costs
    one = price.forwards * facts.forward(length) / (per_second * _EFFICIENCY)
    smallest = one / length if price.per_position else one
    timed = min(max(budget, repetitions * smallest), 15 * 100 * one)
    return _START + timed * share


def predict_bytes(facts: Facts | None, length: int, together: int) -> float | None:
    """Bytes of activations when so many sequences (or mutants, or steps) go through the model together."""
    return None if facts is None else facts.memory(length) * together

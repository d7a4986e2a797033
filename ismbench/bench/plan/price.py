"""What a cell will roughly cost, from a model's facts and this machine's rate.

A method's price is counted in forward passes ("forward equivalents"). These are its own multiply-adds, so
they also give the column ``multiply_adds``.
"""

from dataclasses import dataclass

from ismbench.bench.plan.model_facts import Facts

__all__ = ["Price", "forward_equivalents", "predict_bytes", "predict_seconds"]

STEPS = 50
SHUFFLES = 10
BACKWARD = 1.0
"""Price of a backward pass to the input in forward passes; weight gradients are not needed."""

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
    method: str, length: int, n_outputs: int = 1, *, steps: int = STEPS, shuffles: int | None = None
) -> Price | None:
    """Price of a method per sequence.

    Args:
        method: Its name.
        length: Positions.
        n_outputs: K; a backward pass is needed for each.
        steps: Of Integrated Gradients.
        shuffles: Baselines of DeepSHAP.

    Returns:
        None for a method that cannot be priced from the model's cost alone.
    """
    backward = 1.0 + BACKWARD * n_outputs
    match method:
        case "naive_ism":
            return Price(3.0 * length, per_position=True)
        case "peer_tangermeme":  # all four bases at each position, the one that is there too
            return Price(4.0 * length, per_position=False)
        case "gradient" | "gradient_x_input" | "corrected_gradient" | "taylor_ism":
            return Price(backward, per_position=False)
        case "integrated_gradients" | "integrated_gradients_alibi":
            return Price(steps * backward, per_position=False)
        case "deepshap" | "peer_tangermeme_deeplift":
            # shap runs sequence and baseline side by side, forward and backward, for each baseline
            return Price(2.0 * (SHUFFLES if shuffles is None else shuffles) * backward, per_position=False)
    return None


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

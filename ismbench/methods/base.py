"""What every attribution method has in common: its batch sizes, its call, and what the table says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ismbench.scores import Kind

__all__ = ["BatchColumn", "BatchSizes", "Explainer", "Factory", "Kind", "MethodSpec"]

BatchColumn = Literal[
    "sequences_per_call", "mutants_per_forward", "steps_per_forward", "references_per_example"
]


@dataclass(frozen=True)
class BatchSizes:
    """The four things that "batch size" can mean; None lets the method choose.

    Attributes:
        sequences_per_call: Sequences that go through the model together.
        mutants_per_forward: Mutants in one forward pass of ISM.
        steps_per_forward: Interpolation points in one pass of Integrated Gradients, all sequences together.
        references_per_example: Baselines per sequence in DeepSHAP.
    """

    sequences_per_call: int | None = None
    mutants_per_forward: int | None = None
    steps_per_forward: int | None = None
    references_per_example: int | None = None


class Explainer(Protocol):
    """A method that is built for one model and one target; building is not part of the call."""

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Scores sequences.

        Args:
            x: One-hot (N, L, A); not changed.

        Returns:
            Scores (N, L, A, K) for the K numbers of the target; their meaning is the `kind` of the method.
        """
        ...


Factory = Callable[..., Explainer]
"""Called as (model, target, batch: BatchSizes, **options); raises UnsupportedError with a reason."""


@dataclass(frozen=True)
class MethodSpec:
    """What is known of a method without importing it.

    Attributes:
        name: The name in experiments and records.
        module: Where its class lives.
        factory: The name of that class.
        kind: What its values mean: "delta" (change of the prediction for each base), "map" (a value for each
            base, read at the reference base), "contribution" (parts of the prediction that sum over bases) or
            "magnitude" (sizes of the changes, without their signs).
        exact: Must equal naive ISM.
        batch_column: The field of BatchSizes that its sweep varies.
        extra: The optional dependency group of the package that it needs.
        requires: The modules of that group that it imports.
        backends: The Keras backends that it works on.
        subset: Whether an exact method may be timed on one sequence and some of its positions (its option
            ``positions``), and scaled up.
        environment: Variables for a worker process of its own; None for a method that shares one with others.
        summary: One line for a list of methods.
    """

    name: str
    module: str
    factory: str
    kind: Kind
    exact: bool
    batch_column: BatchColumn
    summary: str
    extra: str | None = None
    requires: tuple[str, ...] = ()
    backends: tuple[str, ...] = ("tensorflow", "jax", "torch")
    subset: bool = True
    environment: Mapping[str, str] | None = None

    def missing(self) -> str | None:
        """What to install for this method, or None where everything is there; imports nothing."""
        if all(find_spec(module) is not None for module in self.requires):
            return None
        return f"install ismbench[{self.extra}]"

"""What every attribution method is: one class, which says all that is known of it and does its work."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ismbench.methods.batch import BatchColumn, BatchSizes
from ismbench.methods.options import defaults
from ismbench.scores import Kind, first_order

__all__ = ["BACKWARD", "BatchColumn", "BatchSizes", "Colour", "Explainer", "Kind", "Method"]

Colour = Literal[
    "ink",
    "vermilion",
    "sky",
    "blue",
    "indigo",
    "gold",
    "green",
    "teal",
    "pink",
    "wine",
    "olive",
    "grey",
    "plum",
]
"""Roles of the reports' palette; kin share a family of hues and differ by marker."""

BACKWARD = 1.0
"""Price of a backward pass to the input in forward passes; weight gradients are not needed."""


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


class Method(ABC):
    """An attribution method, built for one model and one target; calls score sequences.

    A method is one class in one file. Its attributes below can be read without Keras or the packages that it needs:
    import these where they are used. Its options are the arguments of its ``__init__`` after the star, with their
    types and defaults.

    Args:
        model: Functional or Sequential keras.Model with one input (N, L, A).
        target: The K numbers to explain (ismbench.Target).
        batch: Batch sizes; only those that the method names in `batch` count.

    Attributes:
        name: Its name in experiments and records; a file of the user's is named by the experiment.
        summary: One line for a list of methods.
        label: Its name in print.
        place: Where it stands in tables and figures; smaller comes first.
        colour: Its role in the palette of figures.
        marker: Matplotlib's code of its marker.
        line: Matplotlib's line style.
        kind: What its values mean: "delta" (change of the prediction for each base), "map" (a value for each
            base, read at the reference base), "contribution" (parts of the prediction that sum over bases) or
            "magnitude" (sizes of the changes, without their signs).
        exact: Must equal naive ISM.
        outputs: Whether it explains every output of a target, or targets of one number only.
        batch: The batch sizes that it has, with its defaults (None: chosen for each model); the first is varied.
        subset: An exact method that costs the same at each position: it may be timed on some (its argument
            ``positions``), and scaled up.
        requires: Modules that it imports, and the packages that provide them.
        extra: The optional dependency group of ismbench with these packages; None for others' methods.
        backends: The Keras backends that it works on.
        environment: Variables for a worker process of its own; None for a method that shares one with others.
    """

    name: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    label: ClassVar[str] = ""
    place: ClassVar[int] = 1000
    colour: ClassVar[Colour] = "grey"
    marker: ClassVar[str] = ">"
    line: ClassVar[str] = "-"
    kind: ClassVar[Kind]
    exact: ClassVar[bool] = False
    outputs: ClassVar[Literal["every", "one"]] = "every"
    batch: ClassVar[Mapping[BatchColumn, int | None]] = {"sequences_per_call": None}
    subset: ClassVar[bool] = False
    requires: ClassVar[Mapping[str, str]] = {}
    extra: ClassVar[str | None] = None
    backends: ClassVar[tuple[str, ...]] = ("tensorflow", "jax", "torch")
    environment: ClassVar[Mapping[str, str] | None] = None

    def __init__(self, model: Any, target: Any, batch: BatchSizes) -> None:
        return

    @abstractmethod
    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Scores (N, L, A, K) of one-hot x (N, L, A), which is not changed."""

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float | None:
        """Price of one sequence in forward passes, or what equals them in multiply-adds; None where unknown.

        Args:
            length: Positions.
            n_outputs: K; a backward pass is needed for each.
            settings: Its options and batch sizes, see `settings`.
        """
        return None

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """Rows that one sequence fills of the batch that is varied; a repetition should fill whole batches."""
        return 1

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any] | None:
        """Its scores (N, L, A, K) of a linear model, by its definition; None where it defines none.

        Args:
            weights: Of the model, (1, L, A, K).
            x: One-hot (N, L, A).
        """
        spread = np.broadcast_to(weights, (*x.shape, weights.shape[3]))
        if self.kind == "map":
            return spread
        return spread * x[..., None] if self.kind == "contribution" else _change(self.kind, spread, x)

    @classmethod
    def batch_size(cls, batch: BatchSizes, column: BatchColumn) -> int:
        """A batch size that was given, else the method's own; 1 where it has none."""
        return getattr(batch, column) or cls.batch.get(column) or 1

    @classmethod
    def batch_column(cls) -> BatchColumn:
        """The batch size that a sweep of it varies."""
        return next(iter(cls.batch))

    @classmethod
    def settings(cls, batch: Mapping[str, int | None], options: Mapping[str, Any]) -> dict[str, Any]:
        """Options and batch sizes together, its defaults where nothing is given."""
        sizes: dict[str, Any] = {
            column: batch.get(column) or default for column, default in cls.batch.items()
        }
        return {**defaults(cls), **options, **sizes}

    @classmethod
    def misfit(cls, length: int, settings: Mapping[str, Any]) -> str | None:
        """Why its settings do not fit sequences of a length, in one line; None where they do.

        Args:
            length: Positions.
            settings: Its options and batch sizes, see `settings`.
        """
        return None

    @classmethod
    def missing(cls) -> str | None:
        """What to install for this method, or None where everything is there; imports nothing."""
        absent = [package for module, package in cls.requires.items() if find_spec(module) is None]
        if not absent:
            return None
        return f"install ismbench[{cls.extra}]" if cls.extra else f"install {' '.join(absent)}"

    @classmethod
    def skip(cls, backend: str) -> str | None:
        """Why it cannot run here on a backend, or None where it can; imports nothing."""
        if backend not in cls.backends:
            return f"{cls.name} works on {' and '.join(cls.backends)} only"
        return cls.missing()


def _change(kind: Kind, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    delta = first_order(weights, x)
    return np.abs(delta) if kind == "magnitude" else delta

"""A method at work on the small models of the conformance suite, and how its checks say what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.target import EVERY, Target
from ismbench.methods.base import Explainer, Method
from ismbench.methods.batch import BatchSizes

if TYPE_CHECKING:
    import keras

__all__ = ["Case", "CheckFailedError", "DoesNotApplyError", "close", "require"]

SIZES = BatchSizes(sequences_per_call=2, mutants_per_forward=17, steps_per_forward=33)
TOLERANCE = 1e-4
"""Of float32, relative to the largest score: another batch size sums in another order."""


class CheckFailedError(Exception):
    """A method breaks a promise; the message says what was received."""


class DoesNotApplyError(Exception):
    """A check says nothing of a method; the message says why."""


@dataclass
class Case:
    """A method and the models that it is checked on; building is most of the time, so it is done once.

    Attributes:
        method: Its class.
        options: Of its constructor.
    """

    method: type[Method]
    options: Mapping[str, Any] = field(default_factory=dict)
    _built: dict[tuple[int, Target, BatchSizes], Explainer] = field(default_factory=dict, repr=False)

    @cached_property
    def model(self) -> "keras.Model":
        """See ``small_model``."""
        from ismbench.methods._conformance_models import small_model

        return small_model()

    @cached_property
    def linear_model(self) -> "keras.Model":
        """See ``linear_model``."""
        from ismbench.methods._conformance_models import linear_model

        return linear_model()

    @property
    def x(self) -> NDArray[np.float32]:
        """Five sequences (5, 40, 4), fresh ones each time; position 3 of the second is N."""
        from ismbench.methods._conformance_models import sequences

        return sequences()

    @property
    def target(self) -> Target:
        """Every output, or one number for a method that explains no more."""
        return EVERY if self.method.outputs == "every" else Target("a", index=1)

    @property
    def k(self) -> int:
        """Numbers that the target of the small model has."""
        return 4 if self.method.outputs == "every" else 1

    def build(
        self, model: "keras.Model", target: Target | None = None, batch: BatchSizes = SIZES, **more: Any
    ) -> Explainer:
        """The method, built for a model, or as it was built before; ``more`` are further arguments."""
        target = target or self.target
        factory: Any = self.method
        if more:
            return factory(model, target, batch, **self.options, **more)  # type: ignore[no-any-return]
        key = (id(model), target, batch)
        if key not in self._built:
            self._built[key] = factory(model, target, batch, **self.options)
        return self._built[key]

    def scores(self, x: NDArray[np.float32] | None = None) -> NDArray[Any]:
        """Of the small model."""
        return self.build(self.model)(self.x if x is None else x)


def close(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Whether two sets of scores agree up to rounding."""
    if a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=0, atol=TOLERANCE * np.abs(b).max()))


def require(holds: bool, received: str) -> None:
    """Raises CheckFailedError unless something holds."""
    if not holds:
        raise CheckFailedError(f"Received: {received}")

"""What users of variants rank by: changes of counts, and how far the shapes of two profiles are apart.

Each value compares the two alleles' predictions on one strand by one model; several strands and models are averaged.
An insertion or deletion moves what is right of it; profiles are compared place by place, not aligned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError
from ismbench.scoring.outputs.heads import Head, Heads

__all__ = ["KINDS", "AlleleComparison", "read_comparisons"]

Array = NDArray[Any]


def log2_fold_change(reference: Array, alternate: Array) -> Array:
    """log2(alternate / reference) of counts (V, C); NaN where one is not positive."""
    fine = (reference > 0) & (alternate > 0)
    ratio = np.divide(alternate, reference, out=np.full(reference.shape, np.nan), where=fine)
    return np.asarray(np.log2(ratio))


def log2_fold_change_of_logs(reference: Array, alternate: Array) -> Array:
    """The same, of natural logarithms of counts (V, C), as BPNet and ChromBPNet give them."""
    return np.asarray((alternate - reference) / np.log(2))


def jensen_shannon(reference: Array, alternate: Array) -> Array:
    """Jensen-Shannon distance of profiles given as logits (V, L, C): of the softmax over L, for each channel.

    The root of the divergence to base 2, from 0 (equal) to 1 (apart). Source: Endres and Schindelin, IEEE Transactions
    on Information Theory 49, 1858 (2003).
    """
    p, q = _softmax(reference.astype(np.float64)), _softmax(alternate.astype(np.float64))
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return np.asarray(np.sqrt(np.clip(divergence, 0, 1)))


def _softmax(logits: Array) -> Array:
    power = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(power / power.sum(axis=1, keepdims=True))


def _relative_entropy(p: Array, middle: Array) -> Array:
    ratio = np.divide(p, middle, out=np.ones_like(p), where=p > 0)
    return np.asarray((p * np.log2(ratio)).sum(axis=1))


KINDS: Mapping[str, Callable[[Array, Array], Array]] = {
    "log2fc": log2_fold_change,
    "log2fc_of_logs": log2_fold_change_of_logs,
    "jsd": jensen_shannon,
}
"""By the words of --compare."""


@dataclass(frozen=True)
class AlleleComparison:
    """One comparison of a head.

    Attributes:
        kind: A key of KINDS.
        head: Of the model.
    """

    kind: str
    head: Head

    @property
    def labels(self) -> tuple[str, ...]:
        """Of its values."""
        name = f"{self.kind}:{self.head.name}"
        count = self._shape[-1]
        return (name,) if count == 1 else tuple(f"{name}.{i}" for i in range(count))

    @property
    def _shape(self) -> tuple[int, ...]:
        """(L, C) of a profile, (C,) of counts."""
        if self.kind != "jsd":
            return (self.head.size,)
        return self.head.shape if len(self.head.shape) > 1 else (self.head.size, 1)

    def __call__(self, reference: Array, alternate: Array) -> Array:
        """Values (V, C) from the predictions (V, all values of the head) for both alleles."""
        shape = (len(reference), *self._shape)
        return KINDS[self.kind](reference.reshape(shape), alternate.reshape(shape))


def read_comparisons(text: str | None, heads: Heads) -> tuple[AlleleComparison, ...]:
    """Reads the option --compare, such as "log2fc_of_logs:counts,jsd:profile".

    Raises:
        InputError: It names no kind or no head, or a head has a shape that the kind has no use for.
    """
    return tuple(_read(word.strip(), heads) for word in (text.split(",") if text else ()))


def _read(word: str, heads: Heads) -> AlleleComparison:
    kind, _, name = word.partition(":")
    if kind not in KINDS:
        raise InputError(f"--compare takes KIND:HEAD. Received: {word!r}{hint(kind, KINDS)}")
    head = heads.heads[0] if not name and len(heads.heads) == 1 else heads.find(name)
    if head is None:
        names = [head.name for head in heads.heads]
        raise InputError(f"--compare names a head of the model. Received: {word!r}{hint(name, names)}")
    if kind == "jsd" and (head.size < 2 or len(head.shape) > 2 or head.shape[0] < 2):
        raise InputError(
            "jsd compares profiles of shape (positions,) or (positions, channels). Received: the head"
            f" {head.name} of shape {head.shape}"
        )
    return AlleleComparison(kind, head)

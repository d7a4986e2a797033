"""How methods and statuses are called and drawn, in every table and figure alike."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["BATCH_LABELS", "STATUS_SHORT", "Look", "look", "order_methods"]

BATCH_LABELS = {
    "sequences_per_call": "sequences",
    "mutants_per_forward": "mutants",
    "steps_per_forward": "steps",
    "references_per_example": "references",
}
"""The four columns that "batch size" can mean, and the word for what each counts."""

STATUS_SHORT = {
    "unsupported": "unsupported",
    "over_budget": "over budget",
    "oom": "out of memory",
    "oom_implied": "out of memory (implied by a smaller cell)",
    "timeout": "timeout",
    "error": "error",
    "nonequivalent": "not equal to naive ISM",
    "interrupted": "interrupted",
}
"""Words for the statuses other than "ok"."""


@dataclass(frozen=True)
class Look:
    """How one method appears.

    Attributes:
        label: Its name in print.
        light: Its colour on a light page.
        dark: Its colour on a dark page.
        marker: Matplotlib's code of its marker; never shared within a family of colours.
        line: Matplotlib's line style.
    """

    label: str
    light: str
    dark: str
    marker: str
    line: str = "-"


# Hues after Okabe & Ito (2008), safe for the common colour-vision deficiencies. Kin share a family of hues
# and differ by marker: exact methods neutral and vermilion, gradients blue, Integrated Gradients green.
_LOOKS = {
    "naive_ism": Look("Naive ISM", "#3d4450", "#c9d1d9", "s"),
    "fast_ism": Look("Fast ISM", "#d55e00", "#ff8a3d", "o"),
    "gradient": Look("Gradient", "#56b4e9", "#7cc7f2", "^"),
    "gradient_x_input": Look("Gradient × Input", "#0072b2", "#3d9be0", "v", "--"),
    "corrected_gradient": Look("Corrected gradient", "#332288", "#9d8df1", "<", ":"),
    "taylor_ism": Look("Taylor ISM", "#b8860b", "#f0c541", "P"),
    "integrated_gradients": Look("Integrated Gradients", "#009e73", "#2fc99c", "D"),
    "integrated_gradients_alibi": Look("Integrated Gradients (alibi)", "#44aa99", "#86d9cd", "d", "--"),
    "deepshap": Look("DeepSHAP", "#cc79a7", "#e59ac2", "p"),
    "peer_fastism": Look("fastISM (Nair 2022)", "#882255", "#d1709f", "h", "--"),
    "peer_yuzu": Look("Yuzu", "#80733a", "#c2b36a", "X", "--"),
    "peer_tangermeme": Look("tangermeme", "#6b6b6b", "#a0a0a0", "8", ":"),
    "peer_tangermeme_deeplift": Look("tangermeme DeepLIFT", "#994f88", "#c98aba", "H", ":"),
}


def look(method: str) -> Look:
    """How a method appears; one that is not known here is grey under its own name."""
    return _LOOKS.get(method, Look(method, "#6b6b6b", "#a0a0a0", "*", "-."))


def order_methods(methods: Iterable[str]) -> list[str]:
    """Distinct methods in the order of the tables: known ones first, then others by name."""
    found = set(methods)
    return [m for m in _LOOKS if m in found] + sorted(found - _LOOKS.keys())

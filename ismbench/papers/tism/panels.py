"""Which trained models stand in which panel of Fig 3, and what they are called there."""

from dataclasses import dataclass

__all__ = ["ABLATIONS", "ATTRIBUTED", "BASELINE", "COURSE", "INITIALISATIONS", "SIZES", "Shown"]


@dataclass(frozen=True)
class Shown:
    """A model on a panel.

    Attributes:
        model: Its name in the experiment.
        label: Its name on the panel.
    """

    model: str
    label: str


BASELINE = "seed0"

COURSE = "course"
"""Trained on and on, with checkpoints, from the baseline's first weights."""

INITIALISATIONS = tuple(Shown(f"seed{i}", f"seed {i}") for i in range(4))

SIZES = (
    Shown("data_1", "1%"),
    Shown("data_5", "5%"),
    Shown("data_10", "10%"),
    Shown("data_20", "20%"),
    Shown("data_50", "50%"),
    Shown(BASELINE, "100%"),
)

ABLATIONS = (
    Shown(BASELINE, "Baseline"),
    Shown("forward_only", "Forward only"),
    Shown("mse", "MSE loss"),
    Shown("relu", "ReLU"),
    Shown("cnn0", "CNN0"),
    Shown("adamw", "AdamW"),
    Shown("l1_kernel", "L1 on kernels"),
    Shown("no_batch_norm", "No batch norm"),
    Shown("no_dropout", "No dropout"),
    Shown("no_shift", "No shift"),
    Shown("max_pooling", "Max pooling"),
    Shown("exponential", "Exponential"),
    Shown("no_residual", "No residual"),
)

ATTRIBUTED = (*SIZES[::-1], next(shown for shown in ABLATIONS if shown.model == "adamw"))
"""Whose contributions to one sequence stand below each other: the baseline, those of less data, and AdamW's."""

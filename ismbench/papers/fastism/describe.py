"""What is regenerated of the fastISM paper."""

from ismbench.papers.paper import ExperimentStudy, Paper

__all__ = ["PAPER"]

PAPER = Paper(
    name="fastism",
    title="fastISM: performant in silico saturation mutagenesis for convolutional neural networks",
    citation=(
        "S. Nair, A. Shrikumar, J. Schreiber, A. Kundaje. *Bioinformatics* 38(9), 2397-2403, 2022."
        " doi:10.1093/bioinformatics/btac135"
    ),
    studies=(
        ExperimentStudy(
            "peers", "Every package that computes ISM on Basset, side by side", "experiments/peers.yaml"
        ),
    ),
    extras={
        "explainers": ("alibi", "shap"),
        "peers": ("fastism", "tf_keras", "torch", "yuzu", "tangermeme"),
    },
    to_draw={"scoring": ("logomaker",)},
)

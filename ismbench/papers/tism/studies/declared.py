"""The studies of the Taylor ISM paper: experiments for the harness, and computations of our own."""

from ismbench.papers.core.study import ComputeStudy, ExperimentStudy, Study
from ismbench.papers.tism.studies import scale
from ismbench.papers.tism.studies.methods_asked import METHODS_ASKED

__all__ = ["STUDIES"]

_METHODS = tuple(f"ismbench.methods.{name}" for name in METHODS_ASKED)
"""Modules of the methods that the computations find by name."""

STUDIES: tuple[Study, ...] = (
    ComputeStudy(
        "tables",
        "Run time of ISM and TISM on the paper's baseline (Tables 1 and 2)",
        "ismbench.papers.tism.studies.run_times:compute",
        ("times",),
        inputs=("models/tism_baseline.py",),
        sources=("ismbench.methods.naive_ism", "ismbench.methods.taylor_ism"),
        timeout=7200.0,
        scaled_down={
            "quick": "up to 100 sequences; ISM of as many as ten seconds are for, or of some positions",
            "shipped": "ISM of as many sequences as two minutes are for, or of some positions of one",
            "full": "ISM of as many sequences as an hour is for",
        },
    ),
    ExperimentStudy(
        "times",
        "Run time on AI-TAC and its deeper variant",
        "experiments/tism/times.yaml",
        scale.TIMES_QUICK,
        {"quick": "three lengths; short repetitions"},
        scale.TIMES_FULL,
    ),
    ExperimentStudy(
        "yuzu",
        "Yuzu on both variants",
        "experiments/tism/yuzu.yaml",
        scale.YUZU_QUICK,
        {
            "quick": "AI-TAC without padding, at 251 bp alone: elsewhere Yuzu's precomputation takes minutes",
            "shipped": "AI-TAC without padding; 251 and 500 bp: at more, Yuzu's precomputation takes an hour",
            "full": "AI-TAC without padding",
        },
        scale.YUZU_FULL,
    ),
    ComputeStudy(
        "models",
        "Models trained on simulated accessibility, explained by ISM, TISM and the gradient",
        "ismbench.papers.tism.studies.models:compute",
        (
            "models",
            "history",
            "concordance",
            "pairs",
            "attributions",
            "sites",
            "base_effects",
            "completeness",
            "data",
        ),
        inputs=(scale.MODELS_FILE, "models/tism_baseline.py", "models/cnn0.py"),
        libraries=("shap",),
        sources=_METHODS,
        timeout=1800.0,
        scaled_down={
            "quick": "simulated: 3,200 regions, 8 cell types, 32 kernels of 298, at most 20 epochs of 400, 12"
            " explained",
            "shipped": "simulated: 12,000 regions of 286,000, 16 cell types of 81, 32 kernels of 298, at most 100"
            " epochs of 400, 96 explained of 9,158",
            "full": "simulated; 3,000 explained of 9,158",
        },
    ),
    ExperimentStudy(
        "methods",
        "Every method on the trained baseline",
        "experiments/tism/methods.yaml",
        scale.METHODS_QUICK,
        {
            "quick": "the model of the quick scale, 16 sequences",
            "shipped": "the model of the shipped scale, 64 sequences",
            "full": "64 sequences",
        },
        scale.METHODS_FULL,
    ),
    ComputeStudy(
        "satmut",
        "Predicted effects against a reporter assay (Kircher et al. 2019), with MPRA-DragoNN",
        "ismbench.papers.tism.studies.satmut:compute",
        ("elements",),
        inputs=("models/mpra_dragonn.py",),
        libraries=("shap",),
        sources=_METHODS,
        scaled_down={"quick": "windows 48 positions apart instead of 12"},
    ),
)

"""What is regenerated of the Taylor ISM paper, and beyond it."""

from ismbench.papers.core.paper import Comparison, Paper, Picture
from ismbench.papers.core.study import ComputeStudy, ExperimentStudy
from ismbench.papers.tism.figures import fig1, fig1b, fig2, fig3, pareto
from ismbench.papers.tism.findings import FINDINGS
from ismbench.papers.tism.studies.methods_asked import METHODS_ASKED
from ismbench.papers.tism.studies.scale import METHODS_QUICK, MODELS_FILE, TIMES_QUICK, YUZU_QUICK
from ismbench.papers.tism.tables import comparisons
from ismbench.papers.tism.tables.agreements import agreements

__all__ = ["PAPER"]

_SIMULATED = (
    "The data is simulated: motifs planted in dinucleotide-shuffled fly DNA, cell types with interactions."
)

_COINCIDE = "The gradient and Taylor ISM coincide; Yuzu has AI-TAC without padding."

_METHODS = tuple(f"ismbench.methods.{name}" for name in METHODS_ASKED)
"""Modules of the methods that the computations find by name."""

_STUDIES = (
    ExperimentStudy(
        "times",
        "Run time on AI-TAC and its deeper variant",
        "experiments/tism/times.yaml",
        TIMES_QUICK,
        {"quick": "three lengths of seven; short repetitions"},
    ),
    ExperimentStudy(
        "yuzu",
        "Yuzu on both variants",
        "experiments/tism/yuzu.yaml",
        YUZU_QUICK,
        {
            "quick": "AI-TAC without padding, at 251 bp alone: elsewhere Yuzu's precomputation takes minutes",
            "full": "AI-TAC without padding; 251 and 500 bp: at more, Yuzu's precomputation takes an hour",
        },
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
        ),
        inputs=(MODELS_FILE, "models/tism_baseline.py", "models/cnn0.py"),
        libraries=("shap",),
        sources=_METHODS,
        timeout=1800.0,
        scaled_down={
            "quick": "simulated: 3,200 sequences, 5 motifs, 8 cell types, 32 kernels of 298, 12 epochs, 16 explained",
            "full": "simulated: 10,000 sequences, 16 cell types of 81, 64 kernels of 298, 20 epochs of 200",
        },
    ),
    ExperimentStudy(
        "methods",
        "Every method on the trained baseline",
        "experiments/tism/methods.yaml",
        METHODS_QUICK,
        {
            "quick": "the model of the quick scale, 16 sequences",
            "full": "the model of the full scale, 64 sequences",
        },
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

_PICTURES = (
    Picture(
        "fig1a", "Fig 1A: agreement of TISM with ISM",
        f"Pearson's correlation over all positions and bases, one value a sequence and output. {_SIMULATED}",
        ("models",), fig1.histogram,
    ),
    Picture(
        "fig1b", "Fig 1B: attributions across outputs",
        "Contribution of each base of one sequence of the test split to four cell types, by ISM and by TISM, where"
        f" ISM's contributions are largest. The sequence is the one that the cell types differ on most. {_SIMULATED}",
        ("models",), fig1b.logos,
    ),
    Picture(
        "fig1c", "Fig 1C: the gradient against TISM",
        "A point a sequence and output; above the line TISM agrees better with ISM than the gradient does."
        f" {_SIMULATED}",
        ("models",), fig1.gradient_against_tism,
    ),
    Picture(
        "fig1d", "Fig 1D: prediction level and agreement", f"A point a sequence and output. {_SIMULATED}",
        ("models",), fig1.prediction_level,
    ),
    Picture(
        "figs1", "Fig S1: the effect of a base, by ISM and by Gradient × Input",
        f"A point a position of eight test sequences, first cell type. {_SIMULATED}",
        ("models",), fig1.base_effects,
    ),
    Picture(
        "fig2_lengths", "Fig 2A and S3: run time over lengths",
        "Best batch size of each method, one output explained; hollow where a subset of the positions was timed."
        f" {_COINCIDE}",
        ("times", "yuzu"), fig2.over_lengths,
    ),
    Picture(
        "fig2_numbers", "Fig 2B and S3: run time over numbers of sequences",
        "What is done once (building, first call, Yuzu's precomputation) plus the steady time of so many sequences,"
        f" at the best batch size; hollow as above. {_COINCIDE}",
        ("times", "yuzu"), fig2.over_numbers,
    ),
    Picture(
        "figs3", "Speed-up over lengths",
        "Over naive ISM, batched, on the same machine in the same run; hollow where naive ISM was timed at a subset of"
        " the positions. The gradient and Taylor ISM coincide.",
        ("times",), fig2.speedup,
    ),
    Picture(
        "fig3a", "Fig 3A: four initialisations",
        "Boxes from quartile to quartile, whiskers from 5 to 95%, over sequences and outputs; the last two compare two"
        f" models with each other. Below, each model's test performance. {_SIMULATED}",
        ("models",), fig3.initialisations,
    ),
    Picture(
        "fig3b", "Fig 3B: six sizes of the training data", f"As Fig 3A. {_SIMULATED}", ("models",), fig3.data_sizes
    ),
    Picture("fig3c", "Fig 3C: ten epochs", f"As Fig 3A, one training. {_SIMULATED}", ("models",), fig3.epochs),
    Picture(
        "fig3d", "Fig 3D: twelve ablations",
        "As Fig 3A, sorted by the median; one training each, so that differences like those of Fig 3A mean nothing."
        f" {_SIMULATED}",
        ("models",), fig3.ablations,
    ),
    Picture(
        "pareto", "Every method: time against five questions",
        "Higher is better everywhere; the dotted line joins the methods that no other one beats in both. Trained"
        " baseline, sequences that every method has scored, first cell type (completeness, against shuffles: the first"
        " two). Agreement with experiment: MPRA-DragoNN on measured variants, drawn at the time on the baseline. Naive"
        " ISM has fast ISM's value in these two, which equals its own. The gradient's track is that of Gradient ×"
        " Input, and corrected gradient and Taylor ISM have the same track."
        f" {_SIMULATED}",
        ("methods", "models", "satmut"), pareto.draw,
    ),
)  # fmt: skip

PAPER = Paper(
    name="tism",
    title="Quick and effective approximation of in silico saturation mutagenesis experiments with first-order Taylor"
    " expansion",
    citation=(
        "A. Sasse, M. Chikina, S. Mostafavi. *iScience* 27(9), 110807, 2024. doi:10.1016/j.isci.2024.110807"
    ),
    studies=_STUDIES,
    pictures=_PICTURES,
    comparisons=(
        Comparison(
            "table1",
            "Table 1: run time over numbers of sequences",
            "The paper's baseline on 1,000 bp, in batches of 20, on a GPU. Ours is a smaller one, timed in the study"
            " `methods`; run times of networks of the published size are those of Fig 2 and S3.",
            comparisons.table_1,
        ),
        Comparison(
            "table2",
            "Table 2: run time over lengths",
            "As Table 1, ten sequences of each length.",
            comparisons.table_2,
        ),
        Comparison(
            "fig2_numbers",
            "Fig 2B and S3: run time over numbers of sequences",
            "Seconds for so many sequences. Published: the authors' repository, AI-TAC with one output; ours: the"
            " steady time of one sequence times their number, one of 81 outputs explained; for one sequence at the"
            " smallest batch. Yuzu takes AI-TAC without padding only.",
            comparisons.over_numbers,
        ),
        Comparison(
            "fig2_lengths",
            "Fig 2A and S3: run time over lengths",
            "As above. The authors widen the pools with the length, ours stay as they are.",
            comparisons.over_lengths,
        ),
        Comparison("yuzu", "What Yuzu computes beforehand", "", comparisons.precomputation),
        Comparison(
            "agreement",
            "Agreement of TISM with ISM",
            "The paper's correlations are on ImmGen's data and models of its size, ours on simulated data: the levels"
            " may differ, the findings above say which of the paper's comparisons hold here.",
            agreements,
        ),
    ),
    findings=FINDINGS,
    extras={"peers": ("torch", "yuzu"), "explainers": ("shap",)},
    to_draw={"scoring": ("logomaker",)},
    notes=(
        "The paper's data (ImmGen) and trained models are not part of this project. Fig 1 and Fig 3 show models that"
        " `ismbench` trained on **simulated** accessibility: 0 to 6 planted JASPAR motifs in dinucleotide-shuffled fly"
        " DNA, cell types that answer to single motifs and to pairs of them, with a ceiling and noise. Settings:"
        " `experiments/tism/models.yaml`; a reader of ImmGen's files is `ismbench.measured.read_immgen`, and"
        " `data: {source: immgen, ...}` trains on them.",
        "The paper trains with SGD for up to 200 epochs and has AdamW among its ablations; in the few epochs"
        " that fit here SGD learns too little, so the baseline is trained with AdamW and SGD is the ablation.",
        "Correlations are over positions and bases together, as in the authors' script. Run"
        " times of Tables 1 and 2 are the paper's, on an NVIDIA RTX A4000; those of Fig 2 and S3 are those of its"
        " repository, whose machines are not stated there.",
    ),
)

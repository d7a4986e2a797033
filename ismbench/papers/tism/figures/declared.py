"""The pictures of the Taylor ISM paper, in the order of the page."""

from ismbench.papers.core.paper import Picture
from ismbench.papers.tism.figures import fig1, fig2, fig3, logo_stack, matrix, pareto, regions

__all__ = ["PICTURES"]

_SIMULATED = (
    "The data is simulated: motifs planted in dinucleotide-shuffled fly DNA, cell types with interactions."
)

_COINCIDE = "The gradient and Taylor ISM coincide; Yuzu has AI-TAC without padding."

PICTURES = (
    Picture(
        "fig1a", "Fig 1A: agreement of TISM with ISM",
        f"Pearson's correlation over all positions and bases, one value a sequence and output. {_SIMULATED}",
        ("models",), fig1.histogram,
    ),
    Picture(
        "fig1b", "Fig 1B: attributions across eight cell types",
        "Contribution of each base of one sequence of the test split, by ISM and by TISM, where ISM's contributions are"
        f" largest. The sequence is the one that the cell types differ on most. {_SIMULATED}",
        ("models",), logo_stack.across_cell_types,
    ),
    Picture(
        "fig1c", "Fig 1C: the gradient against TISM",
        "A point a region, averaged over its cell types; above the line TISM agrees better with ISM than the gradient"
        f" does. {_SIMULATED}",
        ("models",), regions.gradient_against_tism,
    ),
    Picture(
        "ctcf", "Fig 1C of a network that was trained on measured data: CTCF binding",
        "A Basset-like network trained on 129 experiments of the factor CTCF (its weights are not part of the project),"
        " mean of its outputs; a point a region of 1,000 bp that behaves like a CTCF peak. Records: `../taylor_ism`.",
        (), regions.ctcf_network,
    ),
    Picture(
        "fig1d", "Fig 1D: prediction level and agreement",
        f"A point a region, averaged over its cell types. {_SIMULATED}",
        ("models",), regions.prediction_level,
    ),
    Picture(
        "figs1", "Fig S1: the effect of a base, by ISM and by Gradient × Input",
        f"A point a position of eight test sequences, first cell type. {_SIMULATED}",
        ("models",), fig1.base_effects,
    ),
    Picture(
        "figs2a", "Fig S2A: variation over cell types and agreement", f"As Fig 1D. {_SIMULATED}",
        ("models",), regions.variation,
    ),
    Picture(
        "figs2b", "Fig S2B: model performance and agreement", f"As Fig 1D. {_SIMULATED}",
        ("models",), regions.model_performance,
    ),
    Picture(
        "figs3_lengths", "Fig S3: run time on the CPU over lengths",
        "Best batch size of each method, one output explained; hollow where a subset of the positions was timed."
        f" Fig 2A is the same on a GPU. {_COINCIDE}",
        ("times", "yuzu"), fig2.over_lengths,
    ),
    Picture(
        "figs3_numbers", "Fig S3: run time on the CPU over numbers of sequences",
        "What is done once (building, first call, Yuzu's precomputation) plus the steady time of so many sequences,"
        f" at the best batch size; hollow as above. Fig 2B is the same on a GPU. {_COINCIDE}",
        ("times", "yuzu"), fig2.over_numbers,
    ),
    Picture(
        "speedup", "Speed-up over lengths",
        "Over naive ISM, batched, on the same machine in the same run; hollow where naive ISM was timed at a subset of"
        " the positions. The gradient and Taylor ISM coincide.",
        ("times",), fig2.speedup,
    ),
    Picture(
        "fig3a", "Fig 3A: four initialisations",
        f"Mean correlation over regions and cell types of each two of four models. {_SIMULATED}",
        ("models",), matrix.initialisations,
    ),
    Picture(
        "fig3b", "Fig 3B: six sizes of the training data",
        "Boxes from quartile to quartile, whiskers from 5 to 95%, over regions and cell types. Below, the mean"
        f" correlation of prediction and measurement over cell types, on the test split. {_SIMULATED}",
        ("models",), fig3.data_sizes,
    ),
    Picture(
        "fig3c", "Fig 3C: the course of one training", f"As Fig 3B, with the training split below. {_SIMULATED}",
        ("models",), fig3.epochs,
    ),
    Picture(
        "fig3d", "Fig 3D: twelve ablations",
        "As Fig 3B, sorted by the median; one training each, so that differences like those between the initialisations"
        f" mean nothing. {_SIMULATED}",
        ("models",), fig3.ablations,
    ),
    Picture(
        "figs4", "Fig S4: attributions by models of less data, and of AdamW",
        f"The sequence of Fig 1B, first cell type. {_SIMULATED}",
        ("models",), logo_stack.across_models,
    ),
    Picture(
        "pareto", "Every method: time against five questions",
        "Higher is better, but for completeness; the dotted line joins the methods that no other one beats in both."
        " Trained baseline, sequences that every method has scored, first cell type (completeness: the first two, each"
        " method against its own baselines; the others promise no sum). Truth is the exact ISM of the function that the"
        " signals were simulated with; positions matter where it changes by a tenth of a standard deviation."
        " Faithfulness is the correlation over random subsets of positions (Bhatt et al. 2020). Agreement with"
        " experiment: MPRA-DragoNN on measured variants, drawn at the time on the baseline. Naive"
        " ISM has fast ISM's value in these two, which equals its own. The gradient's track is that of Gradient ×"
        " Input, and corrected gradient and Taylor ISM have the same track."
        f" {_SIMULATED}",
        ("methods", "models", "satmut"), pareto.draw,
    ),
)  # fmt: skip

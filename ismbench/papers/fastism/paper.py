"""What is regenerated of the fastISM paper."""

from ismbench.papers.core.paper import Paper, Picture
from ismbench.papers.fastism.figures import batches, beluga, fitting, parts, peers, plan, sweeps, table1
from ismbench.papers.fastism.findings import FINDINGS
from ismbench.papers.fastism.studies.declared import STUDIES
from ismbench.papers.fastism.tables.comparisons import COMPARISONS

__all__ = ["PAPER"]

_RANDOM = (
    "Where the title says random weights, the picture shows that the scan works and nothing about biology;"
    " `--set beluga.weights=FILE` takes the trained ones."
)

_PICTURES = (
    Picture(
        "fig1",
        "Fig 1: one mutation in Basset",
        "Left: the positions that one mutation at position 500 changes in each layer, and the inputs that are needed"
        " to compute them anew. Right: multiply-adds of a full pass, of the changed windows (the paper's bound), and"
        " of differences (our engine).",
        ("plan",),
        plan.draw,
    ),
    Picture(
        "table1",
        "Table 1",
        "Best batch size of those that were tried. Filled markers were measured by this run, hollow ones are published"
        " and come from a GPU. The original fastISM was timed at a few positions; for every output of BPNet, methods"
        " with gradients may have been timed for a few outputs and scaled up, see the remarks of the table.",
        ("basset", "factorized_basset", "bpnet", "bpnet_gradients", "fastism_batches"),
        table1.draw,
    ),
    Picture(
        "peers",
        "Side by side on Basset",
        "Packages that compute ISM, one that approximates it, and three methods that are not ISM, with the same"
        " weights. Yuzu's precomputation is not part of its time. Where the original fastISM was too slow for the run"
        " it is shown as the study of batches measured it.",
        ("peers", "fastism_batches"),
        peers.draw,
    ),
    Picture(
        "batches",
        "How many sequences it takes",
        "The original fastISM handles all sequences position by position, so that few cost as much as many. Where"
        " one number of sequences was tried there is one point. A cross with a word is a size that gave no time.",
        ("fastism_batches",),
        batches.draw,
    ),
    Picture(
        "sweeps",
        "One parameter at a time",
        "Speed-up over naive ISM of a plain network (4 convolutions of 256 channels and width 10, 1,000 bp) while one"
        " parameter varies. Ours on the machine of this run, the published ones on a GPU.",
        ("sweeps",),
        sweeps.draw,
    ),
    Picture(
        "largest_batch",
        "Memory and the largest batch",
        "Peak memory of one call by the batch size, up to the first that exceeds the bound, if one does.",
        ("largest_batch",),
        fitting.draw,
    ),
    Picture(
        "parts",
        "Where Basset's time goes",
        "Forward pass of the convolutional part against the dense part.",
        ("basset_parts",),
        parts.draw,
    ),
    Picture(
        "beluga_clusters",
        "Tutorial: outputs by position",
        "Size of the effect of substitutions (root mean square over the three, the largest of 8 bp), for the 200"
        " outputs with the largest"
        f" predictions. {_RANDOM}",
        ("beluga",),
        beluga.draw_clusters,
    ),
    Picture(
        "beluga_bases",
        "Tutorial: bases by position",
        f"Change of the prediction for each substitution around the largest effect; a dot marks the base that is there."
        f" Above, the importance of each position: the root mean square of its three changes. {_RANDOM}",
        ("beluga",),
        beluga.draw_bases,
    ),
    Picture(
        "beluga_zoom",
        "Tutorial: zoom with a logo",
        f"The height of a letter is the importance of its position, as in the tutorial (the root mean square of its"
        f" three changes, at the base that is there); below, each substitution, with a dot at that base. {_RANDOM}",
        ("beluga",),
        beluga.draw_zoom,
    ),
)

PAPER = Paper(
    name="fastism",
    title="fastISM: performant in silico saturation mutagenesis for convolutional neural networks",
    citation=(
        "S. Nair, A. Shrikumar, J. Schreiber, A. Kundaje. *Bioinformatics* 38(9), 2397-2403, 2022."
        " doi:10.1093/bioinformatics/btac135"
    ),
    studies=STUDIES,
    pictures=_PICTURES,
    comparisons=COMPARISONS,
    findings=FINDINGS,
    extras={
        "explainers": ("alibi", "shap"),
        "peers": ("fastism", "tf_keras", "torch", "yuzu", "tangermeme"),
    },
    to_draw={"scoring": ("logomaker",)},
    notes=(
        "Published numbers are those of the paper and its supplement. Where a notebook of the repository disagrees, its"
        " number has a row of its own that names the notebook. The published times were measured on a GPU; ours on"
        " the machine named in each table. *More than* is a lower bound: what was over the budget takes at least that.",
        "Weights are random and seeded: time does not depend on them.",
    ),
)

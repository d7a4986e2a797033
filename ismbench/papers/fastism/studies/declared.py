"""The studies of the fastISM paper: experiments for the harness, and computations of our own."""

from collections.abc import Mapping

from ismbench.papers.core.study import ComputeStudy, ExperimentStudy, Scale, Study
from ismbench.papers.fastism.studies.beluga import OPTIONS as BELUGA_OPTIONS
from ismbench.papers.fastism.studies.gradients import METHODS as GRADIENTS
from ismbench.papers.fastism.studies.plan import MODELS

__all__ = ["STUDIES"]

_COMPUTE = "ismbench.papers.fastism.studies"
_ISM = ("ismbench.methods.naive_ism", "ismbench.methods.fast_ism")

# One batch size of each method, the one that pays on two cores or on a GPU, and as little timing as will do.
_FEW = (
    "methods.naive_ism.mutants_per_forward={cpu: 128, gpu: 1024}",
    "methods.gradient_x_input.sequences_per_call={cpu: 16, gpu: 128}",
    "methods.integrated_gradients.steps_per_forward={cpu: 50, gpu: 256}",
    "methods.integrated_gradients_alibi.steps_per_forward={cpu: 50, gpu: 500}",
    "methods.deepshap.sequences_per_call={cpu: 1, gpu: 32}",
    "budget.cell=1s",
    "budget.repetitions.min=2",
    "concordance.sequences=1",
    "concordance.min_sequences=1",
    "concordance.budget=6s",
)
_BPNET = (
    "methods.naive_ism.mutants_per_forward={cpu: 256, gpu: 1024}",
    "methods.gradient_x_input.sequences_per_call={cpu: 1, gpu: 32}",
    "methods.deepshap.sequences_per_call=1",
    *_FEW[2:4],
    "budget.cell=1s",
    "budget.limit=15s",
    "budget.repetitions.min=2",
    "concordance.sequences=1",
    "concordance.min_sequences=1",
    "concordance.budget=6s",
)
_REAL = (
    "budget.cell=1s",
    "budget.repetitions.min=2",
    "concordance.sequences=1",
    "concordance.min_sequences=1",
    "concordance.budget=3s",
)
# The original fastISM takes minutes for each call here; at this scale it is timed by fastism_batches.
_PEERS = (
    "methods={naive_ism: {mutants_per_forward: 128}, fast_ism: {mutants_per_forward: auto},"
    " integrated_gradients_alibi: {steps_per_forward: 50},"
    " deepshap: {references_per_example: 10, sequences_per_call: 1}, peer_yuzu: {sequences_per_call: 1},"
    " peer_tangermeme: {mutants_per_forward: 128},"
    " peer_tangermeme_deeplift: {references_per_example: 10, sequences_per_call: 1}}",
    "budget.cell=3s",
    "budget.repetitions.min=2",
    "concordance.sequences=2",
    "concordance.min_sequences=1",
    "concordance.budget=10s",
)
_TABLE_1: Mapping[Scale, str] = {
    "quick": "One batch size of each method, about a second of timing each; naive ISM at some positions and scaled up.",
    **dict.fromkeys(
        ("shipped", "full"),
        "Naive ISM at some positions and scaled up, where a whole scan exceeds the budget.",
    ),
}

_MODELS = tuple(f"models/{name}.py" for name in MODELS)

STUDIES: tuple[Study, ...] = (
    ComputeStudy("plan", "Fig. 1: the plan of Basset for one mutation", f"{_COMPUTE}.plan:compute",
        tables=("layers", "case", "reach", "totals"), inputs=_MODELS),
    ComputeStudy("basset_parts", "Share of the convolutions in Basset's time", f"{_COMPUTE}.parts:compute",
        tables=("parts",), inputs=("models/basset.py",),
        scaled_down={"quick": "Batches of 64 instead of 512."}),
    ExperimentStudy("basset", "Table 1: Basset", "experiments/fastism/basset.yaml", _FEW, _TABLE_1),
    ExperimentStudy("factorized_basset", "Table 1: Factorized Basset",
        "experiments/fastism/factorized_basset.yaml", _FEW, _TABLE_1),
    ExperimentStudy("bpnet", "Table 1: BPNet", "experiments/fastism/bpnet.yaml", _BPNET, {
        **_TABLE_1, "quick": f"{_TABLE_1['quick']} Methods that need minutes for all outputs are over the budget."}),
    ComputeStudy("bpnet_gradients", "Table 1: methods with gradients over every output of BPNet",
        f"{_COMPUTE}.gradients:compute", tables=("times",), inputs=("models/bpnet.py",),
        libraries=("alibi", "shap"),
        sources=tuple(f"ismbench.methods.{name}" for name in GRADIENTS), timeout=3600.0,
        scaled_down=dict.fromkeys(("quick", "shipped", "full"),
            "Timed for at most 96 (Gradient x Input), 12 (Integrated Gradients) and 24 (DeepSHAP) outputs of few"
            " sequences, and put on a line in the number of outputs.")),
    ExperimentStudy("real_dna", "The three models on real DNA, beside the random sequences of the paper",
        "experiments/fastism/real_dna.yaml", _REAL, _TABLE_1),
    ComputeStudy("fastism_batches", "The original fastISM by the number of sequences at once",
        f"{_COMPUTE}.batches:compute", tables=("times",),
        inputs=_MODELS,
        libraries=("fastism", "tf-keras"), sources=(*_ISM, "ismbench.methods.peers.fastism"),
        environment={"TF_USE_LEGACY_KERAS": "1"}, timeout=7200.0,
        scaled_down={
            "quick": "At most 256 sequences; timed once, at 4 and 12 positions, and put on a line in their number."
            " Numbers of sequences whose work exceeds two minutes on this machine are over the budget.",
            **dict.fromkeys(("shipped", "full"), "Timed at 12 positions and put on a line in their number.")}),
    ComputeStudy("sweeps", "Speed-up while one parameter varies", f"{_COMPUTE}.sweeps:compute",
        tables=("speed",), inputs=("models/plain_cnn.py",), sources=_ISM,
        scaled_down={"quick": "16 of 27 models, each timed once or twice; one sequence at once.",
            **dict.fromkeys(("shipped", "full"), "One sequence at once, where the paper has 512 to 4,096.")}),
    ComputeStudy("largest_batch", "Memory by the batch size", f"{_COMPUTE}.fitting:compute",
        tables=("memory",),
        inputs=_MODELS, sources=_ISM,
        scaled_down={"quick": "A bound of 1 GiB instead of 16, powers of four, 1,000 bp.",
            **dict.fromkeys(("shipped", "full"), "Powers of two, 1,000 bp.")}),
    ComputeStudy("beluga", "The tutorial's scan of DeepSEA Beluga", f"{_COMPUTE}.beluga:compute",
        tables=("heat", "outputs", "bases", "about", "times"), inputs=("models/deepsea_beluga.py",), sources=_ISM,
        options=BELUGA_OPTIONS,
        scaled_down=dict.fromkeys(("quick", "shipped", "full"),
            "Random weights unless a file is given, since the trained ones are not part of the project; a fly promoter"
            " as the sequence.")),
    ExperimentStudy("peers", "Every package that computes ISM on Basset, side by side",
        "experiments/peers.yaml", _PEERS, {
            "quick": "One batch size each; the original fastISM is timed by the study fastism_batches."}),
)  # fmt: skip

"""How large the studies are: what ``--quick`` changes in the experiment files."""

__all__ = ["METHODS_QUICK", "MODELS_FILE", "MODELS_QUICK", "TIMES_QUICK", "YUZU_QUICK"]

MODELS_FILE = "experiments/tism/models.yaml"

_SMALLER = (
    "data.n=3200",
    "data.options.n_outputs=8",
    "data.options.motifs=[CTCF, 'GATA1::TAL1', SP1, NFKB1, TP53]",
    "data.options.n_pairs=5",
    "data.options.noise=0.3",
    "training.epochs=12",
    "training.patience=12",
    "training.least_steps=240",
    "training.learning_rate=0.004",
    "training.shift=3",
    "training.options.kernels=32",
)
"""Few motifs and little noise: what 2,560 sequences and twelve epochs can teach."""

MODELS_QUICK = (
    *_SMALLER,
    "models.seed0.train.checkpoints=[1, 2, 3, 4, 5, 6, 7, 8, 10, 12]",
    "sequences.n=16",
)

METHODS_QUICK = (
    *_SMALLER,
    "sequences.n=16",
    "budget={cell: 8s, repetitions: {min: 3, max: 16}}",
    "concordance.sequences=16",
    "concordance.min_sequences=16",
    "concordance.budget=20s",
)

TIMES_QUICK = ("lengths=[251, 500, 1000]", "sequences.n=64", "budget.cell=0.7s", "budget.limit=60s")

YUZU_QUICK = (
    "models=[{name: ai_tac, file: ../../models/ai_tac.py, options: {padding: 0}}]",
    "lengths=[251]",
    "sequences.n=8",
    "budget.cell=1s",
)

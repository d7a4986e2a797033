"""How large the studies are: what ``--quick`` and ``--full`` change in the experiment files."""

__all__ = [
    "METHODS_FULL",
    "METHODS_QUICK",
    "MODELS_FILE",
    "MODELS_FULL",
    "MODELS_QUICK",
    "TIMES_FULL",
    "TIMES_QUICK",
    "YUZU_FULL",
    "YUZU_QUICK",
]

MODELS_FILE = "experiments/tism/models.yaml"

_SMALLER = (
    "data.n=3200",
    "data.options.n_outputs=8",
    "training.epochs=10",
    "training.warm_up=3",
    "training.fine_tuning=2",
    "training.least_steps=300",
    "training.batch=32",
)

MODELS_QUICK = (
    *_SMALLER,
    "models.course.train.epochs=20",
    "models.course.train.checkpoints=[1, 2, 3, 5, 7, 11, 20]",
    "sequences.n=12",
)

METHODS_QUICK = (
    *_SMALLER,
    "sequences.n=16",
    "budget={cell: 8s, repetitions: {min: 3, max: 16}}",
    "concordance.sequences=16",
    "concordance.min_sequences=16",
    "concordance.budget=20s",
)

_LARGER = (
    "data.n=286000",
    "data.options.n_outputs=81",
    "training.epochs=200",
    "training.options.kernels=298",
)
"""The paper's sizes; for a GPU."""

MODELS_FULL = (
    *_LARGER,
    "models.course.train.epochs=400",
    "models.course.train.checkpoints=[1, 2, 3, 5, 7, 11, 20, 60, 100, 400]",
    "sequences.n=3000",
)

METHODS_FULL = _LARGER

TIMES_QUICK = ("lengths=[251, 500, 1000]", "sequences.n=64", "budget.cell=0.7s", "budget.limit=60s")

TIMES_FULL = ("lengths=[251, 500, 1000, 2000, 5000, 10000, 20000]",)

YUZU_QUICK = (
    "models=[{name: ai_tac, file: ../../models/ai_tac.py, options: {padding: 0}}]",
    "lengths=[251]",
    "sequences.n=8",
    "budget.cell=1s",
)

YUZU_FULL = ("lengths=[251, 500, 1000]", "budget.limit=1h", "budget.timeout=2h")

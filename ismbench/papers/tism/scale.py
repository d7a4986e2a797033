"""How large the studies are: what ``--quick`` changes in the experiment files, and what both scales leave out."""

__all__ = ["METHODS_QUICK", "MODELS_FILE", "MODELS_QUICK", "TIMES_QUICK", "YUZU_QUICK"]

MODELS_FILE = "experiments/tism/models.yaml"

MODELS_QUICK = (
    "data.n=2500",
    "data.options.n_outputs=8",
    "training.epochs=12",
    "training.least_steps=240",
    "training.options.kernels=32",
    "models.seed0.train.checkpoints=[1, 2, 3, 4, 5, 6, 7, 8, 10, 12]",
    "sequences.n=24",
)

METHODS_QUICK = (
    "data.n=2500",
    "data.options.n_outputs=8",
    "training.epochs=12",
    "training.least_steps=240",
    "training.options.kernels=32",
    "sequences.n=16",
    "budget.cell=0.5s",
    "concordance.sequences=16",
    "concordance.budget=20s",
)

TIMES_QUICK = ("lengths=[251, 500, 1000]", "sequences.n=64", "budget.cell=0.7s", "budget.limit=20s")

YUZU_QUICK = ("models=[../../models/ai_tac.py]", "lengths=[251]", "sequences.n=8", "budget.cell=1s")

"""ChromBPNet as its own package builds it, saved by tf_keras: ``python save_chrombpnet.py FOLDER``.

Run in a process of its own, for the package wants ``tensorflow.keras`` to be Keras 2.
"""

import os
import sys
from argparse import Namespace
from pathlib import Path
from types import ModuleType

os.environ["TF_USE_LEGACY_KERAS"] = "1"
# What its losses need; they are compiled into the model and not called.
sys.modules["tensorflow_probability"] = ModuleType("tensorflow_probability")

import numpy as np  # noqa: E402
from chrombpnet.training.models import bpnet_model, chrombpnet_with_bias_model  # noqa: E402

SIZES = {"filters": 8, "n_dil_layers": 4, "counts_loss_weight": 1, "inputlen": 300, "outputlen": 100}


def main(folder: Path) -> None:
    """Saves the bias model, the model with and without it, and what they say of random sequences."""
    given = Namespace(seed=1, learning_rate=0.001)
    bias = bpnet_model.getModelGivenModelOptionsAndWeightInits(given, SIZES)
    bias.save(folder / "bias.h5")
    sizes = {**SIZES, "bias_model_path": str(folder / "bias.h5")}
    model = chrombpnet_with_bias_model.getModelGivenModelOptionsAndWeightInits(given, sizes)
    model.save(folder / "chrombpnet.h5")
    model.save(folder / "chrombpnet.keras")
    chrombpnet_with_bias_model.save_model_without_bias(model, str(folder / "chrombpnet"))
    x = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (3, SIZES["inputlen"]))]
    said = {"with": model(x), "without": model.get_layer("model_wo_bias")(x)}
    np.savez(folder / "said.npz", x=x, **{f"{k} {i}": v[i] for k, v in said.items() for i in (0, 1)})


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The Basset that ships trained: its card tells the truth, and it is small."""

import hashlib
import json
from pathlib import Path

import numpy as np

from ismbench.metrics.vectors import pearson
from ismbench.model_loading import build_from_file
from ismbench.simulate import read_response, simulate_new


def test_its_card_describes_the_weights_and_it_predicts_new_sequences(root: Path) -> None:
    folder = root / "models" / "weights"
    card = json.loads((folder / "basset_simulated.json").read_text())
    weights = folder / "basset_simulated.npz"
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == card["sha256"]
    assert weights.stat().st_size < 3 * 2**20
    model = build_from_file(root / "models" / card["model"], card["length"], card["options"], weights)
    assert model.count_params() == card["n_parameters"]
    response = read_response(folder / "basset_simulated.response.json")
    x = simulate_new(response, 42, card["length"], seed=5).x
    prediction = np.asarray(model.predict(x, verbose=0))
    assert pearson(prediction.T, response(x).T).mean() > 0.8

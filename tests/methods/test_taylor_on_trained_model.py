"""The finding of the Taylor ISM paper, on a network that was trained on real binding data."""

import numpy as np
import pytest

from ismbench.engine.target import Target
from ismbench.methods import METHODS, BatchSizes, load
from ismbench.metrics import concordance
from ismbench.sequence import read_fasta
from models import encode_tf_cnn

N = 12


@pytest.mark.slow
@pytest.mark.shared_data
def test_taylor_ism_agrees_better_with_ism_than_the_gradient(shared_data):
    weights = shared_data / "encode_tf_cnn" / "CTCF.gD56a.h5"
    x = read_fasta(shared_data / "dragonn_1kb" / "pos_1000bp.fa.gz").x[:N]
    bound = encode_tf_cnn.build(weights=weights, activation="sigmoid").predict(x, verbose=0)
    assert bound.mean() > 0.4, "the weights are those of a network that knows CTCF sites"

    model, target = encode_tf_cnn.build(weights=weights), Target(reduce="mean")
    delta = load("fast_ism")(model, target, BatchSizes())(x)
    agreement = {
        name: concordance(load(name)(model, target, BatchSizes())(x), METHODS[name].kind, delta, x)
        for name in ("taylor_ism", "gradient")
    }
    # Their first-order changes are the same; what they say at each position is not.
    np.testing.assert_allclose(
        agreement["taylor_ism"]["pearson_delta"], agreement["gradient"]["pearson_delta"]
    )
    for metric in ("pearson_track", "pearson_map"):
        taylor, gradient = (agreement[name][metric] for name in ("taylor_ism", "gradient"))
        assert np.median(taylor) > np.median(gradient)
        assert taylor.mean() > gradient.mean()

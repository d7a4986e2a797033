"""Stability where the answer is known: models that see positions and strands alike, and methods that draw."""

from pathlib import Path

import keras
import numpy as np
import pytest

from ismbench.bench.experiment.judging import Judging, Stability
from ismbench.bench.measure.tracks.stability import open_track
from ismbench.errors import InputError
from tests.bench.measure.tracks.small_lane import X, deep_model, make_lane, means, method_file, scored_by

ASKED = Judging(stability=Stability(shifts=(3, -7)))
SYMMETRIC, ONE_SIDED = [1.0, -0.5, -0.5, 1.0], [1.0, -0.5, 0.3, 2.0]


def counting_model(letters: list[float]) -> keras.Model:
    """The sum over positions of what each letter is worth: no position is like no other."""
    x = inputs = keras.Input(X.shape[1:])
    conv, dense = keras.layers.Conv1D(1, 1), keras.layers.Dense(1)
    model = keras.Model(inputs, dense(keras.layers.GlobalAveragePooling1D()(conv(x))))
    conv.set_weights([np.array(letters, np.float32).reshape(1, 4, 1), np.zeros(1, np.float32)])
    dense.set_weights([np.ones((1, 1), np.float32), np.zeros(1, np.float32)])
    return model


@pytest.mark.parametrize("letters", [SYMMETRIC, ONE_SIDED])
def test_exact_ism_of_a_model_that_sees_all_positions_alike(letters: list[float]) -> None:
    lane = make_lane(counting_model(letters), ASKED)
    found = means(open_track(lane), scored_by(lane, "fast_ism"))
    assert found["shift"] == pytest.approx(1, abs=1e-4)
    worth = np.array(letters)[X.argmax(axis=2)]
    turned = np.array(letters)[::-1][X.argmax(axis=2)]  # what the other strand's letter at the place is worth
    by_hand = np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(worth, turned, strict=True)])
    assert found["reverse complement"] == pytest.approx(by_hand, abs=1e-4)
    assert set(found) == {"shift", "reverse complement"}, "it draws nothing"


def test_scores_that_belong_to_places_and_not_to_bases_do_not_move_along(tmp_path: Path) -> None:
    lane = make_lane(counting_model(SYMMETRIC), ASKED)
    found = means(open_track(lane), scored_by(lane, method_file(tmp_path, "places")))
    assert abs(found["shift"]) < 0.4
    assert abs(found["reverse complement"]) < 0.4
    assert found["seed"] == pytest.approx(1), "it has a seed and does not use it"


def test_seeds(tmp_path: Path) -> None:
    lane = make_lane(counting_model(ONE_SIDED), ASKED)
    by_chance = means(open_track(lane), scored_by(lane, method_file(tmp_path, "draws"), seed=5))
    assert abs(by_chance["seed"]) < 0.3
    smooth = means(open_track(lane), scored_by(lane, "smoothgrad"))
    assert smooth["seed"] == pytest.approx(1, abs=1e-4), (
        "the gradient of a linear model is the same everywhere"
    )


def test_parts_are_left_out_one_by_one(tmp_path: Path) -> None:
    off = Judging(stability=Stability(shifts=(), reverse_complement=False, seeds=0))
    lane = make_lane(counting_model(SYMMETRIC), off)
    judge = open_track(lane)
    assert judge is not None
    assert list(judge(scored_by(lane, method_file(tmp_path, "draws")))) == []
    lane = make_lane(counting_model(SYMMETRIC), ASKED)
    slow = scored_by(lane, method_file(tmp_path, "letters"))
    assert slow.ready is not None
    slow.ready.seconds = 10.0  # a call; two calls and two shifts are above 30 s, one direction is not
    assert set(means(open_track(lane), slow)) == {"reverse complement", "seed"}
    assert open_track(make_lane(counting_model(SYMMETRIC), Judging())) is None


def test_weights_of_other_trainings(tmp_path: Path) -> None:
    model = deep_model()
    model.save_weights(tmp_path / "same.weights.h5")
    deep_model(seed=1).save_weights(tmp_path / "other.weights.h5")
    found = {}
    for name in ("same", "other"):
        lane = make_lane(model, ASKED, members=(tmp_path / f"{name}.weights.h5",))
        found[name] = means(open_track(lane), scored_by(lane, "gradient_x_input"))["other weights"]
    assert found["same"] == pytest.approx(1, abs=1e-4)
    assert abs(found["other"]) < 0.4
    for one, two in zip(model.get_weights(), deep_model().get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    counting_model(SYMMETRIC).save_weights(tmp_path / "wrong.weights.h5")
    with pytest.raises(InputError, match="must fit the model"):
        open_track(make_lane(model, ASKED, members=(tmp_path / "wrong.weights.h5",)))

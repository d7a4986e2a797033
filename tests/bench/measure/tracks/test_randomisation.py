"""Random weights: a method that never looks at the model stays at 1, exact ISM falls, and the model comes back."""

from pathlib import Path

import keras
import numpy as np
import pytest

from ismbench.bench.experiment.judging import Judging, Randomisation
from ismbench.bench.measure.changed_weights import random_last_layers, stages_of, weighted_layers
from ismbench.bench.measure.tracks.randomisation import open_track
from tests.bench.measure.tracks.small_lane import L, N, deep_model, make_lane, means, method_file, scored_by

ASKED = Judging(randomisation=Randomisation())


@pytest.mark.parametrize("name", ["letters", "places"])
def test_a_method_that_ignores_the_model_is_the_same_at_every_stage(tmp_path: Path, name: str) -> None:
    lane = make_lane(deep_model(), ASKED)
    found = means(open_track(lane), scored_by(lane, method_file(tmp_path, name)))
    assert found == {versus: pytest.approx(1) for versus in found}
    assert set(found) == {"random weights", *(f"random weights, last {n} of 4 layers" for n in (1, 2, 4))}


@pytest.mark.parametrize("method", ["fast_ism", "gradient_x_input"])
def test_methods_that_look_at_the_model_change_and_the_model_comes_back(method: str) -> None:
    model = deep_model()
    before = model.get_weights()
    lane = make_lane(model, ASKED)
    found = means(open_track(lane), scored_by(lane, method))
    assert found["random weights"] < 0.5
    assert found["random weights, last 4 of 4 layers"] < 0.4
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_of_a_linear_model_exact_ism_becomes_as_good_as_chance() -> None:
    inputs = keras.Input((L, 4))
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(inputs)))
    lane = make_lane(model, ASKED)
    judge = open_track(lane)
    assert judge is not None
    rows = list(judge(scored_by(lane, "fast_ism")))
    values = [row["value"] for row in rows if row["scope"] == "sequence"]
    assert len(values) == N
    assert np.mean(values) < 3 / np.sqrt(L), "the size of a correlation by chance is 0.8 over the root of L"
    assert {row["n"] for row in rows if row["scope"] == "sequence"} == {L}


def test_a_method_is_judged_once_and_not_where_it_would_take_too_long(tmp_path: Path) -> None:
    lane = make_lane(deep_model(), ASKED)
    judge, scored = open_track(lane), scored_by(lane, method_file(tmp_path, "letters"))
    assert judge is not None
    assert list(judge(scored))
    assert list(judge(scored)) == []
    slow, again = scored_by(lane, "gradient"), open_track(lane)
    assert again is not None
    assert slow.ready is not None
    slow.ready.build_seconds = 11.0  # three stages are above 30 s
    assert list(again(slow)) == []
    assert open_track(make_lane(deep_model(), Judging())) is None


@pytest.mark.parametrize(
    ("layers", "most", "stages"),
    [(1, 3, [1]), (2, 5, [1, 2]), (9, 3, [1, 5, 9]), (9, 1, [9]), (4, 3, [1, 2, 4])],
)
def test_stages_go_from_the_last_layer_to_all(layers: int, most: int, stages: list[int]) -> None:
    assert stages_of(layers, most) == stages


def test_layers_are_in_order_whatever_they_are_wrapped_in() -> None:
    shared = keras.layers.Dense(4, name="shared")
    x = inner = keras.Input((5, 4))
    within = keras.Model(inner, shared(keras.layers.Conv1D(4, 1, name="inner")(x)), name="within")
    x = inputs = keras.Input((5, 4))
    x = keras.layers.Dropout(0.5)(keras.layers.Conv1D(4, 1, name="first")(x))
    x = shared(shared(within(x)))
    model = keras.Model(inputs, keras.layers.Dense(1, name="out")(keras.layers.Flatten()(x)))
    names = [layer[0].path.split("/")[-2] for layer in weighted_layers(model)]
    assert names == ["first", "inner", "shared", "out"]


def test_the_last_layers_are_shuffled_and_the_others_are_not() -> None:
    model = deep_model()
    layers = weighted_layers(model)
    before = [[np.array(w) for w in layer] for layer in layers]
    with random_last_layers(layers, 2, 0):
        for i, (layer, old) in enumerate(zip(layers, before, strict=True)):
            kernel = np.array(layer[0])
            assert (kernel != old[0]).any() == (i >= 2)
            np.testing.assert_array_equal(np.sort(kernel, axis=None), np.sort(old[0], axis=None))
        second = [np.array(w) for w in layers[3]]
    with random_last_layers(layers, 4, 0):
        for one, other in zip(second, layers[3], strict=True):
            np.testing.assert_array_equal(
                one, np.array(other), "a layer's shuffle does not depend on the others"
            )
    for layer, old in zip(layers, before, strict=True):
        for weight, values in zip(layer, old, strict=True):
            np.testing.assert_array_equal(np.array(weight), values)

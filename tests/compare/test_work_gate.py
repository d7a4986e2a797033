"""The work gate: exact, on any machine, and it says which layer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import yaml

from ismbench.bench import load_spec
from ismbench.bench.plan.engine_work import SEQUENCES, PlannedWork, count_work
from ismbench.compare.work_file import read_work, write_work
from ismbench.compare.work_gate import WorkChange, compare_work
from ismbench.engine import plan as planning
from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.rules import Query, Step, WholeLayer
from ismbench.errors import InputError

MODEL = """
import keras
from keras import layers


def build(length=60, seed=0, weights=None):
    x = inputs = keras.Input((length, 4))
    x = layers.Conv1D(16, 5, padding="same", activation="relu", name="first")(x)
    PLANTED
    x = layers.MaxPooling1D(4)(x)
    x = layers.Conv1D(16, 5, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(2, name="prediction")(layers.Flatten()(x)))
"""
EXTRA = 'x = layers.Conv1D(16, 3, padding="same", name="planted")(x)'
Count = Callable[[str], list[PlannedWork]]


@pytest.fixture
def count(tmp_path: Path) -> Count:
    """Counts the work of the model with something planted in it."""

    def call(planted: str = "pass") -> list[PlannedWork]:
        for name in ("models", "experiments"):
            (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / "models" / "tiny.py").write_text(MODEL.replace("PLANTED", planted))
        spec = {"name": "tiny", "models": ["tiny"], "lengths": [200, 400], "methods": ["fast_ism"]}
        path = tmp_path / "experiments" / "tiny.yaml"
        path.write_text(yaml.safe_dump(spec))
        return list(count_work(load_spec(path)))

    return call


def changes(base: list[PlannedWork], head: list[PlannedWork]) -> tuple[WorkChange, ...]:
    return compare_work(base, head, ("base", "head")).changes


def test_counting_twice_gives_the_same(count: Count) -> None:
    once, again = count(""), count("")
    assert once == again
    assert len(once) == 2 * len(SEQUENCES)
    found = compare_work(once, again, ("base", "head"))
    assert (found.exit_code, found.changes, found.compared) == (0, (), 4)


def test_the_counts_are_those_of_the_engine(count: Count) -> None:
    """Rows are counted by running the engine, layer products by hand."""
    plan = next(p for p in count("") if (p.length, p.sequences) == (200, 8))
    first, last = plan.layers[0], plan.layers[-1]
    assert (first.name, first.layer, first.forward_multiply_adds) == ("first", "Conv1D", 200 * 5 * 4 * 16)
    assert first.multiply_adds == 5 * 4 * 16
    assert last.forward_multiply_adds == 50 * 16 * 2
    assert not plan.naive

    x = np.eye(4, dtype="float32")[np.zeros((8, 200), int)]
    scope: dict[str, object] = {}
    exec(MODEL.replace("PLANTED", ""), scope)
    engine = FastEngine(scope["build"](200), keras_target(plan))  # type: ignore[operator]
    edits = substitutions(x, np.broadcast_to(np.arange(200), (8, 200)), range(4))
    prepared = engine.prepare([x], edits)
    rows: list[int] = []
    run = prepared.executor.chunk

    def counting(layout: object, *arguments: object) -> object:
        result = run(layout, *arguments)  # type: ignore[arg-type]
        rows.append(int(np.prod(result.shape[:3])))
        return result

    prepared.executor.chunk = counting  # type: ignore[method-assign, assignment]
    scored = sum(len(delta) for _, delta in engine.deltas([x], edits))
    assert scored == 8 * 200 * 3
    assert plan.forward_rows == 8 + sum(rows)
    assert (plan.passes, plan.chunk_rows) == (len(rows), max(rows))
    assert plan.peak_chunk_numbers == max(rows) * prepared.plan.peak_words
    assert plan.multiply_adds == prepared.plan.multiply_adds


def keras_target(plan: PlannedWork) -> object:
    from ismbench.engine.target import Target

    assert plan.target == "output 0[0]"
    return Target(output=0, index=0)


def test_a_planted_convolution_fails_the_gate_by_its_name(count: Count) -> None:
    found = compare_work(count(""), count(EXTRA), ("base", "head"))
    assert found.exit_code == 3
    planted = [c for c in found.changes if c.layer == "planted"]
    assert len(planted) == 2 * len(SEQUENCES)
    assert "layer planted: new layer" in planted[0].words
    # What the extra layer widens shows in the layers behind it, under the same names as before.
    assert {c.layer for c in found.changes} >= {"planted", "conv1d"}
    assert any(c.what == "multiply adds" and not c.layer for c in found.changes)
    back = compare_work(count(EXTRA), count(""), ("base", "head"))
    assert back.exit_code == 3
    assert any(c.layer == "planted" and "gone" in c.words for c in back.changes)


def test_an_optimisation_that_is_lost_fails_the_gate_by_its_layer(
    count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = count("")
    choose = planning.choose_step

    def forgetful(query: Query) -> tuple[Step, str]:
        if query.node.name == "conv1d":
            return WholeLayer().plan(query), "forgotten"
        return choose(query)

    monkeypatch.setattr(planning, "choose_step", forgetful)
    found = compare_work(base, count(""), ("base", "head"))
    assert found.exit_code == 3
    worse = [c for c in found.changes if c.layer == "conv1d" and c.what == "multiply adds"]
    assert worse
    assert all(isinstance(c.head, int) and isinstance(c.base, int) and c.head > c.base for c in worse)


def test_one_multiply_add_is_enough(count: Count) -> None:
    base = count("")
    layer = base[0].layers[0]
    more = replace(layer, multiply_adds=layer.multiply_adds + 1)
    head = [replace(base[0], layers=(more, *base[0].layers[1:])), *base[1:]]
    found = changes(base, head)
    assert [c.layer for c in found] == ["first", ""]
    assert "multiply adds 320 -> 321" in found[0].words
    for counter in ("forward_rows", "passes", "chunk_rows", "peak_chunk_numbers"):
        other = replace(base[0], **{counter: getattr(base[0], counter) + 1})
        assert [c.what for c in changes(base, [other, *base[1:]])] == [counter.replace("_", " ")]


def test_plans_that_are_missing_or_new(count: Count) -> None:
    plans = count("")
    gone = compare_work(plans, plans[1:], ("base", "head"))
    assert (gone.exit_code, len(gone.changes)) == (3, 1)
    new = compare_work(plans[1:], plans, ("base", "head"))
    assert (new.exit_code, len(new.changes)) == (0, 1)
    assert compare_work([], plans, ("base", "head")).exit_code == 5


def test_two_models_of_one_name_are_refused(count: Count) -> None:
    plans = count("")
    assert changes([*plans, *plans], plans) == ()
    with pytest.raises(InputError, match="different names"):
        changes([*plans, replace(plans[0], passes=99)], plans)


def test_the_record_on_disk(count: Count, tmp_path: Path) -> None:
    plans = count("")
    path = write_work(tmp_path / "new" / "work.json", plans)
    assert list(read_work(path)) == plans
    document = json.loads(path.read_text())
    for broken in (
        [],
        {**document, "version": 2},
        {**document, "plans": 3},
        {**document, "plans": [{}]},
        {**document, "plans": [{**document["plans"][0], "passes": "x"}]},
        {**document, "plans": [{**document["plans"][0], "layers": [{}]}]},
        {**document, "plans": [{**document["plans"][0], "model": ["x"]}]},
    ):
        path.write_text(json.dumps(broken))
        with pytest.raises(InputError, match="ismbench work"):
            read_work(path)


def test_names_that_keras_chooses_do_not_depend_on_what_was_built_before(count: Count) -> None:
    base = count("")
    keras.Sequential([keras.Input((8, 4)), keras.layers.Conv1D(2, 3)])
    assert count("") == base

"""Every entry of the rule table as users run it: compiled. Several entries share a model, which compiles in one go."""

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.fast import FastEngine
from ismbench.engine.rules import WholeLayer
from tests.engine.oracle import compare_engines
from tests.engine.random_graphs import fill_weights
from tests.engine.rule_cases import CASES, LENGTH, fresh
from tests.engine.test_rules import mutants, rules_of

TOGETHER = 12
KINDS = list(CASES)
GROUPS = [KINDS[i : i + TOGETHER] for i in range(0, len(KINDS), TOGETHER)]


@pytest.mark.parametrize("kinds", GROUPS, ids=lambda kinds: kinds[0].__name__)
def test_entries_equal_the_oracle_when_compiled(kinds: list[type]) -> None:
    entry = keras.Input((LENGTH, 4))
    x = layers.Conv1D(6, 3, padding="same", activation="tanh")(entry)
    model = keras.Model(entry, [fresh(CASES[kind][0])(x) for kind in kinds])
    fill_weights(model, np.random.default_rng(0))
    sequences, edits = mutants()
    engine = FastEngine(model, choices=((7, 0.3),))
    comparison = compare_engines(engine, [sequences], edits)
    assert comparison.exact, comparison
    plan = engine.plan([sequences], edits)
    for kind in kinds:
        assert rules_of(plan, kind) - {WholeLayer}

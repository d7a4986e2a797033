"""Random modules: the Keras model gives what the module gives, and so do its mutants; what is refused says why."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

import ismbench  # noqa: E402
from ismbench.engine import backend  # noqa: E402
from ismbench.errors import InputError  # noqa: E402
from ismbench.frontends.torch import from_torch  # noqa: E402
from tests.frontends.torch.equal import model_outputs, one_hot, predictions  # noqa: E402
from tests.frontends.torch.random_modules import LAYOUTS, LENGTH, Together, random_stack  # noqa: E402

TOGETHER = 8
"""Modules that are converted as one, which takes a fraction of the time."""
EPSILON = float(np.finfo("float32").eps)
REFUSED = "Every operation of a module must have a counterpart in Keras"


@dataclass(frozen=True)
class Group:
    """Modules that were converted as one."""

    module: Together
    example: Any
    model: Any

    @property
    def names(self) -> list[str]:
        """Of the outputs."""
        with torch.no_grad():
            return list(self.module(self.example))

    def words(self, name: str) -> str:
        """Which module an output is of."""
        return f"{name}: {self.module.stacks[self.module.seeds.index(int(name[:5]))]}"


def converted(number: int) -> Group:
    """Random modules, without those that are refused."""
    layout = LAYOUTS[number % len(LAYOUTS)]
    example = torch.zeros(1, *layout)
    stacks = {seed: random_stack(seed, layout) for seed in range(number * TOGETHER, (number + 1) * TOGETHER)}
    try:
        module = Together(stacks).eval()
        return Group(module, example, from_torch(module, example))
    except InputError as error:
        if not str(error).startswith(REFUSED):
            raise
    stacks = {seed: stack for seed, stack in stacks.items() if not _is_refused(stack, example)}
    assert len(stacks) > TOGETHER // 2
    module = Together(stacks).eval()
    return Group(module, example, from_torch(module, example))


def _is_refused(stack: Any, example: Any) -> bool:
    """Whether one module is refused; by a rule that is stated, and not by an error on the way."""
    try:
        from_torch(stack, example)
    except InputError as error:
        text = str(error)
        assert text.startswith(REFUSED), f"{text}: {stack}"
        assert "\n" not in text
        assert " of this form: " not in text, f"{text}: {stack}"
        return True
    return False


@contextmanager
def step_by_step() -> Iterator[None]:
    """Every plan is followed, whatever it saves, and TensorFlow compiles nothing, which would take most of the time."""
    with mock.patch("ismbench.engine.fast.WORTHWHILE", 0.0):
        if backend.name() != "tensorflow":
            yield
            return
        import tensorflow as tf

        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)


def check(group: Group, x: Any, received: list[Any], changes: bool) -> None:
    """As close to torch in float64 as torch itself is in float32, but for some rounding.

    Args:
        group: The modules.
        x: Sequences.
        received: Each output for them.
        changes: It is the difference of all others to the first sequence.
    """
    wide = copy.deepcopy(group.module).double()
    single = predictions(group.module, x, group.example)
    double = predictions(wide, x.astype("float64"), group.example)
    for name, found, b, c in zip(group.names, received, single, double, strict=True):
        allowed = 8 * np.abs(b - c).max() + 512 * EPSILON * np.abs(c).max()
        expected = c[1:] - c[:1] if changes else c
        np.testing.assert_allclose(
            found, expected, rtol=0, atol=allowed * (1 + changes), err_msg=group.words(name)
        )


def check_outputs(group: Group) -> None:
    x = one_hot(5, LENGTH, seed=7)
    check(group, x, model_outputs(group.model, x, group.names), changes=False)


def check_mutants(group: Group) -> None:
    """Against one forward pass of the module for each mutant of a few positions."""
    x, positions = one_hot(1, LENGTH, seed=8), [0, 9, LENGTH - 1]
    mutants = np.repeat(x, 4 * len(positions), axis=0)
    for i, position in enumerate(positions):
        mutants[4 * i : 4 * i + 4, position] = np.eye(4)
    with step_by_step():
        result = ismbench.saturation_mutagenesis(group.model, x, positions=positions)
    received = [delta[0, positions].reshape(len(mutants), *delta.shape[3:]) for delta in result.delta]
    check(group, np.concatenate([x, mutants]), received, changes=True)


@pytest.mark.parametrize("number", range(2))
def test_random_modules(number: int) -> None:
    group = converted(number)
    check_outputs(group)
    if number == 0:
        check_mutants(group)


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(2, 44))
def test_many_random_modules(number: int) -> None:
    group = converted(number)
    check_outputs(group)
    check_mutants(group)

"""The conformance suite finds what is wrong with a method, each fault in its own line."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from ismbench.methods.conformance import CHECKS, examine
from ismbench.methods.conformance_case import Case
from ismbench.methods.gradient import Gradient

Array = np.ndarray


class Good(Gradient):
    """Nothing is wrong with it."""

    def __init__(self, model: Any, target: Any, batch: Any) -> None:
        super().__init__(model, target, batch)
        self.x: Array | None = None
        self.kept: dict[bytes, Array] = {}
        self.last: Array | None = None
        self.calls = 0


def wrong_shape(method: Good, x: Array, scores: Array) -> Array:
    return scores[..., 0]


def other_type(method: Good, x: Array, scores: Array) -> Array:
    return scores.astype(np.float64)


def no_array(method: Good, x: Array, scores: Array) -> Any:
    return scores.tolist()


def not_finite(method: Good, x: Array, scores: Array) -> Array:
    scores = scores.copy()
    scores[1, 3] = np.nan
    return scores


def constant(method: Good, x: Array, scores: Array) -> Array:
    return np.ones_like(scores)


def changes_input(method: Good, x: Array, scores: Array) -> Array:
    x[0, 0] = 0.25
    return scores


def looks_at_others(method: Good, x: Array, scores: Array) -> Array:
    return scores - scores.mean(axis=0)


def random(method: Good, x: Array, scores: Array) -> Array:
    method.calls += 1
    return scores + np.float32(1e-6 * method.calls)


def remembers_the_array(method: Good, x: Array, scores: Array) -> Array:
    if method.x is not x:
        method.x, method.last = x, scores
    return method.last


def remembers_the_content(method: Good, x: Array, scores: Array) -> Array:
    return method.kept.setdefault(x.tobytes(), scores)


def another_definition(method: Good, x: Array, scores: Array) -> Array:
    return 2 * scores


FAULTS: dict[Callable[..., Any], tuple[str, str]] = {
    no_array: ("it can be built and called", "list, no array"),
    wrong_shape: ("scores have the shape", r"shape \(5, 40, 4\)"),
    other_type: ("scores have the shape", "float64"),
    not_finite: ("scores are finite", "16 of"),
    constant: ("no output of any sequence is explained by a constant", "20 constants"),
    changes_input: ("the input is not changed", "4 changed numbers"),
    looks_at_others: ("scores do not depend on the other sequences", "a difference of"),
    random: ("a second call gives the same", "a difference of"),
    remembers_the_array: ("an array that is filled anew", "a difference of"),
    remembers_the_content: ("a model that is trained further", "a difference of"),
    another_definition: ("scores of a linear model", "a difference of"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_fault_fails_its_check(fault: Callable[..., Any]) -> None:
    class Faulty(Good):
        name: ClassVar[str] = fault.__name__

        def __call__(self, x: Array) -> Array:
            return fault(self, x, Gradient.__call__(self, x.copy()))

    words, reason = FAULTS[fault]
    chosen = next(check for check in CHECKS if check.words.startswith(words))
    found = {outcome.check: outcome for outcome in examine(Case(Faulty))}
    assert found[chosen].status == "FAILED"
    assert re.search(reason, found[chosen].reason)
    assert fault is not no_array or len(found) == 1, "nothing is checked of what cannot be called"


def test_a_good_method_fails_nothing() -> None:
    assert {outcome.status for outcome in examine(Case(Good))} == {"ok", "skipped"}


def test_the_command_prints_a_line_for_each_promise(ismbench: Callable[..., Any], root: Path) -> None:
    found = ismbench("check-method", root / "tests" / "methods" / "own_method.py", "--option", "width=3")
    *lines, last = found.out.splitlines()
    assert (found.code, len(lines)) == (0, len(CHECKS))
    assert all(line.startswith(("ok ", "skipped ")) for line in lines)
    assert last == f"own_method.py: {len(CHECKS) - 2} ok, 0 FAILED, 2 skipped"


def test_the_command_says_what_is_broken(ismbench: Callable[..., Any], root: Path, tmp_path: Path) -> None:
    text = (root / "tests" / "methods" / "own_method.py").read_text()
    file = tmp_path / "mine.py"
    file.write_text(text.replace("return x[..., None] * loss[:, :, None, :]", "return loss"))
    found = ismbench("check-method", file)
    assert found.code == 4
    assert "FAILED  scores have the shape (N, L, A, K)" in found.out
    assert "Received: shape (5, 40, 4) for x (5, 40, 4) and 4 outputs" in found.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gradeint",), "did you mean gradient"),
        (("none.py",), "A method's file must exist"),
        (
            ("gradient", "--option", "n_steps=3"),
            "--option n_steps: unknown option; the method's options are none",
        ),
        (("integrated_gradients", "--option", "n_steps=few"), "should be a valid integer.*Received: 'few'"),
    ],
)
def test_what_cannot_be_checked_is_told_in_one_line(
    ismbench: Callable[..., Any], arguments: tuple[str, ...], message: str
) -> None:
    found = ismbench("check-method", *arguments)
    assert found.code == 2
    assert re.search(message, found.err)
    assert found.err.count("\n") == 1

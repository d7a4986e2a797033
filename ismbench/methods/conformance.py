"""What every method must hold, whatever it computes: one suite, for the methods of the table and for a user's file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ismbench.engine.target import Target
from ismbench.errors import InputError, UnsupportedError
from ismbench.methods.batch import BatchSizes
from ismbench.methods.conformance_case import SIZES, Case, CheckFailedError, DoesNotApplyError, close, require
from ismbench.methods.options import takes_positions

__all__ = ["CHECKS", "Check", "Outcome", "examine"]


@dataclass(frozen=True)
class Check:
    """One promise.

    Attributes:
        words: What it says.
        holds: Raises CheckFailedError where it does not hold, DoesNotApplyError where it says nothing of the method.
    """

    words: str
    holds: Callable[[Case], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a check; ``reason`` is "" where it holds."""

    check: Check
    status: Literal["ok", "FAILED", "skipped"]
    reason: str = ""


CHECKS: list[Check] = []
"""In the order in which they are made; the first must hold for the others to mean anything."""


def _check(words: str) -> Callable[[Callable[[Case], None]], Callable[[Case], None]]:
    def add(holds: Callable[[Case], None]) -> Callable[[Case], None]:
        CHECKS.append(Check(words, holds))
        return holds

    return add


def examine(case: Case) -> Iterator[Outcome]:
    """Makes every check, and stops after the first one if it fails."""
    for check in CHECKS:
        outcome = _outcome(check, case)
        yield outcome
        if check is CHECKS[0] and outcome.status == "FAILED":
            return


def _outcome(check: Check, case: Case) -> Outcome:
    try:
        check.holds(case)
    except (DoesNotApplyError, UnsupportedError) as reason:
        return Outcome(check, "skipped", str(reason))
    except CheckFailedError as error:
        return Outcome(check, "FAILED", str(error))
    except Exception as error:  # whatever a method raises
        return Outcome(check, "FAILED", f"{type(error).__name__}: {error}")
    return Outcome(check, "ok")


@_check("it can be built and called")
def _works(case: Case) -> None:
    scores: Any = case.scores()
    require(isinstance(scores, np.ndarray), f"{type(scores).__name__}, no array")


@_check("scores have the shape (N, L, A, K) and the type of the input, for every output")
def _shape(case: Case) -> None:
    scores, expected = case.scores(), (*case.x.shape, case.k)
    require(scores.shape == expected, f"shape {scores.shape} for x {case.x.shape} and {case.k} outputs")
    require(scores.dtype == np.float32, f"type {scores.dtype} for float32")


@_check("scores are finite")
def _finite(case: Case) -> None:
    bad = ~np.isfinite(case.scores())
    require(not bad.any(), f"{bad.sum()} of {bad.size} that are not")


@_check("no output of any sequence is explained by a constant")
def _differ(case: Case) -> None:
    same = np.ptp(case.scores(), axis=(1, 2)) == 0
    require(not same.any(), f"{same.sum()} constants in {same.size} sequences and outputs")


@_check("the input is not changed")
def _input_stays(case: Case) -> None:
    x = case.x
    case.scores(x)
    require(np.array_equal(x, case.x), f"{(x != case.x).sum()} changed numbers")


@_check("scores do not depend on batch sizes")
def _batch(case: Case) -> None:
    together = BatchSizes(sequences_per_call=5, mutants_per_forward=1000, steps_per_forward=1000)
    _alike(case.build(case.model, batch=together)(case.x), case.scores())


@_check("scores do not depend on the other sequences")
def _others(case: Case) -> None:
    scores, order = case.scores(), [3, 1, 4, 0, 2]
    _alike(case.scores(case.x[order]), scores[order])
    _alike(case.scores(case.x[1:2]), scores[1:2])


@_check("scores of a target are those of its output among all")
def _targets(case: Case) -> None:
    if case.method.outputs == "one":
        raise DoesNotApplyError("it explains one number at a time")
    every = case.scores()
    _alike(case.build(case.model, Target("b"))(case.x), every[..., 3:])
    _alike(case.build(case.model, Target("a", index=1))(case.x), every[..., 1:2])


@_check("a second call gives the same")
def _again(case: Case) -> None:
    first, second = case.scores(), case.scores()
    require(np.array_equal(first, second), f"a difference of {np.abs(first - second).max():.3g}")


@_check("an array that is filled anew gets new scores: inputs are not remembered")
def _filled_anew(case: Case) -> None:
    x = case.x
    before = case.scores(x)
    x[:] = x[::-1].copy()
    _alike(case.scores(x), before[::-1])


@_check("a model that is trained further gets new scores: weights are read at each call")
def _trained(case: Case) -> None:
    from ismbench.methods._conformance_models import trained_further

    copy, layer = trained_further(case.model)
    method, first = case.build(copy), min(3, case.k)
    before = method(case.x)
    layer.set_weights([2 * w for w in layer.get_weights()])
    _alike(method(case.x)[..., :first], 2 * before[..., :first])


@_check("scores of a linear model are what the method's definition says")
def _linear(case: Case) -> None:
    method: Any = case.build(case.linear_model, Target(index=1) if case.k == 1 else None)
    weights = case.linear_model.layers[-1].get_weights()[0].reshape(1, *case.x.shape[1:], 2)
    expected = method.on_linear_model(weights[..., -1:] if case.k == 1 else weights, case.x)
    if expected is None:
        raise DoesNotApplyError("it says nothing of linear models")
    _alike(method(case.x), expected)


@_check("an exact method equals naive ISM in float64")
def _exact(case: Case) -> None:
    if not case.method.exact:
        raise DoesNotApplyError("it approximates")
    from ismbench.methods.naive_ism import NaiveISM

    _alike(case.scores(), NaiveISM(case.model, case.target, SIZES, precision="float64")(case.x))


@_check("chosen positions get the scores that they get among all, and the others NaN")
def _positions(case: Case) -> None:
    if not takes_positions(case.method):
        raise DoesNotApplyError("it takes no positions")
    scores, every = case.build(case.model, positions=[0, 7, 39])(case.x), case.scores()
    _alike(scores[:, [0, 7, 39]], every[:, [0, 7, 39]])
    require(bool(np.isnan(scores[:, 1:7]).all()), "scores where none were asked for")


@_check("sequences of another length, and none at all, are refused")
def _lengths(case: Case) -> None:
    method, x = case.build(case.model), case.x
    _refused(lambda: method(x[:, 1:]), "39 positions for a model of 40")
    _refused(lambda: method(x[:0]), "no sequence")


@_check("a target that does not exist is refused")
def _no_target(case: Case) -> None:
    for target in (Target("c"), Target(7), Target("a", index=3)):
        _refused(lambda target=target: case.build(case.model, target), str(target))  # type: ignore[misc]


def _alike(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> None:
    require(a.shape == b.shape, f"shapes {a.shape} and {b.shape}")
    require(
        close(a, b), f"a difference of {np.abs(a - b).max():.3g} in scores of up to {np.abs(b).max():.3g}"
    )


def _refused(call: Callable[[], object], what: str) -> None:
    try:
        call()
    except InputError:
        return
    except Exception as error:
        raise CheckFailedError(
            f"Received: {type(error).__name__} for {what}; raise InputError, as TargetFunction.check does"
        ) from error
    raise CheckFailedError(f"Received: scores for {what}; TargetFunction.check refuses it")

"""Which cells ``--only`` leaves, and which words it refuses."""

from collections.abc import Callable

import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.errors import InputError

Make = Callable[..., Experiment]


def chosen(experiment: Experiment, *only: str) -> list[tuple[str, int, int | None]]:
    plan = make_plan(experiment, only, "cpu")
    assert len(plan.whole) == 6
    return [(cell.method, cell.length, cell.mutants_per_forward) for cell in plan.cells]


@pytest.fixture
def experiment(make_experiment: Make) -> Experiment:
    return make_experiment(
        lengths=[60, 80], methods={"naive_ism": {"mutants_per_forward": [8, 16]}, "gradient": None}
    )


@pytest.mark.parametrize(
    ("only", "left"),
    [
        (["method=gradient"], [("gradient", 60, None), ("gradient", 80, None)]),
        (["method=gradient", "length=80"], [("gradient", 80, None)]),
        (["method = gradient, naive_ism", "length= 80", "mutants_per_forward=8"], [("naive_ism", 80, 8)]),
        (["mutants_per_forward=auto,16", "length=60"], [("gradient", 60, None), ("naive_ism", 60, 16)]),
    ],
)
def test_what_is_left(
    experiment: Experiment, only: list[str], left: list[tuple[str, int, int | None]]
) -> None:
    assert sorted(chosen(experiment, *only)) == sorted(left)


@pytest.mark.parametrize(
    ("only", "words"),
    [
        (
            ["method=gradient,taylor_ism"],
            "'taylor_ism' in 'method=gradient,taylor_ism'; there are naive_ism, gradient",
        ),
        (["method=gradient, gradiant"], "'gradiant' in .*; did you mean 'gradient'"),
        (["method=gradient,"], "Received: '' in 'method=gradient,'"),
        (["length=060"], "'060' in 'length=060'; did you mean '60'"),
        (["length=60,7"], "'7' in 'length=60,7'; there are 60, 80"),
        (["metod=gradient"], "did you mean 'method'"),
        (["method"], r"takes key=value,value\. Received: 'method'$"),
        (["method=gradient", "mutants_per_forward=8"], "must leave at least one cell"),
    ],
)
def test_a_word_that_matches_nothing_is_refused_beside_one_that_does(
    experiment: Experiment, only: list[str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        chosen(experiment, *only)

"""A converted module costs the engine no more than the same model written in Keras: counted, not timed."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

import ismbench  # noqa: E402
from ismbench.frontends.torch import from_torch  # noqa: E402
from ismbench.model_loading import build_from_file  # noqa: E402
from tests.frontends.torch.equal import settled  # noqa: E402
from tests.speed.torch_catalog import MODELS, TWINS  # noqa: E402


@pytest.mark.parametrize("name", TWINS)
def test_the_plan_costs_what_that_of_the_keras_twin_costs(name: str, root: Path) -> None:
    make, shape, _ = MODELS[name]
    model = from_torch(settled(make()), torch.zeros(1, *shape))
    twin = build_from_file(root / "models" / f"{TWINS[name]}.py", max(shape), {}, None)
    ours, theirs = ismbench.explain(model), ismbench.explain(twin)
    assert model.count_params() == twin.count_params()
    assert _steps(ours) == _steps(theirs)
    assert ours.done <= 1.05 * theirs.done
    assert ours.moved <= 1.05 * theirs.moved
    assert ours.speedup >= 0.95 * theirs.speedup


def _steps(explanation: Any) -> list[tuple[str, int, int]]:
    """What multiplies: the rule, and multiply-adds of a whole pass and of a mutant, step by step."""
    return [(row.rule, row.full, row.difference) for row in explanation.rows if row.full]

"""What an experiment may ask of scores: blocks with their bounds, and what a model may have of its own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.bench.experiment.judging import Stability
from ismbench.bench.plan.cell_id import identify_plan
from ismbench.errors import InputError

Make = Callable[..., Experiment]


def test_what_is_not_asked_is_left_out_and_defaults_are_filled_in(make_experiment: Make) -> None:
    judging = make_experiment(stability={"shifts": [2]}).judging
    assert judging.stability == Stability(shifts=(2,))
    assert judging.randomisation is None
    assert judging.motifs_found is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stability": {"shifts": [0]}}, "numbers of positions other than 0"),
        ({"stability": {"shifts": [1.5]}}, "stability.shifts"),
        ({"stability": {"seeds": -1}}, "stability.seeds"),
        ({"stability": {"shift": 1}}, "did you mean 'shifts'"),
        ({"randomisation": {"stages": 0}}, "randomisation.stages"),
        ({"randomisation": {"budget": "none"}}, "must be a duration"),
        ({"motifs_found": {"seqlets": "many"}}, "motifs_found.seqlets"),
        ({"randomization": {}}, "did you mean 'randomisation'"),
        ({"models": [{"name": "tiny", "concordance": {"sequences": 0}}]}, "concordance.sequences"),
    ],
)
def test_what_breaks_a_rule_is_told_in_one_line(
    make_experiment: Make, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        make_experiment(**changes)
    assert "\n" not in str(caught.value)
    assert "tiny.yaml:" in str(caught.value)


def test_a_model_may_be_judged_on_more_sequences_than_the_others(make_experiment: Make) -> None:
    more = {"name": "more", "file": "../models/tiny.py", "concordance": {"sequences": 4, "min_sequences": 4}}
    experiment = make_experiment(models=["tiny", more])
    assert experiment.concordance_of("tiny").sequences == 3
    assert experiment.concordance_of("more").sequences == 4
    one, other = (
        next(c for c in make_plan(experiment, device="cpu").cells if c.model == m) for m in ("tiny", "more")
    )
    assert identify_plan(replace(one, model="more"), experiment) == identify_plan(other, experiment)
    assert identify_plan(one, experiment) != identify_plan(other, experiment)


def test_weights_of_other_trainings_must_be_there_and_are_part_of_what_a_cell_is(
    make_experiment: Make, project: Path
) -> None:
    file = project / "experiments" / "b.weights.h5"
    models = [{"name": "tiny", "members": ["b.weights.h5"]}]
    with pytest.raises(InputError, match="A weights file must exist"):
        make_plan(make_experiment(models=models), device="cpu")
    optional = make_plan(make_experiment(models=[{**models[0], "optional": True}]), device="cpu")
    assert {cell.skip for cell in optional.cells} == {"files that it needs are not there: b.weights.h5"}
    found = []
    for content in (b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\nmore"):
        file.write_bytes(content)
        experiment = make_experiment(models=models)
        plan = make_plan(experiment, device="cpu")
        assert plan.models["tiny"].members == (project / "experiments" / "b.weights.h5",)
        found.append(plan.cells[0].cell_id)
    found.append(make_plan(make_experiment(), device="cpu").cells[0].cell_id)
    assert len(set(found)) == 3

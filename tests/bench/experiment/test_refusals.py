"""Values that look right and are not: refused with line and key, or taken as what they say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.bench import Experiment, load_spec, make_plan
from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError

HEAD = "name: x\nmodels: [tiny]\nlengths: [60]\nmethods: {gradient: {}}\n"


@pytest.fixture
def write(project: Path) -> Callable[[str], Path]:
    def to_file(text: str) -> Path:
        path = project / "experiments" / "x.yaml"
        path.write_text(text)
        return path

    return to_file


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("{gradient: {}}", "{gradient: {sequences_per_call: []}}", "x.yaml:4: .*must not be empty"),
        ("{gradient: {}}", "{gradient: {sequences_per_call: {}}}", "x.yaml:4: .*must not be empty"),
        ("{gradient: {}}", "{gradient: {sequences_per_call: {cpu: []}}}", "x.yaml:4: .*must not be empty"),
        ("[60]", "[]", "x.yaml:3: lengths"),
        ("[60]", "[060]", "x.yaml:3: 060 is 48 in YAML 1.1 and 60"),
        ("[60]", "[6e1]", "x.yaml:3: .*must be a valid integer"),
        ("[tiny]", "[]", "x.yaml:2: models"),
        ("[tiny]", "[no]", "x.yaml:2: no is false"),
        ("[tiny]", "[null]", "x.yaml:2: models.0"),
        ("name: x", "name: 7", "x.yaml:1: name: must be a valid string. Received: 7; put it in quotes"),
        ("name: x", "name: 1e3", "Received: 1000.0; put it in quotes"),
        ("name: x", "name: null", "Received: None; put it in quotes"),
        ("name: x", "name: x\ntargets: []", "x.yaml:2: targets"),
        ("name: x", "name: x\ntargets: [{index: []}]", "x.yaml:2: targets"),
        ("name: x", "name: x\nbudget: {cell: 1:30}", "x.yaml:2: 1:30 is 90 in YAML 1.1"),
        ("name: x", "name: x\nbudget: {cell: yes}", "x.yaml:2: yes is true"),
    ],
)
def test_what_is_refused(write: Callable[[str], Path], before: str, after: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load_spec(write(HEAD.replace(before, after)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["1:30", "010", "off"])
def test_values_of_the_command_line_are_read_alike(write: Callable[[str], Path], text: str) -> None:
    with pytest.raises(InputError, match=f"{text} is .* in YAML 1.1"):
        load_spec(write(HEAD), [f"budget.cell={text}"])


@pytest.mark.parametrize(("text", "seconds"), [(".5", 0.5), ("1e3", 1000.0), ("90", 90.0), ("1.5m", 90.0)])
def test_durations_mean_what_they_say(write: Callable[[str], Path], text: str, seconds: float) -> None:
    assert load_spec(write(HEAD), [f"budget.cell={text}"]).budget.cell == seconds


def test_options_of_models_may_be_lists(make_experiment: Callable[..., Experiment]) -> None:
    options = {"filters": [8, 16], "pool": {"width": 2, "kinds": ["max", None]}, "rate": 0.5, "bias": False}
    plan = make_plan(make_experiment(models=[{"name": "tiny", "options": options}]), device="cpu")
    assert plan.models["tiny"].options == options


def test_a_hint_without_words() -> None:
    assert hint("x", []) == "; there are none"

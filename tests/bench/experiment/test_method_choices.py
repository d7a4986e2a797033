"""Methods of an experiment: of the table, settings under names of their own, and files of the user's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.bench.experiment.method_choices import find_methods
from ismbench.errors import InputError

Make = Callable[..., Experiment]
MINE = '''
"""A method of the user's."""

from ismbench.methods import Method


class Mine(Method):
    label, kind = "My method", "map"
    batch = {"sequences_per_call": 4}

    def __init__(self, model, target, batch, *, width: int = 5, name: str = "x"):
        self.width = width

    def __call__(self, x):
        return x[..., None] * self.width
'''


@pytest.fixture
def mine(project: Path) -> Path:
    file = project / "experiments" / "mine.py"
    file.write_text(MINE)
    return file


def test_one_method_under_several_names_and_a_file(make_experiment: Make, mine: Path) -> None:
    methods = {
        "integrated_gradients": {},
        "ig_20": {"method": "integrated_gradients", "options": {"n_steps": 20}},
        "ig_50": {"method": "integrated_gradients", "options": {"n_steps": 50}},
        "short": {"method": "integrated_gradients", "label": "IG, short", "options": {"n_steps": 10}},
        "mine": {"file": "mine.py", "sequences_per_call": [1, 2]},
        "wide": {"file": "mine.py", "options": {"width": 9}},
    }
    plan = make_plan(make_experiment(methods=methods), device="cpu")
    assert [cell.method for cell in plan.cells] == [*methods, "mine"]
    assert len({cell.cell_id for cell in plan.cells}) == len(plan.cells)
    assert {name: choice.label for name, choice in plan.methods.items()} == {
        "integrated_gradients": "Integrated Gradients",
        "ig_20": "Integrated Gradients (n_steps=20)",
        "ig_50": "Integrated Gradients (ig_50)",
        "short": "IG, short",
        "mine": "My method",
        "wide": "My method (width=9)",
    }
    assert plan.methods["mine"].implementation == str(mine.resolve())
    assert plan.methods["wide"].method is plan.methods["mine"].method


def test_another_line_in_the_file_is_another_cell(make_experiment: Make, mine: Path) -> None:
    def ids() -> list[str]:
        made = make_experiment(methods={"mine": {"file": "mine.py"}, "gradient": {}})
        return [cell.cell_id for cell in make_plan(made, device="cpu").cells]

    before = ids()
    assert ids() == before
    mine.write_text(MINE.replace("* self.width", "+ self.width"))
    after = ids()
    assert after[0] != before[0]
    assert after[1] == before[1]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"options": {"widht": 3}}, r"tiny\.yaml:\d+: unknown key 'widht'; did you mean 'width'\?"),
        ({"options": {"width": "3"}}, r"tiny\.yaml:\d+: methods\.m\.options\.width: must be a valid integer"),
        ({"options": {"width": 2.5}}, r"options\.width: must be a valid integer\. Received: 2\.5"),
        ({"options": {"width": True}}, r"options\.width: must be a valid integer\. Received: True"),
        ({"options": {"name": 3}}, r"options\.name: must be a valid string\. Received: 3"),
        ({"steps_per_forward": 3}, r"tiny\.yaml:\d+: m has no steps_per_forward; it has sequences_per_call"),
        ({"method": "gradient"}, "either method .* or file"),
        ({"file": "none.py"}, r"tiny\.yaml:\d+: A method's file must exist\. Received: .*none\.py"),
    ],
)
def test_wrong_entries_are_refused_with_their_line(
    make_experiment: Make, mine: Path, entry: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        find_methods(make_experiment(methods={"gradient": {}, "m": {"file": "mine.py", **entry}}))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            {"method": "occlusion", "options": {"width": 61}},
            r"tiny\.yaml:\d+: m: .*61 positions for sequences of 60",
        ),
        ({"method": "kmer_ism", "options": {"k": 5}}, r"options\.k: must be less than or equal to 4"),
        ({"method": "smoothgrad", "options": {"noise": 0.0}}, r"options\.noise: must be greater than 0"),
        (
            {"method": "smoothgrad", "options": {"seed": -1}},
            r"options\.seed: must be greater than or equal to 0",
        ),
        (
            {"method": "expected_gradients", "options": {"n_samples": 0}},
            r"options\.n_samples: must be greater than 0",
        ),
        (
            {"method": "deeplift", "options": {"baseline": "one"}},
            r"options\.baseline: must be 'zero' or 'uniform'",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused_with_their_line(
    make_experiment: Make, entry: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        find_methods(make_experiment(methods={"gradient": {}, "m": entry}))


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ({"gradeint": {}}, "unknown method 'gradeint'; did you mean 'gradient'"),
        ({"mine": {"method": "gradeint"}}, "unknown method 'gradeint'; did you mean 'gradient'"),
        ({"gradient": {"method": "fast_ism"}}, "must have a name of its own. Received: 'gradient'"),
        ({"gradient": {"file": "mine.py"}}, "must have a name of its own. Received: 'gradient'"),
        ({"my method": {"file": "mine.py"}}, "must be 1 to 64 letters"),
    ],
)
def test_wrong_names_are_refused_where_the_file_is_read(
    make_experiment: Make, methods: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make_experiment(methods=methods)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("class Mine(Method):", "class _Mine(Method):"), "one class derived .* with none"),
        (("class Mine", "class Other(Method):\n    pass\n\n\nclass Mine"), "with Other, Mine"),
        (("import Method", "import Method, Nothing"), "must be importable"),
        (
            ("class Mine(Method):", "raise SystemExit(3)\nclass Mine(Method):"),
            "must be importable.*SystemExit: 3",
        ),
        (("class Mine(Method):", "class Mine(Method:"), r"must be importable.* line \d+"),
        (("self, model, target, batch,", "self, model, batch,"), r"must take \(self, model, target, batch\)"),
        (("batch, *, width", "batch, width"), "options of __init__ must stand after a star"),
        (("width: int = 5", "width=5"), "must have a type and a default"),
        (("width: int = 5", "width: int"), "must have a type and a default"),
        (("width: int", "width: 'Nothing'"), "types that can be checked"),
        (("def __call__(self, x)", "def __call__(self, x, y)"), r"__call__ must take \(self, x\)"),
        (("def __call__", "def call"), "must define __call__"),
        (('"map"', '"maps"'), "kind must be one of delta, map, contribution, magnitude. Received: 'maps'"),
        ((', kind = "My method", "map"', ' = "My method"'), "kind must be one of"),
        (('"sequences_per_call": 4', '"sequences": 4'), "batch.* must be one of sequences_per_call"),
        (("    batch =", '    colour = "mauve"\n    batch ='), "colour must be one of ink, vermilion"),
    ],
)
def test_what_is_no_method_is_told_in_one_line(
    make_experiment: Make, mine: Path, change: tuple[str, str], message: str
) -> None:
    assert change[0] in MINE
    mine.write_text(MINE.replace(*change))
    with pytest.raises(InputError, match=message) as refused:
        find_methods(make_experiment(methods={"mine": {"file": "mine.py"}}))
    assert "\n" not in str(refused.value)
    assert "mine.py" in str(refused.value)

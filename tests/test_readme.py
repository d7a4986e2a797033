"""What the README promises is what runs."""

import re
import tomllib
from pathlib import Path
from typing import Any

from ismbench.scores import REDUCTIONS


def commands(root: Path) -> list[str]:
    blocks = re.findall(r"```sh\n(python3 -m venv .*)\n```", (root / "README.md").read_text())
    assert len(blocks) == 2
    return blocks


def test_ci_runs_the_second_command_as_written(root: Path) -> None:
    assert (root / ".ci" / "run").read_text().splitlines()[-1] == commands(root)[1]


def test_the_first_command_runs_a_shipped_experiment(root: Path) -> None:
    command = commands(root)[0]
    assert (root / command.split()[-1]).is_file()
    assert "-c constraints.txt" in command


def test_every_reduction_and_extra_is_in_a_table(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = set(project["optional-dependencies"]) - {"dev", "docs", "torch-models"}
    for page, names in (("ideas/scores.md", set(REDUCTIONS)), ("how-to/licences.md", extras)):
        text = (root / "docs" / page).read_text()
        assert set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)) == names


def test_every_requirement_is_pinned(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + [
        r for extra in project["optional-dependencies"].values() for r in extra
    ]
    names = {re.split(r"[<>=!~\[; ]", r)[0].lower().replace("_", "-") for r in asked} - {project["name"]}
    lines = (root / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert names <= pins.keys()


def test_the_example_of_a_rule_is_exact_and_fast(root: Path) -> None:
    import keras
    import numpy as np

    from ismbench.engine.edits import substitutions
    from ismbench.engine.fast import FastEngine
    from ismbench.engine.rules import RULES
    from ismbench.engine.verify import verify

    code = next(
        block
        for block in re.findall(
            r"```python\n(.*?)```", (root / "docs" / "how-to" / "layers.md").read_text(), flags=re.DOTALL
        )
        if "class SoftmaxPooling" in block
    )
    scope: dict[str, Any] = {}
    exec("import ismbench\n" + code, scope)
    inputs = keras.Input((31, 4))
    x = keras.layers.Conv1D(5, 4, activation="relu")(inputs)
    x = keras.layers.Flatten()(scope["SoftmaxPooling"]()(x))
    model = keras.Model(inputs, keras.layers.Dense(2)(x))
    one_hot = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (2, 31))]
    edits = substitutions(one_hot, np.broadcast_to(np.arange(31), (2, 31)), range(4))
    try:
        fast = FastEngine(model, choices=[(8, 0.3)])
        assert not fast.plan([one_hot], edits).refused
        assert verify(fast, [one_hot], edits) <= 1
    finally:
        del RULES[scope["SoftmaxPooling"]]

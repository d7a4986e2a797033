"""Every command that opens models takes ``--import`` and ``--unsafe-models``; both arrive where models are opened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import keras
import pytest
import yaml

from ismbench.errors import InputError
from tests.cli.command_tree import COMMANDS
from tests.conftest import Outcome

Ismbench = Callable[..., Outcome]
Words = tuple[str, ...]

OPENS_NONE: dict[Words, str] = {
    ("init",): "copies files",
    ("list",): "reads files as text",
    ("check-method",): "models of its own",
    ("report",): "records",
    ("compare",): "records",
    ("export",): "a store of scores",
    ("plot",): "a store of scores",
    ("reproduce",): "models of the papers, which are Python files",
    ("baseline", "save"): "records",
    ("baseline", "list"): "records",
    ("baseline", "show"): "records",
    ("data", "list"): "a list",
    ("data", "get"): "files as bytes",
}
"""Commands that open no model of the user's, and what they read."""

PYTHON_ONLY: set[Words] = {("train",)}
"""A model that is trained is a Python file, which holds nothing that could be unsafe beside itself."""

LINES: dict[Words, str] = {
    ("run",): "EXPERIMENT",
    ("recommend",): "MODEL FASTA",
    ("plan",): "EXPERIMENT --build",
    ("doctor",): "--noise --experiment EXPERIMENT",
    ("explain",): "MODEL",
    ("convert",): "MODEL -o FOLDER/made.keras",
    ("train",): "EXPERIMENT -o FOLDER/weights",
    ("work",): "EXPERIMENT",
    ("score",): "MODEL FASTA -o FOLDER/out.zarr",
    ("plan-score",): "MODEL FASTA",
    ("ab",): "HEAD HEAD EXPERIMENT",
}
"""How the others are called."""


def options(words: Words) -> set[str]:
    """Names of a command's options."""
    return {name for parameter in COMMANDS[words].params for name in parameter.opts}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_that_opens_models_has_both_options(words: Words) -> None:
    wanted = {"--import"} if words in PYTHON_ONLY else {"--import", "--unsafe-models"}
    found = options(words) & {"--import", "--unsafe-models"}
    assert found == (set() if words in OPENS_NONE else wanted)


def test_every_command_is_in_one_list() -> None:
    assert set(LINES) | set(OPENS_NONE) == set(COMMANDS)
    assert not set(LINES) & set(OPENS_NONE)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A model, an experiment with it, and sequences."""
    folder = tmp_path_factory.mktemp("options")
    keras.Sequential([keras.Input((20, 4)), keras.layers.Flatten()]).save(folder / "own.keras")
    spec = {"name": "own", "models": [{"name": "own", "file": "own.keras"}], "lengths": [20],
            "sequences": {"source": "random", "n": 2}, "methods": ["gradient"]}  # fmt: skip
    (folder / "own.yaml").write_text(yaml.safe_dump(spec))
    (folder / "in.fa").write_text(">one\nACGTACGTACGTACGTACGT\n")
    names = {"MODEL": "own.keras", "EXPERIMENT": "own.yaml", "FASTA": "in.fa"}
    return {"FOLDER": str(folder), **{word: str(folder / name) for word, name in names.items()}}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What arrives where models are opened, in this process or by handing it on; nothing goes on from there."""
    found: dict[str, Any] = {}

    def stop(imports: Any, unsafe: Any = None) -> NoReturn:
        found.update(imports=[getattr(one, "word", one) for one in imports], unsafe=unsafe)
        raise InputError("seen")

    def import_all(imports: Any) -> dict[str, Any]:
        found["here"] = imports
        return {}

    def load_saved(path: Path, *, unsafe: bool = False, custom_objects: Any = None) -> NoReturn:
        stop(found.pop("here"), unsafe)

    def run(plan: Any, results: Any, *given: Any, unsafe_models: bool | None = None, **_: Any) -> NoReturn:
        stop(plan.models["own"].imports, given[-1] if unsafe_models is None else unsafe_models)

    def run_ab(ab: Any, *_: Any) -> NoReturn:
        stop(ab.imports, ab.unsafe_models)

    def ship(experiment: Any, model: Any, output: Any, cache: Any, tell: Any, imports: Any) -> NoReturn:
        stop(imports)

    monkeypatch.setattr("ismbench.model_loading.import_all", import_all)
    monkeypatch.setattr("ismbench.saved_models.load_saved", load_saved)
    monkeypatch.setattr("ismbench.bench.run", run)
    monkeypatch.setattr("ismbench.compare.aa.run_plan", run)
    monkeypatch.setattr("ismbench.compare.ab.run_ab", run_ab)
    monkeypatch.setattr("ismbench.bench.training.ship.ship", ship)
    return found


@pytest.mark.parametrize("unsafe", [True, False])
@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_both_arrive_where_models_are_opened(
    words: Words, unsafe: bool, files: dict[str, str], seen: dict[str, Any], ismbench: Ismbench
) -> None:
    line = LINES[words]
    for name, path in files.items():
        line = line.replace(name, path)
    given = ["--import", "mine.py", "--import", "theirs"]
    if "--results" in options(words):
        given += ["--results", f"{files['FOLDER']}/results"]
    takes = words not in PYTHON_ONLY
    outcome = ismbench(*words, *line.split(), *given, *(["--unsafe-models"] if unsafe and takes else []))
    assert outcome.code == 2
    assert outcome.err.endswith(" seen\n")
    assert seen == {"imports": ["mine.py", "theirs"], "unsafe": unsafe if takes else None}

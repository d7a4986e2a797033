"""Where an experiment's models live: a name beside the experiments, a Python file, or a saved Keras model."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ismbench.bench.experiment.blocks import ModelEntry
from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.refusals import hint
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.errors import InputError
from ismbench.model_forms import check_form, check_weights_file
from ismbench.user_imports import UserImport, user_imports

__all__ = ["ModelFile", "find_models", "model_names", "models_folder"]


@dataclass(frozen=True)
class ModelFile:
    """A model on disk, not opened yet.

    Attributes:
        name: What records call it.
        path: Python file with ``build(...)``, or a saved ``.keras`` or ``.h5`` model.
        weights: Weights to load, or None.
        options: Keyword arguments of ``build``.
        imports: Code of the user's that is imported before it is opened.
        training: How its weights come to be; None where it is not trained.
        members: Weights of other trainings.
        absent: Why its cells are skipped: files that an optional model lacks; "" where nothing is.
    """

    name: str
    path: Path
    weights: Path | None
    options: dict[str, Any]
    imports: tuple[UserImport, ...] = ()
    training: TrainJob | None = None
    members: tuple[Path, ...] = ()
    absent: str = ""


def models_folder(root: Path) -> Path:
    """The folder of model files for an experiment in ``root``: ``models`` there, else beside it."""
    return root / "models" if (root / "models").is_dir() else root.parent / "models"


def model_names(folder: Path) -> list[str]:
    """Names of the models in a folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


def find_models(experiment: Experiment, imports: tuple[UserImport, ...] = ()) -> dict[str, ModelFile]:
    """Finds every model of an experiment.

    Args:
        experiment: It names them.
        imports: Imported before each is opened, beside what it says itself.

    Raises:
        InputError: One does not exist, or two have the same name.
    """
    found: dict[str, ModelFile] = {}
    for i, entry in enumerate(experiment.models):
        place = f"{experiment.places[i]}: " if i < len(experiment.places) else ""
        if entry.name in found:
            raise InputError(f"{place}models must have different names. Received: {entry.name!r} twice")
        try:
            absent = _absent(entry, experiment.root)
            there = entry.model_copy(update={"weights": None, "members": ()}) if absent else entry
            model = _find(there, experiment.root)
            model = replace(model, imports=(*model.imports, *imports), absent=absent)
            found[entry.name] = _with_training(model, entry, experiment)
        except InputError as error:
            raise InputError(f"{place}{error}") from None
    return found


def _absent(entry: ModelEntry, root: Path) -> str:
    """Which files an optional model lacks, in words; "" for none, and for models that must be there."""
    sequences = None if entry.sequences is None else entry.sequences.path
    named = (entry.weights, sequences, *entry.members) if entry.optional else ()
    needed = [name for name in named if name is not None]
    missing = [name for name in needed if not (root / name).is_file()]
    return f"files that it needs are not there: {', '.join(missing)}" if missing else ""


def _find(entry: ModelEntry, root: Path) -> ModelFile:
    weights = None if entry.weights is None else root / entry.weights
    if entry.file is not None:
        path = root / entry.file
        check_form(path, weights)
    else:
        folder = models_folder(root)
        path = folder / f"{entry.name}.py"
        if not path.is_file():
            names = model_names(folder)
            raise InputError(f"No model {entry.name!r} in {folder}{hint(entry.name, names) if names else ''}")
    if weights is not None:
        check_weights_file(weights)
    members = tuple(root / name for name in entry.members)
    for file in members:
        check_weights_file(file)
    imports = user_imports(entry.imports, root)
    return ModelFile(entry.name, path.resolve(), weights, dict(entry.options), imports, members=members)


def _with_training(model: ModelFile, entry: ModelEntry, experiment: Experiment) -> ModelFile:
    train = experiment.training_of(entry)
    if train is None:
        return model
    if model.path.suffix != ".py":
        raise InputError(f"A model that is trained must be a Python file. Received: {model.path}")
    assert experiment.data is not None
    options = {**experiment.training.options, **model.options}
    job = TrainJob(
        model.name,
        model.path,
        experiment.lengths_of(entry.name)[0],
        options,
        train,
        experiment.data,
        experiment.root.resolve(),
        imports=model.imports,
    )
    return replace(model, options=options, training=job)

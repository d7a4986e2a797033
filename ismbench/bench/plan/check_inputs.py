"""Checks the inputs of a plan before anything runs: sequences, options of models, and, with Keras, targets."""

from collections.abc import Iterator

from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.experiment.sequences import load_sequences
from ismbench.bench.plan.build_signature import check_options
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.errors import InputError

__all__ = ["check_inputs"]

Outputs = tuple[list[str], list[tuple[int | None, ...]]]


def check_inputs(plan: RunPlan, build: bool = False, *, unsafe: bool = False) -> list[str]:
    """Checks what a run would stumble over.

    Args:
        plan: What would be run.
        build: Build the models too, which needs Keras and its time, and check the targets against their outputs.
        unsafe: Saved models may run the code that they hold.

    Returns:
        What could not be checked, in words.

    Raises:
        InputError: A file or a setting is wrong; the message says where it was given.
    """
    return [*_sequences(plan), *_models(plan, build, unsafe)]


def _sequences(plan: RunPlan) -> Iterator[str]:
    experiment = plan.experiment
    for model, length in sorted({(cell.model, cell.length) for cell in plan.cells}):
        if plan.models[model].absent:
            continue
        spec = experiment.sequences_of(model)
        if spec.source == "held_out":
            yield f"sequences of {model}, which come out of the data of the training"
            continue
        try:
            load_sequences(experiment, length, spec.count(plan.device), spec)
        except InputError as error:
            raise InputError(f"{experiment.where('sequences')}{error}") from None


def _models(plan: RunPlan, build: bool, unsafe: bool) -> Iterator[str]:
    names = list(plan.models)
    for name in dict.fromkeys(cell.model for cell in plan.cells):
        file, place = plan.models[name], plan.experiment.where("models", names.index(name))
        if file.absent:
            yield f"{name}: {file.absent}"
            continue
        try:
            unchecked = _signature(file, build)
            if unchecked is not None:
                yield unchecked
            built = _build(file, plan, unsafe) if build and file.training is None else {}
        except InputError as error:
            raise InputError(f"{place}{error}") from None
        if build and file.training is not None:
            yield f"targets of {name}, which is not trained yet"
        for length, (outputs, shapes) in built.items():
            _targets(plan, f"{name}, {length} bp", outputs, shapes)
    if not build:
        yield "targets, for the outputs of a model are known when it is built; --build does that"


def _signature(file: ModelFile, build: bool) -> str | None:
    if file.path.suffix != ".py":
        if file.options:
            raise InputError(
                f"Options are for a Python file with build(...). Received: {file.options} and {file.path}"
            )
        return None if build else f"{file.path.name}, a saved model"
    given = {"length": None, **file.options}
    if file.weights is not None:
        given["weights"] = None
    if file.training is not None:
        given["n_outputs"] = None
    return check_options(file.path, given)


def _build(file: ModelFile, plan: RunPlan, unsafe: bool) -> dict[int, Outputs]:
    """Names and shapes of a model's outputs, by length."""
    import keras

    from ismbench.engine.model_outputs import model_outputs
    from ismbench.model_loading import load_for_length

    found = {}
    for length in sorted({cell.length for cell in plan.cells if cell.model == file.name}):
        keras.utils.clear_session()
        model = load_for_length(
            file.path, length, file.options, file.weights, unsafe=unsafe, imports=file.imports
        )
        found[length] = model_outputs(model)
    return found


def _targets(plan: RunPlan, model: str, outputs: list[str], shapes: list[tuple[int | None, ...]]) -> None:
    for i in sorted({cell.target_index for cell in plan.cells}):
        try:
            plan.experiment.targets[i].target().check(outputs, shapes)
        except InputError as error:
            raise InputError(f"{plan.experiment.where('targets', i)}{error} ({model})") from None

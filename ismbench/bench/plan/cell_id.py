"""What a cell's numbers depend on, as one hash: a finished cell with the same hash is not run again.

It has two parts. What the plan says is known before anything is built: the method with its options and batch sizes,
conditions, versions, and the code that makes scores and times them (see ``ismbench.digest``: what it does, not how it
is written). What reads experiments, keeps records and moves messages is left out, for what it passes on is itself part
of the hash. What is computed with is known once it is there: the model as it was built and the sequences as arrays. No
path, time or bytes of a user's file count.
"""

from functools import cache
from typing import Any

from ismbench import digest
from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.machine.devices import device_name
from ismbench.bench.machine.machine import version_of, versions
from ismbench.bench.records.built import Built
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.schema import SCHEMA_VERSION
from ismbench.methods import METHODS
from ismbench.methods.base import Method
from ismbench.methods.user_file import source_of

__all__ = ["identify", "identify_build", "identify_plan", "identify_reference"]

_MEASURING = "ismbench.bench.measure.lane_worker"
_BUILDING = ("ismbench.identity", "ismbench.model_loading", "ismbench.bench.measure.build")
_PASSED_ON = (
    *(f"ismbench.bench.{room}*" for room in ("experiment", "machine", "process", "records")),
    *(
        "ismbench.methods",
        "ismbench.methods.table",
    ),  # they find methods; what one says of itself is in its source
)


def identify(planned: str, built: Built, sequences: str) -> str:
    """The id of a cell.

    Args:
        planned: See ``identify_plan``.
        built: Its model.
        sequences: Hash of its sequences; see ``ismbench.bench.records.sequence_file``.
    """
    return digest.of_value([planned, built.identity, sequences])


def identify_plan(cell: Cell, experiment: Experiment) -> str:
    """Hash of what the plan says of a cell, of the code that measures it, versions and device."""
    method = cell.declared
    return digest.of_value(
        {
            **_conditions(cell, experiment),
            "method": cell.method,
            "batch": cell.batch,
            "options": dict(cell.options),
            "judging": experiment.judging.model_dump(exclude_none=True),
            "judge": experiment.entry(cell.model).judge,
            **_members(cell, experiment),
            "budget": experiment.budget.model_dump(exclude={"timeout"}),
            "code": [_method(method), _code(_MEASURING)],
            "libraries": {p: version_of(p) for p in method.requires.values()},
            **({} if method.environment is None else {"environment": dict(method.environment)}),
        }
    )


def _members(cell: Cell, experiment: Experiment) -> dict[str, list[str]]:
    """Weights of other trainings, which are never built apart: by the bytes of their files."""
    files = experiment.entry(cell.model).members
    return {"members": [digest.of_file(experiment.root / name) for name in files]} if files else {}


def identify_reference(cell: Cell, experiment: Experiment) -> str:
    """Hash of what the plan says of the naive reference of a cell's lane; the file says what it was computed with."""
    return digest.of_value({**_conditions(cell, experiment), "code": _method(METHODS["naive_ism"])})


def identify_build(model: ModelFile, cell: Cell, experiment: Experiment) -> str:
    """Hash of what a worker is told of the model of a cell: the same request, and the same files, give the same model.

    This is a name to look it up by, and no part of any cell's identity.
    """
    training = None if model.training is None else [model.training.identity, str(model.training)]
    return digest.of_value(
        {
            "model": [str(model.path), dict(model.options), str(model.weights), training],
            **({"imports": [[i.word, i.folder] for i in model.imports]} if model.imports else {}),
            "shape": [cell.length, cell.dtype],
            "device": [cell.device, device_name(cell.device), cell.backend],
            "seed": experiment.seed,
            "code": [_code(module) for module in _BUILDING],
            "versions": _versions(cell),
        }
    )


def _conditions(cell: Cell, experiment: Experiment) -> dict[str, Any]:
    """What the cells of a lane share; the model's name only tells their rows apart."""
    return {
        "schema": SCHEMA_VERSION,
        "model": cell.model,
        "target": experiment.targets[cell.target_index].model_dump(),
        "concordance": experiment.concordance_of(cell.model).model_dump(),
        "shape": [cell.length, cell.dtype],
        "device": [cell.device, device_name(cell.device), cell.backend],
        "threads": experiment.threads,
        "seed": experiment.seed,
        "versions": _versions(cell),
    }


def _versions(cell: Cell) -> dict[str, str | None]:
    return {p: versions().get(p) for p in ("python", "numpy", "keras", "jaxlib", cell.backend)}


# Our own code does not change under a process that runs it, nor does a class that it has imported.
@cache
def _method(method: type[Method]) -> str:
    return source_of(method, _PASSED_ON)


@cache
def _code(module: str) -> str:
    return digest.of_module(module, _PASSED_ON)

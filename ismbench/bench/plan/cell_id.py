"""What a cell's numbers depend on, as one hash: a finished cell with the same hash is not run again."""

from typing import Any

from ismbench import digest
from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.experiment.train_job import identify_data
from ismbench.bench.machine.devices import device_name
from ismbench.bench.machine.machine import versions
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.schema import SCHEMA_VERSION
from ismbench.methods import METHODS
from ismbench.methods.user_file import source_of

__all__ = ["identify", "identify_reference"]


def identify(cell: Cell, experiment: Experiment, model: ModelFile) -> str:
    """Hash of a cell's spec, the sources of its method and model, versions and device."""
    spec = cell.declared
    return digest.of_value(
        {
            **_conditions(cell, experiment, model),
            "method": cell.method,
            "batch": cell.batch,
            "options": dict(cell.options),
            "faithfulness": experiment.model_dump(include={"faithfulness"}),
            "budget": experiment.budget.model_dump(exclude={"timeout"}),
            "sources": [source_of(spec), digest.of_module("ismbench.bench.measure.lane_worker")],
            "libraries": {p: versions().get(p) for p in spec.requires.values()},
            **({} if spec.environment is None else {"environment": dict(spec.environment)}),
        }
    )


def identify_reference(cell: Cell, experiment: Experiment, model: ModelFile) -> str:
    """Hash of everything that the naive reference of a cell's lane depends on."""
    source = source_of(METHODS["naive_ism"])
    return digest.of_value({**_conditions(cell, experiment, model), "source": source})


def _conditions(cell: Cell, experiment: Experiment, model: ModelFile) -> dict[str, Any]:
    """What the cells of a lane share."""
    sequences = experiment.sequences
    fasta = None if sequences.path is None else digest.of_file((experiment.root / sequences.path).resolve())
    weights = None if model.weights is None else digest.of_file(model.weights)
    trained = {} if model.training is None else {"training": model.training.identity}
    data = {}
    if sequences.source == "held_out" and experiment.data is not None:
        data = {"data": identify_data(experiment.data, experiment.root)}
    return {
        "schema": SCHEMA_VERSION,
        "model": [model.name, digest.of_file(model.path), dict(model.options), weights],
        **trained,
        **data,
        "length": cell.length,
        "sequences": [sequences.model_dump(exclude={"n"}), sequences.count(cell.device), fasta],
        "target": experiment.targets[cell.target_index].model_dump(),
        "concordance": experiment.concordance.model_dump(),
        "device": [cell.device, device_name(cell.device)],
        "dtype": cell.dtype,
        "threads": experiment.threads,
        "seed": experiment.seed,
        "versions": {p: versions().get(p) for p in ("python", "numpy", "keras", "jaxlib", cell.backend)},
    }

"""From an experiment to its cells: each with its identity, why it is skipped, and what it will cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from math import prod
from typing import Any

from ismbench.bench.experiment.blocks import MethodEntry
from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.method_choices import MethodChoice, find_methods
from ismbench.bench.experiment.model_files import ModelFile, find_models
from ismbench.bench.machine.devices import resolve_device
from ismbench.bench.machine.machine import matmul_rate, versions
from ismbench.bench.plan.cell_id import identify_plan
from ismbench.bench.plan.model_facts import read_facts
from ismbench.bench.plan.only import choose
from ismbench.bench.plan.price import predict_bytes, predict_seconds, price_of
from ismbench.bench.records.cell import Cell, Lane, by_worker, lanes
from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.errors import InputError
from ismbench.user_imports import user_imports

__all__ = ["Cell", "RunPlan", "make_plan"]

MAX_CELLS = 100_000


@dataclass(frozen=True)
class RunPlan:
    """The cells of a run.

    Attributes:
        experiment: What they come from.
        device: cpu or gpu.
        cells: Those to run.
        whole: Those of the whole experiment; more than ``cells`` where some were chosen with ``only``.
        models: Where each model is.
        methods: What each method is.
    """

    experiment: Experiment
    device: str
    cells: tuple[Cell, ...]
    whole: tuple[Cell, ...]
    models: dict[str, ModelFile]
    methods: dict[str, MethodChoice]

    @property
    def lanes(self) -> list[Lane]:
        """The cells that run, grouped by worker."""
        every = lanes(cell for cell in self.cells if cell.skip is None)
        return [part for lane in every for part in by_worker(lane)]

    @property
    def predicted_seconds(self) -> float | None:
        """For everything that is not skipped; None where nothing could be predicted."""
        known = [
            c.predicted_seconds for c in self.cells if c.skip is None and c.predicted_seconds is not None
        ]
        return sum(known) if known else None


def make_plan(
    experiment: Experiment, only: Sequence[str] = (), device: str = "auto", imports: Iterable[str] = ()
) -> RunPlan:
    """Lists every cell of an experiment; imports no backend.

    Args:
        experiment: What to plan.
        only: Filters such as ``method=gradient,taylor_ism`` or ``length=1000``; all must hold.
        device: auto, cpu or gpu.
        imports: Modules and Python files of the user's that are imported before models are opened.

    Raises:
        InputError: A model or method is wrong, a filter is no filter or leaves nothing, or there is no such device.
    """
    device = resolve_device(device)
    models = find_models(experiment, user_imports(imports))
    _refuse_too_many(experiment, device)
    methods = find_methods(experiment)
    whole = tuple(_cells(experiment, models, methods, device))
    return RunPlan(experiment, device, choose(whole, only), whole, models, methods)


def _refuse_too_many(experiment: Experiment, device: str) -> None:
    """Counts the cells before any is made: a few lists of batch sizes multiply to any number."""
    sweep = sum(
        prod(len(entry.sizes(column, device)) for column in BATCH_COLUMNS)
        for entry in experiment.methods.values()
    )
    inputs = sum(len(experiment.lengths_of(model.name)) for model in experiment.models)
    count = sweep * inputs * len(experiment.targets) * len(experiment.backends)
    if count > MAX_CELLS:
        raise InputError(
            f"An experiment must have at most {MAX_CELLS:,} cells; split it. Received: {experiment.name} with"
            f" {min(count, 10**300):,.6g}"
        )


def _cells(
    experiment: Experiment, models: dict[str, ModelFile], methods: dict[str, MethodChoice], device: str
) -> Iterator[Cell]:
    order = 0
    targets = range(len(experiment.targets))
    inputs = [(name, length) for name in models for length in experiment.lengths_of(name)]
    for (name, length), target, backend in product(inputs, targets, experiment.backends):
        for method, batch in _sweep(experiment, device, every=experiment.entry(name).sweep):
            cell = Cell(
                cell_id="",
                order=order,
                model=name,
                length=length,
                method=method,
                backend=backend,
                device=device,
                dtype=experiment.dtype,
                output_mode=experiment.targets[target].mode,
                target=experiment.targets[target].words,
                target_index=target,
                options=methods[method].options,
                implementation=methods[method].implementation,
            )
            yield _finished(replace(cell, **batch), experiment, models[name])
            order += 1


def _sweep(experiment: Experiment, device: str, *, every: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """First batch size of every method, then, if every one is wanted, the second of every method, and so on.

    Neighbouring cells are timed in the same rounds, so that drift of the machine hits methods alike.
    """
    points = {name: _batches(entry, device) for name, entry in experiment.methods.items()}
    for i in range(max(map(len, points.values())) if every else 1):
        yield from ((name, batches[i]) for name, batches in points.items() if i < len(batches))


def _batches(entry: MethodEntry, device: str) -> list[dict[str, Any]]:
    combinations = product(*(entry.sizes(column, device) for column in BATCH_COLUMNS))
    return [dict(zip(BATCH_COLUMNS, sizes, strict=True)) for sizes in combinations]


def _finished(cell: Cell, experiment: Experiment, model: ModelFile) -> Cell:
    facts = read_facts(model.path) if not model.options else None
    price = price_of(cell)
    budget = experiment.budget
    together = max((size for size in cell.batch.values() if size is not None), default=1)
    return replace(
        cell,
        cell_id=identify_plan(cell, experiment),
        skip=model.absent or _skip(cell, experiment),
        predicted_seconds=predict_seconds(
            price, facts, cell.length, _rate(cell.device), budget.cell, budget.repetitions.min
        ),
        predicted_bytes=predict_bytes(facts, cell.length, together),
    )


@cache
def _rate(device: str) -> float:
    # A rough guess for a GPU, which cannot be measured without a backend; the records hold a measured rate.
    return 1e13 if device == "gpu" else matmul_rate(768, 0.05)


def _skip(cell: Cell, experiment: Experiment) -> str | None:
    reason = cell.declared.skip(cell.backend)
    if reason is not None:
        return reason
    if versions().get(cell.backend) is None:
        return f"install {cell.backend}"
    available = experiment.sequences_of(cell.model).count(cell.device)
    if (cell.sequences_per_call or 0) > available:
        return f"sequences_per_call is above the {available} sequences of the experiment"
    return None

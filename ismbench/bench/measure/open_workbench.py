"""Opens what the cells of a lane work with: builds the model, checks the target, and prices its methods."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.build import build_model
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.plan.forward_cost import forward_cost
from ismbench.bench.plan.price import price_of
from ismbench.bench.process.entry import Report
from ismbench.bench.process.jobs import LaneJob
from ismbench.bench.process.reports import Phase
from ismbench.bench.records.cell import Cell

__all__ = ["open_workbench"]


def open_workbench(job: LaneJob, x: NDArray[Any], per_second: float, report: Report) -> Workbench:
    """Builds the model of a job and makes its workbench.

    Args:
        job: The lane's job.
        x: All sequences (N, L, A).
        per_second: Multiply-adds per second of a matmul, which no method exceeds.
        report: Sends a message to the parent.

    Raises:
        ModelFailedError: The code of the model's file raised.
        InputError: The model does not take the sequences, or the target does not fit it.
    """
    from ismbench.engine.model_outputs import model_outputs
    from ismbench.engine.naive import NaiveEngine

    dtype, shape = job.cells[0].dtype, x.shape[1:]
    model = build_model(job.model, *shape, dtype=dtype, seed=job.seed, unsafe=job.unsafe_models)
    target = job.target.target()
    target.check(*model_outputs(model))
    forward = forward_cost(model, x.shape[1]).multiply_adds
    engine = NaiveEngine(model, target)

    def predict(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(engine.reference([x]))

    n_outputs = predict(x[:1]).shape[1]

    def price(cell: Cell) -> float | None:
        one = price_of(cell, n_outputs)
        return None if one is None else one.forwards * forward

    return Workbench(
        model=model,
        target=target,
        x=x,
        predict=predict,
        budget=job.budget,
        seed=job.seed,
        price=price,
        per_second=per_second,
        step=lambda cell, phase: report(Phase(cell=cell.cell_id, phase=phase)),
    )

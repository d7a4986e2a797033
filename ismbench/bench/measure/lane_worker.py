"""The program of a lane's worker: ``python -m ismbench.bench.measure.lane_worker DESCRIPTOR``, its job on stdin.

It reports on the pipe with that descriptor (see ``ismbench.bench.process.messages``) and never outlives its parent.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.blocks import TargetEntry
from ismbench.bench.experiment.budget import Budget, Concordance
from ismbench.bench.measure.lane import LaneMeasurement
from ismbench.bench.measure.prepare import Workbench
from ismbench.bench.plan.price import forward_equivalents
from ismbench.bench.process.entry import Report, take_job
from ismbench.bench.records.array_files import NoRoomError
from ismbench.bench.records.cell import Cell
from ismbench.errors import InputError
from ismbench.methods import METHODS

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads a job, does it, reports."""
    job, report = take_job(descriptor)
    try:
        _work(job, report)
    except InputError as error:
        report({"kind": "input_error", "message": str(error)})
    report({"kind": "finished"})


def _work(job: dict[str, Any], report: Report) -> None:
    report({"kind": "step", "cell": None, "phase": "start"})
    import keras

    from ismbench.bench.machine.rates import device_rates

    report({"kind": "step", "cell": None, "phase": "rates"})
    keras.config.set_floatx(job["dtype"])
    keras.utils.set_random_seed(job["seed"])
    rates = device_rates(job["device"])
    report({"kind": "machine", "record": rates})
    lane = _lane(job, rates["matmul_per_second"], report)
    naive, no_reference = None, job["no_reference"]
    if no_reference is None:
        try:
            naive = lane.naive()
        except NoRoomError:
            raise
        except Exception as error:  # reported with every cell that needed it
            no_reference = f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
            report({"kind": "no_reference", "reason": no_reference})
    lane.run([Cell(**record) for record in job["cells"]], naive, no_reference)


def _lane(job: dict[str, Any], per_second: float, report: Report) -> LaneMeasurement:
    with np.load(job["sequences"], allow_pickle=False) as data:
        x, names = data["x"].astype(job["dtype"]), tuple(map(str, data["names"]))
        truth = data.get("truth")
    return LaneMeasurement(
        work=_workload(job, x, per_second, report),
        names=names,
        truth=truth,
        settings=Concordance(**job["concordance"]),
        shuffles=job["shuffles"],
        device=job["device"],
        backend=job["backend"],
        cache=Path(job["cache"]),
        reference_file=Path(job["reference_file"]),
        report=report,
    )


def _workload(job: dict[str, Any], x: NDArray[Any], per_second: float, report: Report) -> Workbench:
    from ismbench.bench.plan.forward_cost import forward_cost
    from ismbench.engine.naive import NaiveEngine
    from ismbench.model_loading import load_model

    weights = None if job["weights"] is None else Path(job["weights"])
    path, unsafe = Path(job["model"]), job["unsafe_models"]
    model = load_model(path, x.shape[1], job["options"], weights, x.shape[2], unsafe=unsafe)
    target = TargetEntry(**job["target"]).target()
    target.check(list(model.output_names), [tuple(t.shape[1:]) for t in model.outputs])
    forward = forward_cost(model, x.shape[1]).multiply_adds
    engine = NaiveEngine(model, target)

    def predict(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(engine.reference([x]))

    n_outputs = predict(x[:1]).shape[1]

    def price(cell: Cell) -> float | None:
        method = METHODS[cell.method]
        one = forward_equivalents(method, cell.length, n_outputs, cell.batch, cell.options)
        return None if one is None else one.forwards * forward

    return Workbench(
        model=model,
        target=target,
        x=x,
        predict=predict,
        budget=Budget(**job["budget"]),
        seed=job["seed"],
        price=price,
        per_second=per_second,
        step=lambda cell, phase: report({"kind": "step", "cell": cell.cell_id, "phase": phase}),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))

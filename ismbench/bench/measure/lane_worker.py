"""The program of a lane's worker: ``python -m ismbench.bench.measure.lane_worker DESCRIPTOR``, its job on stdin.

It reports on the pipe with that descriptor (see ``ismbench.bench.process.messages``) and never outlives its parent.
"""

import sys

from ismbench.bench.measure.build import refuse_others
from ismbench.bench.measure.cell_account import Accountant
from ismbench.bench.measure.cell_metrics import CellMetrics
from ismbench.bench.measure.lane import LaneMeasurement
from ismbench.bench.measure.naive_reference import NaiveReference, find_or_score
from ismbench.bench.measure.open_workbench import open_workbench
from ismbench.bench.measure.tracks import JudgedLane, open_tracks
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.process.entry import Report, take_job
from ismbench.bench.process.jobs import LaneJob
from ismbench.bench.process.reports import BadInput, Failed, Finished, Machine, NoReference, Note, Phase
from ismbench.bench.records.array_files import NoRoomError
from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.errors import InputError, ModelFailedError, in_one_line

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads a LaneJob from standard input, measures its cells, and reports on the pipe."""
    job, report = take_job(descriptor, LaneJob)
    try:
        _work(job, report)
    except ModelFailedError as error:  # other lanes may have better models
        report(Failed(reason=str(error)))
    except InputError as error:
        report(BadInput(message=str(error)))
    report(Finished())


def _work(job: LaneJob, report: Report) -> None:
    report(Phase(cell=None, phase="start"))
    from ismbench.bench.machine.rates import device_rates

    report(Phase(cell=None, phase="rates"))
    rates = device_rates(job.cells[0].device)
    report(Machine(record=rates))
    sequences = LaneSequences.read(job.sequences)
    report(Phase(cell=None, phase="build of the model"))
    x = sequences.x.astype(job.cells[0].dtype)
    bench = open_workbench(job, x, rates["matmul_per_second"], report)
    hashes = _hashes(bench, sequences)
    refuse_others(job.model, job.expected, hashes)
    naive, no_reference = _reference(job, bench, hashes, report)
    names = tuple(map(str, sequences.names))
    metrics = _metrics(job, bench, sequences, naive, report)
    accountant = Accountant(bench, names, job.concordance, metrics, job.cache, no_reference)
    LaneMeasurement(accountant, report).run(job.cells)


def _metrics(
    job: LaneJob, bench: Workbench, sequences: LaneSequences, naive: NaiveReference | None, report: Report
) -> CellMetrics:
    if not job.judge:
        return CellMetrics(naive)

    def step(phase: str) -> None:
        report(Phase(cell=None, phase=phase))

    def note(words: str) -> None:
        report(Note(message=words))

    lane = JudgedLane(bench, sequences, job.judging, naive, job.model.members, step, note)
    return CellMetrics(naive, open_tracks(lane))


def _hashes(bench: Workbench, sequences: LaneSequences) -> dict[str, str]:
    """What the lane computes with, by the names of columns, and its target."""
    from ismbench.identity import structure_identity, value_identity, weights_identity

    return {
        "structure_hash": structure_identity(bench.model),
        "weights_hash": weights_identity(bench.model),
        "sequences_hash": sequences.identity,
        "target": value_identity(bench.target),
    }


def _reference(
    job: LaneJob, bench: Workbench, hashes: dict[str, str], report: Report
) -> tuple[NaiveReference | None, str | None]:
    """The naive reference, or None and why there is none."""
    if job.no_reference is not None:
        return None, job.no_reference

    def step(phase: str) -> None:
        report(Phase(cell=None, phase=phase))

    def note(words: str) -> None:
        report(Note(message=words))

    try:
        return find_or_score(bench, job.concordance, job.reference_file, hashes, step, note), None
    except NoRoomError:
        raise
    except Exception as error:  # reported with every cell that needed it
        reason = in_one_line(error)
        report(NoReference(reason=reason))
        return None, reason


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""plan-score measures a sample and leaves nothing behind."""

import pytest

from ismbench.scoring.estimate import Estimate, Trial, estimate
from ismbench.scoring.inputs import find_source
from ismbench.scoring.spec import ModelSource, ScoreSpec


def test_a_sample_is_measured_and_the_rest_is_counted(model, bed, genome, tmp_path):
    bed.write_text(bed.read_text() + "chr9\t1\t5\tbad\n")
    spec = ScoreSpec(models=(ModelSource(live=model),), method="gradient", chunk=5)
    before = sorted(tmp_path.iterdir())
    found = estimate(spec, find_source([str(bed)], genome), sample=4)
    assert sorted(p for p in tmp_path.iterdir() if p.suffix != ".fai") == before
    assert (found.records, found.sample, found.tasks) == (12, 4, 3)
    assert len(found.broken) == 1
    assert found.best.seconds_per_record > 0
    # scores 4 x 2 x 4 bytes, one-hot 4 bytes and a little more for each position
    assert 12 * 40 * 36 < found.plain_bytes < 12 * 40 * 36 * 2


def test_workers_share_the_tasks_and_each_loads_and_compiles():
    best = Trial(None, 3.0, 0.5)
    found = Estimate(1000, (), 10, 100, (best,), best, 1.0, 2.0, 4.0, 1, 1.0, 1.0)
    assert found.seconds(1) == pytest.approx(1 + 2 + 4 + 3 + 500)
    # The process that reads the input has started and loaded before the workers do.
    assert found.seconds(16) == pytest.approx(2 * (1 + 2) + 4 + 3 + 7 * 5)


def test_the_command_prints_what_a_run_would_take(ismbench, saved, fasta):
    done = ismbench(
        "plan-score",
        saved,
        fasta,
        "--method",
        "gradient",
        "--sample",
        4,
        "--regions",
        1_000_000,
        "--workers",
        "1,16",
    )
    assert done.code == 0, done.err
    assert "1,000,000 in" in done.out
    assert "time, 16 workers" in done.out
    assert "start-up" in done.out
    assert "size of the store" in done.out

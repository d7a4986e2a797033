"""The first line of defence: the plans of the shipped experiments do the work that results/baseline/work.json says.

A plan that was changed on purpose needs the record written anew, and the numbers reviewed with the change:

    ismbench work experiments/*.yaml --output results/baseline/work.json
"""

from pathlib import Path

import pytest

from ismbench.bench import load_spec
from ismbench.bench.plan.engine_work import count_work
from ismbench.compare.work_file import read_work
from ismbench.compare.work_gate import compare_work

EXPERIMENTS = ("smoke", "basset", "bpnet", "factorized_basset")


@pytest.mark.slow
def test_the_plans_of_the_shipped_experiments_do_the_work_that_is_recorded(root: Path) -> None:
    specs = [load_spec(root / "experiments" / f"{name}.yaml") for name in EXPERIMENTS]
    plans = list(dict.fromkeys(plan for spec in specs for plan in count_work(spec)))
    record = read_work(root / "results" / "baseline" / "work.json")
    found = compare_work(record, plans, ("results/baseline/work.json", "this revision"))
    renew = "ismbench work experiments/*.yaml --output results/baseline/work.json"
    assert found.exit_code == 0, "\n".join(
        [*(change.words for change in found.changes), f"if meant: {renew}"]
    )

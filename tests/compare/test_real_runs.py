"""The two promises of the gate on real measurements: a slow-down is found, and nothing is found where nothing is.

Takes about a quarter of an hour, best on a machine that does nothing else: python -m pytest -m nightly tests/compare -s
"""

import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from ismbench.bench import load_spec, make_plan, run
from ismbench.compare import compare, measure_noise, read_measurements
from ismbench.compare.ab import AB, run_ab

pytestmark = pytest.mark.nightly

TRIES = 20
CALL = "    def __call__(self, x: NDArray[np.float32]) -> Array:\n"
PLANTED = f"""    def __call__(self, x):
        import time

        start = time.perf_counter()
        result = self._in_full_speed(x)
        end = time.perf_counter() + 0.2 * (time.perf_counter() - start)
        while time.perf_counter() < end:
            pass
        return result

{CALL.replace("__call__", "_in_full_speed")}"""


@pytest.fixture
def experiment(root: Path, tmp_path: Path) -> Path:
    """Four methods on a short Basset, 15 repetitions of each, with the work of a repetition fixed."""
    folder = tmp_path / "outside"
    folder.mkdir()
    spec = {
        "name": "small",
        "models": [{"name": "basset", "file": str(root / "models" / "basset.py")}],
        "lengths": [100],
        "sequences": {"source": "random", "n": 8},
        "methods": {
            "fast_ism": {"mutants_per_forward": 256},
            "gradient": {"sequences_per_call": 8},
            "taylor_ism": {"sequences_per_call": 8},
            "integrated_gradients": {"steps_per_forward": 400},
        },
        "budget": {"cell": "4s", "repetitions": {"min": 15, "max": 15}},
        "concordance": {"sequences": 2, "min_sequences": 1, "budget": "1s"},
    }
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    return path


def test_a_planted_slow_down_of_a_fifth_is_slower(
    root: Path, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    _git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(copy))
    method = copy / "ismbench" / "methods" / "integrated_gradients.py"
    assert method.read_text().count(CALL) == 1
    method.write_text(method.read_text().replace(CALL, PLANTED))
    _git(copy, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-am", "planted")
    monkeypatch.chdir(copy)
    found = run_ab(AB(("HEAD~1", "HEAD"), experiment, device="cpu"), tmp_path / "results", print)
    for row in found.cells:
        print(row.verdict.value, row.key.method, row.speed)
    rows = {row.key.method: row for row in found.cells}
    assert [m for m, row in rows.items() if row.verdict == "SLOWER"] in (["integrated_gradients"], [])
    speed = rows["integrated_gradients"].speed
    assert speed is not None
    if speed.floor is not None and speed.floor >= found.thresholds.time:
        pytest.skip(f"this machine is too noisy at present: its floor is {speed.floor:.1%}")
    assert rows["integrated_gradients"].verdict == "SLOWER"
    assert found.exit_code == 3


def test_two_runs_of_one_revision_are_never_slower(experiment: Path, tmp_path: Path) -> None:
    plan = make_plan(load_spec(experiment), device="cpu")
    runs = []
    for number in range(5 + TRIES + 1):
        run(plan, tmp_path / str(number))
        runs.append(read_measurements(tmp_path / str(number) / "small"))
    noise = measure_noise([runs[:5]])
    print({key.method: f"{floor.time:.1%}" for key, floor in noise.cells.items()})
    counts: Counter[str] = Counter()
    for i in range(TRIES):
        found = compare(runs[5 + i], runs[6 + i], noise=noise)
        counts.update(found.counts)
        assert "SLOWER" not in found.counts
        assert not found.regressions
    print(dict(counts))


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)

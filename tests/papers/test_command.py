"""`ismbench reproduce` as a user types it, and what importing the papers may load."""

import subprocess
import sys
from pathlib import Path

import pytest

from ismbench.cli import main


def code_of(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nature"], "one of fastism, tism. Received: 'nature'"),
        (["fastism", "--figures-only"], "which is not there"),
        (["fastism"], "--folder"),
        (["fastism", "--device", "tpu"], "auto, cpu or gpu"),
        (["tism", "--quick", "--full"], "one scale. Received: --quick and --full"),
        (["fastism", "--set", "beluga.colour=red"], "one of beluga.weights, beluga.tasks, beluga.task"),
        (["fastism", "--set", "beluga.weights"], "takes STUDY.OPTION=VALUE"),
        (["tism", "--set", "plan.weights=x"], "with one of none. Received: 'plan.weights=x'"),
        (["fastism", "--set", "beluga.weights=no.h5"], "beluga.weights must name a file: trained weights"),
        (
            ["fastism", "--set", "beluga.task=a", "--set", "beluga.task=b"],
            "set once. Received: beluga.task twice",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert code_of("reproduce", *arguments, "--results", tmp_path / "r", "--folder", tmp_path) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_figures_only_prints_gaps_and_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ismbench.papers.core.outputs.write_picture", lambda *arguments: None)
    from tests.papers.fastism_records import write_records

    write_records(tmp_path / "fastism", without=("plan",))
    assert code_of("reproduce", "fastism", "--figures-only", "--results", tmp_path) == 4
    out = capsys.readouterr().out
    assert "missing: Fig 1: one mutation in Basset: the study plan has not run" in out
    assert f"Page: {tmp_path / 'fastism' / 'README.md'}" in out


def test_importing_a_paper_loads_no_backend() -> None:
    code = (
        "import sys; from ismbench.papers import find_paper; find_paper('fastism');"
        "print(*(n for n in ('keras', 'tensorflow', 'torch', 'jax', 'alibi', 'shap') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

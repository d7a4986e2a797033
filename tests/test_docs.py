"""The documentation does what it says: tutorials and how-tos are executed, pages build, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(p for folder in ("tutorials", "how-to") for p in (ROOT / "docs" / folder).glob("*.md"))
BLOCK = re.compile(
    r"(?P<skip><!-- not run: .+ -->\n)?```(?P<language>python|sh)\n(?P<code>.*?)```", flags=re.DOTALL
)
COMMAND = "from ismbench.cli import main; main()"
SHELL_RUNS = ("tutorials",)
"""How-tos show commands on files that a reader has and a test has not; their Python is run."""


def blocks(page: Path) -> list[tuple[str, str]]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [(m["language"], m["code"]) for m in found if m["skip"] is None]


def run_shell(code: str, folder: Path) -> Path:
    """Runs the lines of a block; returns the folder that they end in."""
    for line in code.splitlines():
        first, *words = shlex.split(line, comments=True) or [""]
        if first == "cd":
            folder = folder / words[0]
        elif first == "ismbench":
            command = [sys.executable, "-c", COMMAND, *words]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        else:
            assert not first, f"a test does not run {first}"
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_a_page_shows_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {"__name__": "__main__"}
    shell = tmp_path
    for language, code in blocks(page):
        if language == "python":
            exec(compile(code, str(page), "exec"), scope)
        elif page.parent.name in SHELL_RUNS:
            shell = run_shell(code, shell)


def test_every_page_builds_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs ismbench[docs]")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "reference" / "commands.html").read_text(encoding="utf-8")
    assert "ismbench score" in text
    assert "saturation_mutagenesis" in (tmp_path / "reference" / "python.html").read_text(encoding="utf-8")


def test_the_readme_is_short() -> None:
    """What is longer belongs into docs/."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150

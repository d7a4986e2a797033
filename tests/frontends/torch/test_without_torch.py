"""PyTorch is an extra: nothing imports it unasked, and its absence is said in one line."""

import subprocess
import sys

HIDE = "import sys, importlib.util; find = importlib.util.find_spec\n"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr[-400:]


def test_its_absence_is_said_in_one_line() -> None:
    code = HIDE + (
        "importlib.util.find_spec = lambda name, *a: None if name == 'torch' else find(name, *a)\n"
        "import ismbench\n"
        "try:\n    ismbench.from_torch\n"
        "except ValueError as error:\n    print(type(error).__name__, error)\n"
    )
    said = run(code)
    assert "InputError" in said
    assert "pip install 'ismbench[torch]'" in said


def test_the_front_ends_load_without_it() -> None:
    code = "import sys, ismbench, ismbench.frontends\nprint('torch' in sys.modules, 'keras' in sys.modules)"
    assert run(code).split()[:2] == ["False", "False"]

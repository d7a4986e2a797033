"""What the code of a user's model file raises: one line with the file, the line and the phase."""

from pathlib import Path

import pytest

from ismbench.errors import InputError, ModelFailedError
from ismbench.model_loading import build_from_file

HELPER = "import json\n\ndef build(length=60):\n    return json.loads('{')\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "def build(length=60):\n    raise RuntimeError('down\\nnow')\n",
            ":2: build failed: RuntimeError: down now",
        ),
        ("def build(length=60):\n    raise KeyError\n", ":2: build failed: KeyError"),
        (HELPER, ":4: build failed: JSONDecodeError: Expecting property name"),
        ("x = 1\ndef build(length=60\n", ":2: reading it failed: SyntaxError: '(' was never closed"),
        ("\nimport no_such_module\n", ":2: reading it failed: ModuleNotFoundError: No module named 'no_such"),
        ("import sys\nsys.exit(3)\n", ":2: reading it failed: SystemExit: 3"),
        ("raise MemoryError\n", ":1: reading it failed: MemoryError"),
        ("x = '\udcff'\n", ":1: reading it failed: SyntaxError: (unicode error)"),
    ],
)
def test_what_it_raises_is_one_line(tmp_path: Path, code: str, said: str) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(code.encode(errors="surrogateescape"))
    with pytest.raises(ModelFailedError) as caught:
        build_from_file(path, 60, {}, None)
    assert str(caught.value).startswith(f"{path}{said}")
    assert "\n" not in str(caught.value)


def test_what_says_all_itself_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from ismbench.errors import InputError\ndef build(length=60):\n    raise InputError('say so')\n"
    )
    with pytest.raises(InputError, match=r"^say so$") as caught:
        build_from_file(tmp_path / "net.py", 60, {}, None)
    assert not isinstance(caught.value, ModelFailedError)

"""What the code of a user's model file raises: one line with the file, the line and the phase."""

import sys
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


def test_modules_beside_it_can_be_imported_also_later(tmp_path: Path) -> None:
    (tmp_path / "sizes_beside_net.py").write_text("LENGTH = 7\n")
    (tmp_path / "parts_beside_net.py").write_text(
        "import sizes_beside_net\nLENGTH = sizes_beside_net.LENGTH\n"
    )
    (tmp_path / "net.py").write_text(
        "from sizes_beside_net import LENGTH\n"
        "def build(length=60):\n"
        "    import parts_beside_net\n"
        "    return length, LENGTH, parts_beside_net.LENGTH\n"
    )
    assert build_from_file(tmp_path / "net.py", 60, {}, None) == (60, 7, 7)


def test_what_stands_beside_it_hides_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    (tmp_path / "colorsys.py").write_text("raise RuntimeError('hidden')\n")
    (tmp_path / "net.py").write_text(
        "import colorsys\ndef build(length=60):\n    return colorsys.rgb_to_hsv(0, 0, 1)[2]\n"
    )
    assert build_from_file(tmp_path / "net.py", 60, {}, None) == 1

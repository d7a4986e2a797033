"""Code is known by what it does, values and arrays by their content."""

from pathlib import Path

import numpy as np
import pytest

from ismbench import digest

PACKAGE = {
    "a": "from ismbench import b\n\ndef scores(x):\n    return b.FACTOR * x\n",
    "b": "from ismbench.told import words\n\nFACTOR = 2\n",
    "told/__init__": "",
    "told/words": "WORDS = 'as they are'\n",
    "unused": "FACTOR = 3\n",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(digest, "_ROOT", tmp_path)
    for name, text in PACKAGE.items():
        path = tmp_path / "ismbench" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "ismbench"


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        ("a", "def scores(x):", 'def scores(x):\n    """Gives scores."""', True),
        ("a", "def scores(x):", "# Said.\n\n\ndef scores(x):", True),
        ("b", "FACTOR = 2", 'FACTOR = 2\n"""Of all scores."""', True),
        ("unused", "3", "4", True),
        ("a", "*", "+", False),
        ("b", "2", "3", False),
        ("told/words", "are", "were", False),
    ],
)
def test_a_module_is_what_it_does_with_all_that_it_imports(
    package: Path, file: str, old: str, new: str, same: bool
) -> None:
    before = digest.of_module("ismbench.a")
    path = package / f"{file}.py"
    path.write_text(PACKAGE[file].replace(old, new))
    assert (digest.of_module("ismbench.a") == before) is same


def test_modules_can_be_left_out(package: Path) -> None:
    before = digest.of_module("ismbench.a", ["ismbench.told*"])
    (package / "told" / "words.py").write_text("WORDS = 'otherwise'\n")
    assert digest.of_module("ismbench.a", ["ismbench.told*"]) == before


def test_a_users_file_is_what_it_does_with_its_own_modules(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    texts = {
        "mine.py": "import json\nimport helper\nfrom parts import deep\nimport not_there\nFACTOR = 1\n",
        "helper.py": "FACTOR = 2\n",
        "parts/deep.py": "import helper\nimport mine\nFACTOR = 3\n",
        "beside.py": "FACTOR = 4\n",
    }

    def identity(changed: str = "", text: str = "") -> str:
        for name, plain in texts.items():
            (tmp_path / name).write_text(text + plain if name == changed else plain)
        return digest.of_user_code(tmp_path / "mine.py")

    before = identity()
    for name in texts:
        assert identity(name, "# Said.\n") == before
        assert (identity(name, "MORE = 1\n") == before) is (name == "beside.py"), name


def test_a_file_is_read_each_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert digest.of_file(path) == "missing"
    path.write_bytes(b"1")
    before = digest.of_file(path)
    path.write_bytes(b"2")
    assert digest.of_file(path) != before


def test_arrays() -> None:
    x = np.arange(6, dtype=np.uint8)
    found = {digest.of_arrays(*arrays) for arrays in [(x,), (x.reshape(2, 3),), (x.astype(np.int8),), (x, x)]}
    assert len(found) == 4
    assert digest.of_arrays(x.reshape(2, 3).T) == digest.of_arrays(x.reshape(2, 3).T.copy())

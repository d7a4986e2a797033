from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ismbench.bench.experiment.located_yaml import MAX_BYTES, parse, parse_value, read_yaml
from ismbench.errors import InputError

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "file:1: anchors and aliases"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "file:2: tags are not allowed"),
        ("a: 1\nb: 2\na: 3\n", "file:3: the key 'a' stands here a second time"),
        ("a: [1\nb: 2\n", "not valid YAML"),
        ("? [1, 2]\n: 3\n", "file:1: a key must be a word"),
        ("[" * 30 + "]" * 30, "nested deeper than"),
        ("a: b: c", "file:1: not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("a: 1\n--- \nb: 2\n", "not valid YAML"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        parse(text, "file")


def test_lines_of_keys_and_items() -> None:
    document = parse("a: 1\nb:\n  c: [1,\n    2]\n", "file")
    assert document.value == {"a": 1, "b": {"c": [1, 2]}}
    assert document.where(("b", "c", 1)) == "file:4"
    assert document.where(("b", "c", 7)) == "file:3"
    assert document.where(("z",)) == "file:1"


def test_dates_stay_text_and_numbers_are_numbers() -> None:
    assert parse_value("2024-01-02") == "2024-01-02"
    assert parse_value("2024-99-99") == "2024-99-99"
    assert parse_value("=") == "="
    assert parse_value("<<") == "<<"
    assert parse_value("[1, 2.5, true, null, 'x']") == [1, 2.5, True, None, "x"]
    assert parse_value("") is None


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a readable file"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="must be a readable file"):
        read_yaml(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    with pytest.raises(InputError, match="must be UTF-8"):
        read_yaml(tmp_path / "latin.yaml")
    (tmp_path / "big.yaml").write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="must be below"):
        read_yaml(tmp_path / "big.yaml")


@given(st.text() | st.text(alphabet="ab:-[]{}&*!?\n \t'\"|>%@#,0.e"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        parse(text, "file")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="abc xyz:-0"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain)
def test_plain_values_come_back(value: object) -> None:
    assert parse(yaml.safe_dump(value), "file").value == value

"""Words that look like one thing and are read as another: refused, or read as what they look like."""

import math

import pytest

from ismbench.bench.experiment.located_yaml import parse, parse_value
from ismbench.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60),
        ("-7", -7),
        ("0", 0),
        ("0x3c", 60),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("1e-4", 1e-4),
        ("1.5E6", 1.5e6),
        ("-2.5e+3", -2500.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("NULL", None),
        (".inf", math.inf),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01 10:20:30", "2024-01-01 10:20:30"),
        ("8s", "8s"),
        ("1.5m", "1.5m"),
        ("y", "y"),
        ("n", "n"),
        ("1.2.3", "1.2.3"),
        ("'060'", "060"),
        ('"yes"', "yes"),
        ("'1:30'", "1:30"),
    ],
)
def test_what_means_what_it_says(text: str, value: object) -> None:
    found = parse_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("060", "060 is 48 in YAML 1.1 and 60 in YAML 1.2"),
        ("08", "08 is text in YAML 1.1 and 8 in YAML 1.2"),
        ("-017", "-017 is -15 in YAML 1.1 and -17 in YAML 1.2"),
        ("0o17", "0o17 is text in YAML 1.1 and 15 in YAML 1.2"),
        ("0b11", "0b11 is 3 in YAML 1.1 and text in YAML 1.2"),
        ("1:30", "1:30 is 90 in YAML 1.1 and text in YAML 1.2"),
        ("1:30:00", "1:30:00 is 5400 in YAML 1.1"),
        ("1:30.5", "1:30.5 is 90.5 in YAML 1.1"),
        ("1_000", "1_000 is 1000 in YAML 1.1 and text in YAML 1.2"),
        ("1_0.5", "1_0.5 is 10.5 in YAML 1.1"),
        ("yes", "yes is true in YAML 1.1 and text in YAML 1.2; write true, or put it in quotes"),
        ("No", "No is false in YAML 1.1 and text in YAML 1.2; write false, or put it in quotes"),
        ("on", "on is true"),
        ("OFF", "OFF is false"),
    ],
)
def test_what_two_versions_of_yaml_read_differently_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(f"a: 1\nb: [{text}]\n", "file")
    assert str(caught.value).startswith(f"file:2: {words}")


def test_keys_are_what_they_say() -> None:
    assert parse("on: 1\n060: 2\n1:30: 3\nno: 4\nnull: 5\n", "file").value == {
        "on": 1, "060": 2, "1:30": 3, "no": 4, "null": 5,
    }  # fmt: skip

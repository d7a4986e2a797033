import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ismbench.text import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (815.4, "815"),
        (17.24, "17.2"),
        (9.999, "10.0"),
        (0.99951, "1.00"),
        (1069.7, "1,070"),
        (0.05232, "0.0523"),
        (-3.14159, "-3.14"),
        (1.234e-9, "1.23e-09"),
        (1.234e9, "1.23e+09"),
        (None, numbers.MISSING),
        (math.nan, numbers.MISSING),
        (math.inf, numbers.MISSING),
    ],
)
def test_three_significant_digits(value: float | None, text: str) -> None:
    assert numbers.significant(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_the_text_is_the_number_within_half_a_percent(value: float) -> None:
    assert float(numbers.significant(value).replace(",", "")) == pytest.approx(value, rel=5.01e-3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (1023, "1,020 B"),
        (1024, "1.00 KiB"),
        (314572800, "300 MiB"),
        (2**41, "2.00 TiB"),
        (None, "–"),
    ],
)
def test_bytes(value: float | None, text: str) -> None:
    assert numbers.byte_size(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(8, "8"), (12345, "12,345"), (2.5e6, "2.50 M"), (1e11, "100 G"), (math.nan, "–")]
)
def test_counts(value: float, text: str) -> None:
    assert numbers.count(value) == text


def test_the_rest() -> None:
    assert numbers.factor(12.34) == "12.3×"
    assert numbers.factor(None) == numbers.MISSING
    assert numbers.fraction(0.12345) == "0.123"
    assert numbers.interval(1.2, 1.4) == "1.20 to 1.40"
    assert numbers.interval(1.2, None) == numbers.MISSING
    assert numbers.batch(None) == "auto"
    assert numbers.batch(64.0) == "64"

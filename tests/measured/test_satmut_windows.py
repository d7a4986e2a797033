"""Windows over elements: every measured substitution is asked in one window; places count once."""

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.measured import MeasuredVariant, effects, element_windows, elements_of


def _variants(name: str, start: int, length: int, seed: int = 0) -> list[MeasuredVariant]:
    letters = np.random.default_rng(seed).integers(4, size=length)
    rng = np.random.default_rng(len(name))
    return [
        MeasuredVariant(
            name, "1", start + i, "ACGT"[ref], "ACGT"[(ref + 1) % 4], 20, float(rng.normal()), 0.5
        )
        for i, ref in enumerate(letters)
    ]


def test_each_variant_is_asked_in_one_window() -> None:
    variants = _variants("E", 100, 90)
    found = element_windows(elements_of(variants), variants, 30, step=20)
    assert found.sequences.names == ("E:0", "E:20", "E:40", "E:60")
    measured = found.effects[~np.isnan(found.effects)]
    assert sorted(measured) == sorted(v.effect for v in variants)
    assert ((found.sequences.x == 1) & ~np.isnan(found.effects)).sum() == 0


def test_a_place_counts_once_and_its_second_measurement_is_a_replicate() -> None:
    variants = [*_variants("E.2", 100, 40), *_variants("E", 100, 40), *_variants("E-cell", 100, 40)]
    variants += _variants("F", 1000, 40, seed=1)
    elements = elements_of(variants)
    found = element_windows(elements, variants, 30, step=20)
    assert {name.rpartition(":")[0] for name in found.sequences.names} == {"E", "F"}
    assert list(found.replicates) == ["E"]
    np.testing.assert_array_equal(found.replicates["E"][1], effects(elements["E.2"], variants))


def test_bases_that_no_variant_tells_are_n() -> None:
    variants = [v for v in _variants("E", 100, 40) if v.position != 110]
    assert (elements_of(variants)["E"].x.sum(axis=1) == 0).nonzero()[0].tolist() == [10]


def test_elements_that_are_too_short_are_refused() -> None:
    variants = _variants("E", 100, 20)
    with pytest.raises(InputError, match="at least as long as the model's input"):
        element_windows(elements_of(variants), variants, 30)

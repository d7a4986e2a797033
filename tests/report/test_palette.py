from typing import get_args

from ismbench.methods.base import Colour
from ismbench.report.palette import PALETTE, shade


def test_every_role_that_a_method_may_name_has_a_colour() -> None:
    assert set(PALETTE) == set(get_args(Colour))


def test_shades() -> None:
    assert shade("#102030", 0) == "#102030"
    assert len({shade("#0072b2", n) for n in range(5)}) == 5
    assert shade("#0072b2", 5) == shade("#0072b2", 0)

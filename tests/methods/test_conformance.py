"""What every method must hold: the suite of ``ismbench check-method``, over the whole table."""

from functools import cache

import pytest

from ismbench.errors import UnsupportedError
from ismbench.methods import METHODS
from ismbench.methods.conformance import CHECKS, Check
from ismbench.methods.conformance_case import Case, DoesNotApplyError


@cache  # compiling is most of the time, and a method that is built serves any call
def case(name: str) -> Case:
    return Case(METHODS[name])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.words)
@pytest.mark.parametrize("name", METHODS)
def test_every_method_holds(name: str, check: Check) -> None:
    if METHODS[name].missing():
        pytest.skip(str(METHODS[name].missing()))
    try:
        check.holds(case(name))
    except (DoesNotApplyError, UnsupportedError) as reason:  # such as a peer that cannot take this model
        pytest.skip(str(reason))

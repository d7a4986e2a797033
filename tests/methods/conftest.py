"""A small model with everything that matters to a gradient, and sequences for it."""

import keras
import numpy as np
import pytest

from ismbench.methods import _conformance_models as models
from ismbench.methods._conformance_models import LENGTH

__all__ = ["LENGTH"]


@pytest.fixture(scope="session")
def model() -> keras.Model:
    """See ``small_model``."""
    return models.small_model()


@pytest.fixture(scope="session")
def linear_model() -> keras.Model:
    """See ``linear_model``."""
    return models.linear_model()


@pytest.fixture
def x() -> np.ndarray:
    """See ``sequences``."""
    return models.sequences()

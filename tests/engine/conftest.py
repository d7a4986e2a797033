"""What the engine's tests share."""

from collections.abc import Iterator

import pytest

from ismbench.engine import backend


@pytest.fixture
def uncompiled() -> Iterator[None]:
    """Runs TensorFlow functions as they stand: a small model takes a fraction of a second, not seconds."""
    if backend.name() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)

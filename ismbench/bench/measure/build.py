"""How every worker of a run builds a model: same settings, same seed, so that it is the same model each time."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ismbench.bench.experiment.model_files import ModelFile
from ismbench.errors import InputError

if TYPE_CHECKING:
    import keras

__all__ = ["build_model", "refuse_others"]


def build_model(
    file: ModelFile, length: int, n_channels: int = 4, *, dtype: str, seed: int, unsafe: bool
) -> "keras.Model":
    """Builds a model.

    Args:
        file: Which.
        length: Positions of a sequence.
        n_channels: A of its sequences.
        dtype: Of its numbers.
        seed: Of whatever it draws.
        unsafe: A saved model may run the code that it holds.

    Raises:
        ModelFailedError: The code of the model's file raised.
        InputError: It cannot be built or loaded, or takes something else than such sequences.
    """
    import keras

    from ismbench.model_loading import load_for_length

    # What Python keeps of a module is told by whole seconds and size, and may be an older module's.
    sys.dont_write_bytecode = True
    keras.config.set_floatx(dtype)
    # Weights that no one seeds come from here.
    keras.utils.set_random_seed(seed)
    return load_for_length(
        file.path, length, file.options, file.weights, n_channels, unsafe=unsafe, imports=file.imports
    )


def refuse_others(file: ModelFile, expected: Mapping[str, str | None], found: Mapping[str, str]) -> None:
    """Refuses a model or sequences that are not those whose records the run would keep.

    Args:
        file: The model.
        expected: Hashes by the names of columns; null where that is not known.
        found: What is there.

    Raises:
        InputError: There is another.
    """
    for name, hash_ in expected.items():
        if hash_ is not None and found[name] != hash_:
            raise InputError(
                "A model must be the same each time it is built; seed whatever its file draws, and run again if it has"
                f" changed meanwhile. Received: {file.path} with another {name}"
            )

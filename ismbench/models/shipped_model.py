"""An architecture that ships with the package, with new weights."""

from typing import TYPE_CHECKING, Any

from ismbench.model_loading import build_from_file
from ismbench.shipped import shipped_folder

if TYPE_CHECKING:
    import keras

__all__ = ["shipped_model"]


def shipped_model(file: str, length: int, options: dict[str, Any], name: str) -> "keras.Model":
    """Builds ``models/<file>.py``, and draws weights by the initialisers of its layers.

    Args:
        file: Its name without the ending.
        length: Positions of the input.
        options: Keyword arguments of its ``build``.
        name: Of the model.

    Raises:
        InputError: The installation lacks its model files, or an option is out of its range.
    """
    import keras

    built = build_from_file(shipped_folder() / "models" / f"{file}.py", length, options, None)
    model = keras.models.clone_model(built)  # the file's own weights are seeded, and no initialiser's
    model.name = name
    return model

"""The forms in which a model can come, by the ending of its file; what is none is refused with what to do instead."""

import zipfile
from pathlib import Path

from ismbench.errors import InputError

__all__ = ["FORMS", "check_form", "check_weights_file", "is_whole_zip"]

FORMS = (".py", ".keras", ".h5", ".json", ".pt2")
"""Python with ``build``, Keras 3, HDF5 of Keras 2 or 3, layers alone (with ``weights``), and ``torch.export``."""

_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".p")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
_ZIPPED = (".keras", ".pt2", ".npz")
_OLD_NAMES = {".hdf5": ".h5", ".hdf": ".h5"}


def check_form(path: Path, weights: Path | None = None) -> str:
    """The form of a model, checked by the file's name and its first bytes; nothing in it is run.

    Args:
        path: The model.
        weights: Its weights, or None.

    Returns:
        One of ``FORMS``.

    Raises:
        InputError: It does not exist, is of no known form, is damaged, or lacks its weights.
    """
    if path.is_dir():
        _refuse_folder(path)
    form = _OLD_NAMES.get(path.suffix, path.suffix)
    if form in _PICKLES:
        raise InputError(
            "A pickle runs code when it is read, so a model in one is not opened; export the module with"
            " torch.export.save(torch.export.export(module.eval(), (example,)), 'model.pt2'), or give it to"
            f" ismbench.from_torch in Python. Received: {path}"
        )
    if form == ".onnx":
        raise InputError(
            "An ONNX file is not opened, for no importer is good enough; save the model that it was made from: as .pt2"
            f" with torch.export.save, or as .keras or .h5 in Keras. Received: {path}"
        )
    if form not in FORMS or not path.is_file():
        raise InputError(f"A model file must exist and end in {', '.join(FORMS)}. Received: {path}")
    _check_start(path, form)
    if form == ".json" and weights is None:
        raise InputError(
            f"A .json file describes layers only; give the file of their weights too (--weights). Received: {path}"
        )
    return form


def check_weights_file(path: Path) -> None:
    """Checks that a file of weights exists and begins as one.

    Raises:
        InputError: It does not.
    """
    if not path.is_file():
        raise InputError(f"A weights file must exist. Received: {path}")
    form = _OLD_NAMES.get(path.suffix, path.suffix)
    if form in (".h5", ".keras", ".npz"):
        _check_start(path, form)


def is_whole_zip(path: Path) -> bool:
    """Whether a file is one zip archive from its beginning to its end.

    Where the end is missing, an archive within it may still be found, which begins later.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return min((part.header_offset for part in archive.infolist()), default=0) == 0
    except (OSError, zipfile.BadZipFile):
        return False


def _refuse_folder(path: Path) -> None:
    if (path / "saved_model.pb").is_file():
        raise InputError(
            "A SavedModel folder holds a compiled program instead of layers, so nothing can make it faster; save"
            " the model as .keras or .h5 where it was made, or call it from a Python file whose build(...) wraps it in"
            f" keras.layers.TFSMLayer (naive ISM and other methods without gradients). Received: {path}"
        )
    raise InputError(f"A model must be a file, not a folder. Received: {path}")


def _check_start(path: Path, form: str) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise InputError(f"The file is empty. Received: {path}")
    if form in _ZIPPED and start.startswith(_ZIP) and not is_whole_zip(path):
        raise InputError(
            f"The file is cut short: its end, with the list of its parts, is missing. Received: {path}"
        )
    if form == ".h5" and start != _HDF5:
        kind = "HDF5"
    elif form in _ZIPPED and not start.startswith(_ZIP):
        kind = "zip"
    else:
        return
    found = "HDF5, so its name must end in .h5" if start == _HDF5 else f"a file that begins with {start!r}"
    raise InputError(f"A {form} file must be of the {kind} format. Received: {path}, {found}")

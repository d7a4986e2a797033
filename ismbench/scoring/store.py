"""The Zarr store: made, filled chunk by chunk, opened."""

import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.scoring.store_layout import BASES, Layout, Variable

__all__ = ["create", "finish", "open_dataset", "open_group", "require", "rows", "write"]

_FILLS: dict[str, Any] = {"string": "", "int8": 0, "int64": -1, "float32": np.nan, "float16": np.nan}
_EXTRAS = {"anndata": "anndata", "dask": "dask", "distributed": "dask", "dask_jobqueue": "dask"}
"""Extras of modules that `scoring` does not bring."""


def require(*modules: str) -> None:
    """Raises InputError where a module of an extra is not installed."""
    from importlib.util import find_spec

    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        extra = next((_EXTRAS[name] for name in missing if name in _EXTRAS), "scoring")
        raise InputError(
            f"This command needs the packages of an extra: pip install 'ismbench[{extra}]'."
            f" Received: no {', '.join(missing)}"
        )


def create(path: Path, layout: Layout, attributes: Mapping[str, Any]) -> Any:
    """Makes a store without records; returns its group."""
    import zarr

    places = [v.name for v in layout.variables if v.axes == (layout.record,) and not v.scored]
    group = zarr.create_group(
        str(path), zarr_format=3, attributes={**attributes, "coordinates": " ".join(places[1:])}
    )
    _axis(group, "position", np.arange(layout.sizes["position"]), "from the start of the model's input")
    _axis(group, "base", list(BASES), "in the order of the channels")
    _axis(group, "output", list(layout.labels), "what is explained")
    if layout.comparisons:
        _axis(group, "comparison", list(layout.comparisons), "kind and head")
    for variable in layout.variables:
        _array(group, variable, layout)
    return group


def tell(path: Path, attributes: Mapping[str, Any]) -> None:
    """Adds attributes, and puts the description of every array into one file, from which others open it."""
    import zarr

    open_group(path).attrs.update(attributes)
    with warnings.catch_warnings():
        # Zarr v3 has no word on it yet; xarray and zarr read and write it.
        warnings.filterwarnings("ignore", message="Consolidated metadata")
        zarr.consolidate_metadata(str(path), zarr_format=3)


def open_group(path: Path, mode: str = "r+") -> Any:
    """Opens a store.

    Raises:
        InputError: It is none.
    """
    import zarr

    try:
        return zarr.open_group(str(path), mode=mode, zarr_format=3, use_consolidated=False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"A store of scores must be a Zarr v3 group. Received: {path}: {reason}") from None


def open_dataset(path: Path) -> Any:
    """Opens a store as an xarray Dataset; values are read when they are used."""
    import xarray as xr

    return xr.open_zarr(path, consolidated=False, chunks=None, zarr_format=3)


def rows(group: Any, layout_record: str) -> int:
    """Number of records."""
    return int(group[layout_record].shape[0])


def write(group: Any, first: int, values: Mapping[str, NDArray[Any]]) -> None:
    """Writes records; text that is all empty and other fill values leave no file."""
    for name, value in values.items():
        group[name][first : first + len(value)] = value


def resize(group: Any, layout: Layout, count: int) -> None:
    """Sets the number of records."""
    for variable in layout.variables:
        array = group[variable.name]
        array.resize((count, *array.shape[1:]))


def finish(path: Path, attributes: Mapping[str, Any]) -> None:
    """Marks a store as complete, once nothing of a killed writer is left in it."""
    for left in path.rglob("*.partial"):
        left.unlink(missing_ok=True)
    tell(path, {**attributes, "complete": True})


def remove(path: Path) -> None:
    """Removes a store."""
    shutil.rmtree(path, ignore_errors=True)


def _axis(group: Any, name: str, values: Any, text: str) -> None:
    is_text = isinstance(values, list)
    array = group.create_array(
        name,
        shape=(len(values),),
        chunks=(max(1, len(values)),),
        dtype="string" if is_text else "int64",
        fill_value="" if is_text else 0,
        dimension_names=(name,),
        attributes={"long_name": text},
        compressors=_compressor(),
    )
    array[:] = np.array(values, dtype=object if is_text else "int64")


def _array(group: Any, variable: Variable, layout: Layout) -> None:
    inner = tuple(layout.sizes[axis] for axis in variable.axes[1:])
    group.create_array(
        variable.name,
        shape=(0, *inner),
        chunks=(variable.rows, *inner),
        dtype=variable.dtype,
        fill_value=_FILLS[variable.dtype],
        dimension_names=variable.axes,
        attributes=variable.attributes,
        compressors=_compressor(),
    )


def _compressor() -> Any:
    from zarr.codecs import ZstdCodec

    return ZstdCodec(level=1)

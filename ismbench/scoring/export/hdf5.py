"""HDF5 with the groups that chrombpnet's tools read, and coordinates as BPReveal writes them."""

from pathlib import Path
from typing import Any

import numpy as np

from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.export.patient_file import PatientFile
from ismbench.scoring.export.sizes import read_sizes
from ismbench.scoring.opened import Opened, Passage

__all__ = ["write"]

_GROUPS = {"raw/seq": "int8", "shap/seq": "float32", "projected_shap/seq": "float32"}


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes (N, 4, W) arrays of the scored records, with names and, if they have any, coordinates."""
    import h5py

    opened.check_sequences()
    opened.check_hypothetical()
    output = opened.output(options.output)
    sizes = read_sizes(options.sizes) if options.sizes is not None else {}
    with whole_file(out) as temporary, PatientFile(temporary, "w+") as target:
        with h5py.File(target, "w") as file:
            _fill(file, opened, output, sizes, target)
        target.check()
    return [out]


def _fill(file: Any, opened: Opened, output: int, sizes: dict[str, int], target: PatientFile) -> None:
    import h5py

    chroms: dict[str, int] = {name: i for i, name in enumerate(sizes)}
    for key, dtype in _GROUPS.items():
        shape = (0, 4, opened.width)
        file.create_dataset(
            key, shape, dtype, maxshape=(None, *shape[1:]), chunks=(1, *shape[1:]), compression="gzip"
        )
    for key, kind in (("coords_chrom", "u4"), ("coords_start", "i8"), ("coords_end", "i8")):
        file.create_dataset(key, (0,), kind, maxshape=(None,))
    file.create_dataset("names", (0,), h5py.string_dtype(), maxshape=(None,))
    for block in opened.blocks(output):
        _append(file, block, opened.width, chroms)
        target.check()
    file.create_dataset("chrom_names", data=list(chroms), dtype=h5py.string_dtype())
    if sizes:
        file.create_dataset("chrom_sizes", data=[sizes[c] for c in chroms], dtype="u8")
    file.attrs["shap"] = opened.bases
    file.attrs["output"] = opened.labels[output]
    file.attrs["command"] = opened.attributes["command"]


def _append(file: Any, block: Passage, width: int, chroms: dict[str, int]) -> None:
    assert block.hypothetical is not None
    hypothetical = np.nan_to_num(block.hypothetical)  # readers know no NaN
    for name in block.chrom:
        chroms.setdefault(name, len(chroms))
    values: dict[str, Any] = {
        "raw/seq": np.swapaxes(block.x, 1, 2),
        "shap/seq": np.swapaxes(hypothetical, 1, 2),
        "projected_shap/seq": np.swapaxes(hypothetical * block.x, 1, 2),
        "coords_chrom": [chroms[name] for name in block.chrom],
        "coords_start": block.start,
        "coords_end": np.where(block.start < 0, -1, block.start + width),
        "names": block.names,
    }
    for key, value in values.items():
        dataset = file[key]
        before = len(dataset)
        dataset.resize(before + len(value), axis=0)
        dataset[before:] = value

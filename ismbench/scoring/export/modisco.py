"""The two npz files that `modisco motifs` reads: one-hot sequences and hypothetical contributions."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.opened import Opened, Passage

__all__ = ["write"]


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes OUT.ohe.npz and OUT.shap.npz, each with `arr_0` (N, 4, W) of the scored records."""
    opened.check_sequences()
    opened.check_hypothetical()
    output = opened.output(options.output)
    count = sum(len(block.names) for block in opened.blocks(output))
    shape = (count, 4, opened.width)
    stem = out.with_name(out.name.removesuffix(".npz"))
    files = [stem.with_name(f"{stem.name}.{end}.npz") for end in ("ohe", "shap")]
    _write(files[0], shape, "int8", opened, output, lambda block: block.x)
    _write(files[1], shape, "float32", opened, output, lambda block: block.hypothetical)
    return files


def _write(
    path: Path,
    shape: tuple[int, ...],
    dtype: str,
    opened: Opened,
    output: int,
    values: Callable[[Passage], NDArray[Any] | None],
) -> None:
    """An npz file with one array, written a block at a time."""
    header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    with (
        whole_file(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("arr_0.npy", "w", force_zip64=True) as file,
    ):
        np.lib.format.write_array_header_2_0(file, header)  # type: ignore[no-untyped-call]
        for block in opened.blocks(output):
            array = values(block)
            assert array is not None
            # modisco knows no NaN.
            file.write(np.ascontiguousarray(np.swapaxes(np.nan_to_num(array), 1, 2), dtype).tobytes())

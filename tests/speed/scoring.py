"""What the command around the engine costs: `ismbench score` on real regions against the engine in memory."""

import gzip
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ISMBENCH_DATA", ROOT.parent / "shared" / "data"))
WEIGHTS = DATA / "encode_tf_cnn" / "CTCF.gD56a.h5"
REGIONS = DATA / "dragonn_1kb" / "pos_1000bp.fa.gz"


def throughput(n: int, rounds: int) -> dict[str, Any]:
    """Both score the mean output of the trained CTCF network on the first ``n`` regions, taking turns."""
    import xarray

    import ismbench
    from ismbench.model_loading import build_from_file

    model = build_from_file(ROOT / "models" / "encode_tf_cnn.py", 1000, {}, WEIGHTS)
    with tempfile.TemporaryDirectory() as folder:
        fasta = first_regions(n, Path(folder))
        x = ismbench.read_fasta(fasta).x
        target = ismbench.Target(reduce="mean")
        result = ismbench.saturation_mutagenesis(model, x[:64], target=target)
        samples: dict[str, list[float]] = {"engine": [], "score": []}
        for i in range(rounds):
            start = time.perf_counter()
            result = ismbench.saturation_mutagenesis(model, x, target=target)
            samples["engine"].append(time.perf_counter() - start)
            out = Path(folder) / f"{i}.zarr"
            start = time.perf_counter()
            ismbench.score(model, fasta, out, target="mean")
            samples["score"].append(time.perf_counter() - start)
        scores = xarray.open_zarr(out, consolidated=False).scores.values[..., 0]
    engine, score = (float(np.median(samples[name])) for name in ("engine", "score"))
    return {
        "sequences": n,
        "samples": samples,
        "throughput_over_engine": engine / score,
        "largest_difference": float(np.nanmax(np.abs(scores - result.delta))),
    }


def first_regions(n: int, folder: Path) -> Path:
    """A FASTA file of the first real regions."""
    fasta = folder / "regions.fa"
    with gzip.open(REGIONS, "rt") as file:
        records = file.read().split(">")[1 : n + 1]
    fasta.write_text("".join(f">{record}" for record in records))
    return fasta

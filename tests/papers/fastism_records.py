"""Made-up records of every study of the fastISM paper: small, of the right shape, with a gap here and there."""

import math
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ismbench.papers.core.state import StudyState, write_state
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.core.table_files import Provenance, write_tables
from ismbench.papers.fastism import PAPER
from ismbench.papers.fastism.studies.batches import CASES
from tests.report import synthetic

MACHINE = {"machine": "A processor", "usable_cores": 2, "memory_bytes": 8 * 2**30, "device": "cpu"}
MODELS = ("basset", "factorized_basset", "bpnet")


def times(*, original: float = 40.0, ours: float = 0.3, naive: float = 9.0) -> pd.DataFrame:
    """Seconds per sequence: of the original so many for each call, whatever the number of sequences."""
    rows = []
    for model, length in CASES:
        start = {"model": model, "length": length, "positions": 12, "max_abs_deviation": 1e-6}
        good = {**start, "status": "ok", "reason": ""}
        rows.append({**good, "method": "naive_ism", "sequences": 1, "seconds_per_sequence": naive})
        for n in (1, 8, 256):
            seconds = original / n + 0.3
            rows.append({**good, "method": "peer_fastism", "sequences": n, "seconds_per_sequence": seconds})
            rows.append({**good, "method": "fast_ism", "sequences": n, "seconds_per_sequence": ours})
        rows.append(
            {
                **start, "status": "oom", "reason": "no room", "method": "peer_fastism", "sequences": 1024,
                "seconds_per_sequence": math.nan,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def sweep(**slopes: float) -> pd.DataFrame:
    """Speed-ups that grow with each parameter by a power, 0.5 unless given."""
    values = {"length": (64, 256, 1024), "width": (1, 10, 50), "channels": (32, 256), "depth": (1, 2, 4)}
    values["channels"] = (32, 128, 256)
    rows = [
        {"parameter": p, "value": v, "speedup": 2.0 * v ** slopes.get(p, 0.5)}
        for p, some in values.items()
        for v in some
    ]
    return pd.DataFrame(rows)


_BASSET = """layer,changed_start,changed_stop,changed_length,needed_start,needed_stop,full,windowed
conv1,491,510,1000,482,519,22800000,433200
pool1,163,170,333,489,510,0,0
conv2,158,175,333,153,180,219780000,11220000
pool2,39,44,83,156,176,0,0
conv3,36,47,83,33,50,23240000,3080000
pool3,9,12,20,36,48,0,0
dense1,,,,0,4000,4000000,4000000
dense2,,,,,,1000000,1000000
prediction,,,,,,1000,1000
"""


def layers_of(wide: float = 1.0) -> dict[str, pd.DataFrame]:
    """The study of plans; ``wide`` is the share of BPNet's last convolution that changes, at 1,000 bp."""
    layers = pd.read_csv(StringIO(_BASSET)).assign(reached=True, needed_length=1000.0, difference=20_000)
    for end in ("changed", "needed"):
        layers[f"{end}_low"], layers[f"{end}_high"] = layers[f"{end}_start"], layers[f"{end}_stop"]
    case = {
        "model": "basset", "length": 1000, "position": 500, "full": 271e6, "windowed": 15.5e6,
        "difference": 7.8e6,
    }  # fmt: skip
    totals = [
        {**case, "model": model, "length": length, "windowed": share * 271e6}
        for model, share in (("basset", 0.06), ("factorized_basset", 0.07), ("bpnet", 0.6))
        for length in (1000, 2000)
    ]
    reach = [
        {"model": model, "length": length, "layer": layer, "changed": changed, "of": float(length)}
        for model, layer, changed in (("basset", "conv1", 19.0), ("factorized_basset", "conv1_1", 3.0),
                                      ("bpnet", "dilated9", 1000.0 * wide))
        for length in (1000, 2000)
    ]  # fmt: skip
    found = {"totals": pd.DataFrame(totals), "reach": pd.DataFrame(reach)}
    return {"layers": layers, "case": pd.DataFrame([case]), **found}


def scaled(seconds: float = 500.0, line: float = 1.05) -> pd.DataFrame:
    """Times of the methods with gradients for every output of BPNet, and how well a line met the last point."""
    rows = [
        {
            "length": length, "method": method, "sequences": 1, "outputs": length + 1, "timed_outputs": 12,
            "seconds_per_sequence": seconds, "seconds_of_checked": 3.0, "line_over_checked": line,
        }
        for length in (1000, 2000)
        for method in ("gradient_x_input", "integrated_gradients_alibi", "deepshap")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _memory() -> pd.DataFrame:
    rows = [
        {
            "model": model, "length": 1000, "method": method, "unit": unit, "batch": 2**k,
            "peak_bytes": math.nan if (method, k) == ("fast_ism", 5) else scale * 2.0**k * 2**20,
            "bound_bytes": 2.0 * 2**30, "fits": scale * 2.0**k <= 2048,
        }
        for model in MODELS
        for method, unit, scale in (("naive_ism", "mutants", 5.0), ("fast_ism", "sequences", 0.5))
        for k in range(4, 11)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def beluga(weights: str = "random") -> dict[str, pd.DataFrame]:
    """The study of the tutorial."""
    rng = np.random.default_rng(0)
    heat = pd.DataFrame(rng.gamma(1, 1e-5, (20, 250)), columns=[f"p{8 * i}" for i in range(250)])
    heat.insert(0, "output", range(20))
    base = rng.integers(0, 4, 2000)
    delta = rng.normal(0, 1e-5, (2000, 4))
    delta[np.arange(2000), base] = 0
    bases = pd.DataFrame(delta, columns=[f"delta_{b}" for b in "ACGT"])
    bases.insert(0, "position", range(2000))
    bases.insert(1, "base", ["ACGT"[b] for b in base])
    bases.insert(2, "sequence", "NM_1")
    bases["importance"] = np.sqrt((delta**2).sum(axis=1) / 3)
    names = [f"output {i}" for i in range(20)]
    outputs = pd.DataFrame({"rank": range(20), "output": range(20), "name": names})
    outputs["reference"] = np.linspace(1, 0.5, 20)
    about = {"weights": weights, "output": 0, "name": names[0], "prediction": 1.0}
    seconds = pd.DataFrame({"method": ["fast_ism", "naive_ism"], "seconds_per_sequence": [30.0, 300.0]})
    tables = {"heat": heat, "bases": bases, "outputs": outputs, "times": seconds}
    return {**tables, "about": pd.DataFrame([about])}


def computed(**changes: Any) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables of every computation; some may be given."""
    parts = pd.DataFrame(
        {"part": ["convolutional", "dense", "whole"], "batch": 64, "seconds": [9.0, 1.0, 10.0]}
    )
    return {
        "plan": changes.get("plan", layers_of()),
        "bpnet_gradients": {"times": changes.get("scaled", scaled())},
        "basset_parts": {"parts": changes.get("parts", parts)},
        "fastism_batches": {"times": changes.get("times", times())},
        "sweeps": {"speed": changes.get("sweeps", sweep(width=-0.5))},
        "largest_batch": {"memory": _memory()},
        "beluga": changes.get("beluga", beluga()),
    }


def _experiment(model: str, fast: float) -> dict[str, list[dict[str, Any]]]:
    methods = (
        "naive_ism",
        "fast_ism",
        "gradient_x_input",
        "integrated_gradients",
        "integrated_gradients_alibi",
        "deepshap",
    )
    tables = synthetic.run_rows(models=(model,), methods=methods)
    for cell in tables["cells"]:
        cell["experiment"] = model
        if cell["method"] == "fast_ism":
            for end in ("", "_low", "_high"):
                cell[f"seconds_per_100_sequences{end}"] *= fast
    if model == "bpnet":  # alibi is over the budget for every output
        every = [{**c, "output_mode": "every", "cell_id": f"every-{c['cell_id']}"} for c in tables["cells"]]
        for cell in every:
            if cell["method"] == "integrated_gradients_alibi":
                cell |= {"status": "over_budget", "status_reason": "one repetition takes hours"}
                cell |= {"seconds_per_100_sequences": None}
            elif cell["method"] in ("gradient_x_input", "deepshap"):
                cell["seconds_per_100_sequences"] *= 1000
        tables["cells"] += every
    return tables


def _real_dna(times: float) -> dict[str, list[dict[str, Any]]]:
    tables = synthetic.run_rows(models=MODELS, lengths=(1000,), methods=("naive_ism", "fast_ism"))
    for cell in tables["cells"]:
        cell |= {"experiment": "real_dna", "output_mode": "every"}
        for end in ("", "_low", "_high"):
            if cell[f"seconds_per_100_sequences{end}"] is not None:
                cell[f"seconds_per_100_sequences{end}"] *= times
    return tables


def write_records(
    folder: Path, *, fast: float = 1.0, real: float = 1.0, without: tuple[str, ...] = (), **changes: Any
) -> Path:
    """Writes the records; ``fast`` multiplies our engine's times in the experiments, ``real`` those on real DNA."""
    state = StudyState("quick", "done", "", 1.0, "now")
    for name, tables in computed(**changes).items():
        if name not in without:
            about = Provenance(name, f"id-{name}", "quick", tuple(tables), 1.0, "now", MACHINE)
            write_tables(folder / name, tables, about)
            write_state(folder, name, state)
    for model in MODELS:
        if model not in without:
            synthetic.write_tables(folder / model, _experiment(model, fast))
    if "real_dna" not in without:
        synthetic.write_tables(folder / "real_dna", _real_dna(real))
    if "peers" not in without:
        methods = ("naive_ism", "fast_ism", "integrated_gradients_alibi", "deepshap")
        synthetic.write_tables(folder / "peers", synthetic.run_rows(lengths=(1000,), methods=methods))
    return folder


def records_of(folder: Path, **options: Any) -> PaperRecords:
    """The made-up records, as the paper reads them."""
    return PaperRecords(PAPER.studies, write_records(folder, **options))

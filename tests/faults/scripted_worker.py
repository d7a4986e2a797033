"""A worker without Keras: it speaks the protocol and says the same of a cell each time.

It starts in a fraction of a second, so that tests can kill, cut and fill up what lies around it often.
ISMBENCH_TEST_PAUSE says how many seconds pass between two messages; where it is set, tracks are left as well.
ISMBENCH_TEST_HOLD names a file that it waits for before its first cell.
With ISMBENCH_TEST_QUOTES it quotes the names of the sequences in all that it says.
"""

import ctypes
import hashlib
import importlib.util
import json
import os
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS, QUOTES, HOLD = "ISMBENCH_TEST_PAUSE", "ISMBENCH_TEST_QUOTES", "ISMBENCH_TEST_HOLD"


def module(name: str):
    """A module of the harness that needs nothing else; without its package, which would import much more."""
    spec = importlib.util.spec_from_file_location(
        name.replace("/", "_"), ROOT / "ismbench" / "bench" / f"{name}.py"
    )
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def record(cell: dict, number: int) -> tuple[dict, list, list]:
    """Status, samples and metrics of a cell, made from its name."""
    if number % 7 == 5:
        return {"status": "error", "status_reason": "it fails, always"}, [], []
    made = {
        "status": "ok",
        "n_sequences": 2,
        "n_outputs": 1,
        "n_positions": cell["length"],
        "extrapolated": False,
    }
    sample = {"n_sequences": 2, "n_positions": cell["length"]}
    samples = [
        {**sample, "repetition": i, "seconds": (number + i + 1) / 1000, "checked": i == 0} for i in range(3)
    ]
    metric = {"metric": "pearson_map", "versus": "naive_ism", "scope": "pooled", "statistic": "value", "n": 9}
    return made, samples, [{**metric, "value": number / 1000}]


def leave_track(cell: dict, number: int, cache: Path) -> None:
    import numpy as np

    track = np.random.default_rng(number).normal(size=(2, cell["length"], 1)).astype(np.float32)
    temporary = cache / f"{cell['cell_id']}.{os.getpid()}.tmp"
    with temporary.open("wb") as file:
        np.savez_compressed(file, track=track, numbers=np.arange(2), names=np.array(["a", "b"]))
    temporary.replace(cache / f"{cell['cell_id']}.npz")


def quoted(job: dict) -> list[str]:
    import numpy as np

    names = np.load(job["sequences"])["names"].tolist()
    print(*names, sep="\n", file=sys.stderr, flush=True)
    return names


def quoting(cell: dict, made: dict, metrics: list, names: list[str]) -> tuple[dict, list]:
    """The record of a cell in the words of whoever wrote the FASTA file; the gradient fails."""
    rows = [{**m, "scope": "sequence", "sequence": name} for m in metrics for name in names]
    failed = {"status": "error"} if cell["method"] == "gradient" else {}
    return {**made, **failed, "status_reason": " ".join(names)}, rows


def built(model: dict) -> dict:
    """What a model is; of a file that is not imported, its text."""
    text = Path(model["path"]).read_bytes()
    hashes = {"structure": hashlib.sha256(text).hexdigest(), "weights": "none", "data": "", "failure": ""}
    return {**hashes, "files": {}, "packages": {}}


def main() -> None:
    protocol, channel = module("process/messages"), int(sys.argv[1])
    job = json.loads(sys.stdin.readline())
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # dies with its parent, as the real one does
    pause = float(os.environ.get(SECONDS, "0"))

    def say(kind: str, **values: object) -> None:
        protocol.send(channel, {"token": job["token"], "kind": kind, **values})
        time.sleep(pause)

    say("phase", cell=None, phase="start")
    if job["kind"] == "build":
        for request in job["requests"]:
            say("built", key=request["key"], built=built(request["model"]))
        say("finished")
        return
    say("machine", record={"matmul_per_second": 1e9, "copy_bytes_per_second": 1e9})
    tracks, names = bool(pause), quoted(job) if os.environ.get(QUOTES) else []
    while HOLD in os.environ and not Path(os.environ[HOLD]).exists():
        time.sleep(0.02)
    for cell in job["cells"]:
        name = {k: v for k, v in cell.items() if k not in ("cell_id", "predicted_seconds", "predicted_bytes")}
        number = int(hashlib.sha256(json.dumps(name, sort_keys=True).encode()).hexdigest()[:4], 16)
        say("phase", cell=cell["cell_id"], phase="first call")
        made, samples, metrics = record(cell, number)
        if tracks and made["status"] == "ok":
            leave_track(cell, number, Path(job["cache"]))
        if names:
            made, metrics = quoting(cell, made, metrics, names)
        say("cell", cell=cell["cell_id"], record=made, samples=samples, metrics=metrics)
    say("finished")


if __name__ == "__main__":
    main()

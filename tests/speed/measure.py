"""Measures one line of the engine's speed table in a process of its own and prints it as JSON.

Everything that a ratio compares runs in alternating rounds of one process (or of two that take turns), so that the
machine's drift hits both alike; medians of the rounds are reported, and the rounds themselves kept.

    python -m tests.speed.measure basset-1000-8
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("ISMBENCH_SPEED_ROUNDS", "5"))
NAIVE_BATCHES = (32, 64, 128)
NAIVE_POSITIONS = 44
RUN = 96
"""Positions that are scored in a row where not all are; blocks of neighbours divide it."""

MODELS = {
    "basset-1000-8": ("basset", 1000, 8),
    "basset-1000-1": ("basset", 1000, 1),
    "basset-2000-4": ("basset", 2000, 4),
    "factorized_basset-1000-4": ("factorized_basset", 1000, 4),
    "bpnet-1000-1": ("bpnet", 1000, 1),
    "bpnet-2000-1": ("bpnet", 2000, 1),
}
PUBLISHED = ("spliceai-400", "chrombpnet-2114", "crested-500")


def build(name: str, length: int) -> Any:
    """A model of the project, with its seeded weights."""
    from ismbench.model_loading import build_from_file

    return build_from_file(ROOT / "models" / f"{name}.py", length, {}, None)


def sequences(n: int, length: int) -> Any:
    """(n, length, 4) random one-hot."""
    return np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (n, length))]


def rounds(calls: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Alternating rounds; each call returns seconds per unit of its work, or whatever else it measures."""
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            samples[name].append(call())
    return samples


def timed(call: Callable[[], Any], per: float) -> Callable[[], float]:
    """Seconds of a call, divided by ``per``."""

    def run() -> float:
        start = time.perf_counter()
        call()
        return (time.perf_counter() - start) / per

    return run


def matmul() -> float:
    """Multiply-adds per second of a large matrix product, on the backend in use."""
    from keras import ops

    from ismbench.engine import backend

    a = ops.ones((2048, 2048))
    function = backend.compiled(lambda x: ops.matmul(x, x), [])
    backend.synchronize(function(a))
    best = np.inf
    for _ in range(4):
        start = time.perf_counter()
        np.asarray(ops.convert_to_numpy(function(a)[:1, :1]))
        best = min(best, time.perf_counter() - start)
    return 2048**3 / best


def engine(
    model: Any,
    length: int,
    n: int,
    runs: Sequence[int] | None = None,
    batches: Sequence[int] = NAIVE_BATCHES,
    naive_positions: int = NAIVE_POSITIONS,
) -> dict[str, Any]:
    """Fast against naive ISM, in seconds per sequence.

    Args:
        model: The model.
        length: Positions of its input.
        n: Sequences.
        runs: Where runs of RUN neighbouring positions begin, if not all are scored: the figure is then scaled up.
        batches: Of the naive pass.
        naive_positions: That the naive pass is measured on.
    """
    from ismbench.engine.edits import substitutions
    from ismbench.engine.fast import FastEngine
    from ismbench.engine.naive import NaiveEngine

    x = sequences(n, length)
    where = np.arange(length) if runs is None else np.concatenate([np.arange(a, a + RUN) for a in runs])
    every = substitutions(x, np.broadcast_to(where, (n, len(where))), range(4))
    few = np.linspace(0, length - 1, naive_positions).astype(int)
    some = substitutions(x[:1], few[None], range(4))
    start = time.perf_counter()
    fast = FastEngine(model)
    list(fast.deltas([x], every))
    first = time.perf_counter() - start

    def naive(batch: int) -> Callable[[], float]:
        slow = NaiveEngine(model, batch=batch)
        list(slow.deltas([x[:1]], some))

        def run() -> float:
            # Rows that fill up the last batch are not charged to the naive pass.
            before, start = slow.forward_rows, time.perf_counter()
            list(slow.deltas([x[:1]], some))
            return (time.perf_counter() - start) / (slow.forward_rows - before) * 3 * length

        return run

    samples = rounds(
        {
            "fast": timed(lambda: list(fast.deltas([x], every)), n * len(where) / length),
            **{f"naive at batch {b}": naive(b) for b in batches},
            "matmul": matmul,
        }
    )
    plan = fast.plan([x], every)
    fastest = median(samples["fast"])
    baseline = min(median(samples[f"naive at batch {b}"]) for b in batches)
    return {
        "samples": samples,
        "fast_seconds_per_sequence": fastest,
        "naive_seconds_per_sequence": baseline,
        "speedup_over_naive": baseline / fastest,
        "multiply_adds": plan.multiply_adds,
        "direct_multiply_adds": plan.direct_multiply_adds,
        # Useful work: what differences need, whether or not Karatsuba's scheme spares some of it.
        "fraction_of_matmul_rate": plan.direct_multiply_adds
        * 3
        * length
        / fastest
        / median(samples["matmul"]),
        "fraction_by_work_done": plan.multiply_adds * 3 * length / fastest / median(samples["matmul"]),
        "build_and_first_call_seconds": first - fastest * n * len(where) / length,
        "first_call_with_all_sequences_seconds": first,
    }


def peer_fastism(batches: tuple[int, ...] = (8, 64, 128, 256)) -> dict[str, Any]:
    """The original fastISM on Basset 1,000 bp, in a process with Keras 2, taking turns with ours."""
    from ismbench.engine.edits import substitutions
    from ismbench.engine.fast import FastEngine

    model, x = build("basset", 1000), sequences(8, 1000)
    every = substitutions(x, np.broadcast_to(np.arange(1000), (8, 1000)), range(4))
    fast = FastEngine(model)
    list(fast.deltas([x], every))
    peer = subprocess.Popen(
        [sys.executable, "-m", "tests.speed.peer_fastism", *map(str, batches)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "TF_USE_LEGACY_KERAS": "1"},
    )  # fmt: skip
    assert peer.stdin is not None
    assert peer.stdout is not None

    def ask(batch: int) -> float:
        assert peer.stdin is not None
        assert peer.stdout is not None
        print(batch, file=peer.stdin, flush=True)
        for line in peer.stdout:
            if line.startswith("seconds "):
                return float(line.split()[1])
        raise RuntimeError("the process of the original fastISM ended")

    for batch in batches:  # warm-up: it traces each shape
        ask(batch)
    calls = {f"one call of fastISM at batch {b}": (lambda b=b: ask(b)) for b in batches}
    samples = rounds({"fast": timed(lambda: list(fast.deltas([x], every)), 8), **calls})
    peer.stdin.close()
    peer.wait()
    ours = median(samples["fast"])
    # A call writes one base at every position, whatever stands there: a scan takes four, as in its tutorial.
    theirs = {b: len("ACGT") * median(samples[f"one call of fastISM at batch {b}"]) for b in batches}
    return {
        "samples": samples,
        "fast_seconds_per_sequence": ours,
        "peer_seconds_per_sequence": {str(b): t for b, t in theirs.items()},
        "speedup_at_batch_8": theirs[8] / ours,
        "speedup_at_its_best": min(theirs.values()) / ours,
        "speedup_at_its_best_by_three_calls": 0.75 * min(theirs.values()) / ours,
    }


def integrated_gradients() -> dict[str, Any]:
    """alibi's Integrated Gradients, 50 steps, on Basset 1,000 bp with one output, against exact ISM."""
    from ismbench.engine.target import Target
    from ismbench.methods import BatchSizes, load

    model, x = build("basset", 1000), sequences(8, 1000)
    fast = load("fast_ism")(model, Target(), BatchSizes())
    calls: dict[str, Callable[[], float]] = {"fast": timed(lambda: fast(x), 8)}
    fast(x)
    for steps in (50, 100, 200):
        alibi = load("integrated_gradients_alibi")(model, Target(), BatchSizes(steps_per_forward=steps))
        alibi(x)
        calls[f"alibi at internal batch {steps}"] = timed(lambda a=alibi: a(x), 8)
    samples = rounds(calls)
    ours = median(samples.pop("fast"))
    theirs = {name: median(s) for name, s in samples.items()}
    return {"fast_seconds_per_sequence": ours, "alibi_seconds_per_sequence": theirs,
            "speedup_over_alibi": min(theirs.values()) / ours}  # fmt: skip


def memory(length: int, n: int) -> dict[str, Any]:
    """Peak memory of fast ISM on Basset beyond the model, the input and the result."""
    import psutil

    from ismbench.engine.mutagenesis import saturation_mutagenesis

    model, x = build("basset", length), sequences(n, length)
    model.predict(x[:1], verbose=0)
    before = psutil.Process().memory_info().rss
    result = saturation_mutagenesis(model, x)
    peak = (
        int(next(s for s in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in s).split()[1])
        * 1024
    )
    return {
        "length": length,
        "sequences": n,
        "bytes_beyond_model_and_result": peak - before - result.delta.nbytes,
    }


def honest_baseline() -> dict[str, Any]:
    """naive_ism of the suite against a plain compiled forward pass over as many full batches of 128."""
    import tensorflow as tf

    from ismbench.engine.target import Target
    from ismbench.methods import BatchSizes, load

    batch, batches = 128, 8
    model, x = build("basset", 1000), sequences(batch, 1000)
    positions = np.linspace(0, 999, batch * batches // 3).astype(int)
    naive = load("naive_ism")(
        model, Target(), BatchSizes(mutants_per_forward=batch), positions=positions.tolist()
    )
    forward = tf.function(lambda rows: model(rows, training=False))

    def plain() -> None:
        for _ in range(batches):
            forward(x).numpy()

    plain()
    naive(x[:1])
    samples = rounds(
        {"plain": timed(plain, batch * batches), "naive": timed(lambda: naive(x[:1]), 3 * len(positions))}
    )
    return {"samples": samples, "naive_over_plain": median(samples["plain"]) / median(samples["naive"])}


def never_slower() -> dict[str, Any]:
    """Fast ISM over naive ISM at its best batch, on models whose spans soon cover everything."""
    from tests.speed.spread import BODIES, LENGTH
    from tests.speed.spread import build as build_spread

    speedups = {name: engine(build_spread(name), LENGTH, 8) for name in BODIES}
    speedups |= {"bpnet": engine(build("bpnet", LENGTH), LENGTH, 8),
                 "tism_baseline": engine(build("tism_baseline", 250), 250, 8)}  # fmt: skip
    figures = {name: line["speedup_over_naive"] for name, line in speedups.items()}
    return {"speedup_over_naive": figures, "lowest_speedup_over_naive": min(figures.values()),
            "samples": {name: line["samples"] for name, line in speedups.items()}}  # fmt: skip


def scoring() -> dict[str, Any]:
    """`ismbench score` on 2,000 regions and the trained CTCF network; a turn takes minutes, so two are enough."""
    from tests.speed.scoring import throughput

    return throughput(2000, min(ROUNDS, 2))


def deepshap() -> dict[str, Any]:
    """shap's DeepExplainer with 10 references on Basset 1,000 bp with one output, against exact ISM."""
    from ismbench.engine.target import Target
    from ismbench.methods import BatchSizes, load

    model, x = build("basset", 1000), sequences(4, 1000)
    fast, shap = (load(name)(model, Target(), BatchSizes()) for name in ("fast_ism", "deepshap"))
    fast(x)
    shap(x)
    samples = rounds({"fast": timed(lambda: fast(x), 4), "deepshap": timed(lambda: shap(x), 4)})
    ours, theirs = (median(samples[name]) for name in ("fast", "deepshap"))
    return {"samples": samples, "fast_seconds_per_sequence": ours, "deepshap_seconds_per_sequence": theirs,
            "speedup_over_deepshap": theirs / ours}  # fmt: skip


def published(line: str) -> dict[str, Any]:
    """One of the large models, on runs of neighbouring positions at both ends, in the middle and between."""
    from tests.speed.published import MODELS as SHAPES
    from tests.speed.published import build as build_published

    length = SHAPES[line][1]
    runs = None if length < 1000 else [int(a) // RUN * RUN for a in np.linspace(0, length - 2 * RUN, 3)]
    return engine(build_published(line), length, 1, runs, batches=(16, 32), naive_positions=10)


def median(samples: list[float]) -> float:
    """Median."""
    return float(np.median(samples))


def main(line: str) -> None:
    """Prints one line of the table."""
    if line in MODELS:
        name, length, n = MODELS[line]
        result = engine(build(name, length), length, n)
    elif line in PUBLISHED:
        result = published(line)
    elif line.startswith("memory"):
        result = memory(*map(int, line.split("-")[1:]))
    else:
        lines = {
            "peer_fastism": peer_fastism,
            "integrated_gradients": integrated_gradients,
            "deepshap": deepshap,
            "honest_baseline": honest_baseline,
            "never_slower": never_slower,
            "scoring-2000": scoring,
        }
        result = lines[line]()
    print("measured " + json.dumps({"line": line, **result}))


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1])

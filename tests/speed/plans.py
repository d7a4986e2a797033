"""What the engine does with models of the shapes that people score, and what of each layer their targets need.

    python -m tests.speed.plans

writes results/engine/plans.md: nothing is timed, so every machine writes the same.
"""

from pathlib import Path

import keras

import ismbench
from ismbench.engine.explanation import Explanation
from tests.speed.published import MODELS, build

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "results" / "engine" / "plans.md"

CASES: dict[str, tuple[str, ismbench.Target]] = {
    "SpliceAI-10k, its 400 outputs": ("spliceai-400", ismbench.Target()),
    "SpliceAI-10k, one of them": ("spliceai-400", ismbench.Target(index=600)),
    "ChromBPNet, profile and count": ("chrombpnet-2114", ismbench.Target()),
    "ChromBPNet, 10 bins of the profile": (
        "chrombpnet-2114",
        ismbench.Target("profile", index=slice(495, 505)),
    ),
    "CREsted's topic network with its GELU": ("crested-500", ismbench.Target()),
}
"""Model and target of each, by what it is called on the page."""


def explained(name: str) -> Explanation:
    line, target = CASES[name]
    keras.backend.clear_session()  # names of layers count up
    return ismbench.explain(build(line), length=MODELS[line][1], target=target)


def page() -> str:
    """Key figures of all, and below them each plan whole."""
    found = {name: explained(name) for name in CASES}
    head = [
        "| Model and target | Positions | Least needed of a layer | Fewer multiply-adds | Predicted over naive |",
        "|---|--:|--:|--:|--:|",
    ]
    head += [
        f"| {name} | {e.length:,} | {_least(e)} | {e.full / e.done:.3g}x | {e.speedup:.3g}x |"
        for name, e in found.items()
    ]
    plans = [f"### {name}\n\n{explanation.to_markdown()}" for name, explanation in found.items()]
    return "\n\n".join(["\n".join(head), *plans]) + "\n"


def _least(explanation: Explanation) -> str:
    """The narrowest run of positions that is needed of a layer, such as "5,000-5,399 of 10,400"."""
    runs = [row.needed for row in explanation.rows if row.needed is not None]
    return str(min(runs, key=lambda run: run.stop - run.start)) if runs else "all"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Published figures of plans, to be read beside ours. They are data with a source: data/published_plans.json."""

import json
from importlib import resources

__all__ = ["published_figures"]


def published_figures(model: str, length: int, position: int, multiply_adds: int) -> str:
    """What a paper reports of this very case.

    Args:
        model: Name of the model.
        length: Positions of the mutated input.
        position: The mutated position, counted from 0.
        multiply_adds: Of a forward pass; another architecture of the same name is another case.

    Returns:
        The figures and their source, in one line; "" where nothing is published.
    """
    file = resources.files("ismbench") / "data" / "published_plans.json"
    for case in json.loads(file.read_text(encoding="utf-8")):
        least, most = case["multiply_adds"]
        same = case["model"] == model and case["length"] == length and position in case["positions"]
        if same and least <= multiply_adds <= most:
            return f"{case['source']}: {case['figures']}."
    return ""

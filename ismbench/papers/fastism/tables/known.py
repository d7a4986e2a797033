"""Published numbers as parts of rows of a comparison."""

from pathlib import PurePosixPath
from typing import Any

from ismbench.papers.core.published import PublishedNumber, PublishedNumbers

__all__ = ["ONE_SUBSTITUTION", "SECONDS", "SPEEDUP", "notebook", "published_ratio"]

SECONDS = "seconds per 100 sequences"
SPEEDUP = "speed-up over naive ISM"
ONE_SUBSTITUTION = "seconds per 100 sequences, one substitution a position"


def notebook(number: PublishedNumber) -> str:
    """How a row calls the notebook that a number comes from."""
    return f"notebook {PurePosixPath(number.source).stem}"


def published_ratio(published: PublishedNumbers, model: str, length: int, setting: str) -> dict[str, Any]:
    """Keywords of a row for a published speed-up: the time of naive ISM over that of the original fastISM."""
    quantity = SECONDS if setting else ONE_SUBSTITUTION
    fast, naive = (
        published.find(model=model, length=length, setting=setting, method=method, quantity=quantity)
        for method in ("peer_fastism", "naive_ism")
    )
    if fast is None or naive is None:
        return {"published": None}
    return {"published": naive.value / fast.value, "published_machine": fast.machine, "source": fast.source}

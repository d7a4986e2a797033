"""Published numbers as parts of rows of a comparison."""

from pathlib import PurePosixPath
from typing import Any

from ismbench.papers.core.published import PublishedNumber, PublishedNumbers

__all__ = ["ONE_SUBSTITUTION", "SECONDS", "SPEEDUP", "documented_ratio", "notebook", "published_ratio"]

SECONDS = "seconds per 100 sequences"
SPEEDUP = "speed-up over naive ISM"
ONE_SUBSTITUTION = "seconds per 100 sequences, one substitution a position"


def notebook(number: PublishedNumber) -> str:
    """How a row calls the notebook that a number comes from."""
    return f"notebook {PurePosixPath(number.source).stem}"


def published_ratio(published: PublishedNumbers, model: str, length: int, setting: str) -> dict[str, Any]:
    """Keywords of a row for a published speed-up: the time of naive ISM over that of the original fastISM."""
    quantity = SECONDS if setting else ONE_SUBSTITUTION
    return _ratio(published, model=model, length=length, setting=setting, quantity=quantity)


def documented_ratio(published: PublishedNumbers) -> dict[str, Any]:
    """Likewise, for the speed-up of Basset that the documentation prints."""
    return _ratio(published, table="documentation", model="basset", length=1000)


def _ratio(published: PublishedNumbers, **where: Any) -> dict[str, Any]:
    fast, naive = (published.find(method=method, **where) for method in ("peer_fastism", "naive_ism"))
    if fast is None or naive is None:
        return {"published": None}
    return {"published": naive.value / fast.value, "published_machine": fast.machine, "source": fast.source}

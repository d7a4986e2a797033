"""The papers behind the methods, regenerated: studies -> records -> tables, pictures, findings and one page.

Importing this package loads no backend; what a study computes runs in processes of its own.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from ismbench.errors import InputError
from ismbench.papers.core.paper import Paper

__all__ = ["PAPERS", "find_paper"]

PAPERS: Mapping[str, str] = {
    "fastism": "ismbench.papers.fastism",
    "tism": "ismbench.papers.tism",
}
"""Name of each paper and the module that describes it in ``PAPER``."""


def find_paper(name: str) -> Paper:
    """Imports the description of a paper.

    Args:
        name: A key of PAPERS.

    Raises:
        InputError: There is no such paper.
    """
    if name not in PAPERS:
        raise InputError(f"A paper must be one of {', '.join(PAPERS)}. Received: {name!r}")
    return cast(Paper, import_module(PAPERS[name]).PAPER)

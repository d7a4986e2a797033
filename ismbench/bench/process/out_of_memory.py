"""The words in which libraries say that memory ran out."""

import re

__all__ = ["says_out_of_memory"]

_WORDS = re.compile(
    r"out of memory|resource_?exhausted|\boom\b|bad_alloc|cannot allocate memory|failed to allocate|memoryerror",
    re.IGNORECASE,
)


def says_out_of_memory(text: str) -> bool:
    """Whether a text, such as what a library raised or wrote before its end, speaks of it."""
    return _WORDS.search(text) is not None

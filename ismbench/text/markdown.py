"""Markdown in one place: what is escaped, and how a table is laid out."""

from collections.abc import Collection, Iterable, Sequence

__all__ = ["escaped", "escaped_for_comment", "table"]

_SIGNS = frozenset("\\|*_<>`$[")


def escaped(text: str) -> str:
    """One line in which no letter has a meaning to Markdown or HTML; line ends become spaces."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in " ".join(text.split()))


def escaped_for_comment(text: str) -> str:
    """The same for a comment on a forge, where a name with "@" would call somebody, and one with "#" link an issue."""
    return escaped(text).replace("#", "&#35;").replace("@", "&#64;")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = ()) -> str:
    """A table whose cells are Markdown already.

    Args:
        heads: One heading a column.
        rows: As many cells each.
        right: Columns that are aligned to the right, counted from 0.
    """
    rule = " | ".join("---:" if i in right else "---" for i in range(len(heads)))
    lines = (f"| {' | '.join(row)} |" for row in (heads, *rows))
    head, *body = lines
    return "\n".join([head, f"| {rule} |", *body])

"""How a comparison writes changes."""

__all__ = ["change_words"]


def change_words(relative: float) -> str:
    """A relative change: in percent up to its double, such as 12.5%, then as a factor, such as 3.20×."""
    return f"{relative:.1%}" if relative < 1 else f"{1 + relative:.3g}×"

"""What the first bytes of a text file tell of how it was saved."""

__all__ = ["check_marks"]

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def check_marks(head: bytes) -> None:
    """Raises ValueError where a file that begins so cannot be read as UTF-8 or a relative of ASCII.

    Args:
        head: Its first bytes.
    """
    if head.startswith(_UTF16_MARKS):
        raise ValueError("it is UTF-16; save it as UTF-8")
    if b"\0" in head:
        raise ValueError("it holds zero bytes, and is no text")

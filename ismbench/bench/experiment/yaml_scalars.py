"""What a plain word of a YAML file means: only what YAML 1.1 and YAML 1.2 agree about.

PyYAML reads YAML 1.1, where 060 is 48, 1:30 is 90 and ``no`` is false; most people and programs think of YAML 1.2.
"""

import re

import yaml

__all__ = ["AmbiguousScalarError", "Scalar", "read_scalar"]

Scalar = str | int | float | bool | None

_YAML_1_1 = yaml.SafeLoader("")
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class AmbiguousScalarError(ValueError):
    """A word that two versions of YAML read in different ways."""


def read_scalar(node: yaml.ScalarNode) -> Scalar:
    """The value of a word or a quoted text; a date stays text.

    Raises:
        AmbiguousScalarError: It is 060, 1:30, 1_000, yes or the like; the message says what to write.
    """
    if node.style is not None:
        return str(node.value)
    older, newer = _by_1_1(node), _by_1_2(str(node.value))
    # PyYAML takes 1e3 for text, which YAML 1.1 does not say: a number is what everybody means.
    exponent = isinstance(newer, float) and isinstance(older, str)
    if exponent or (type(older) is type(newer) and repr(older) == repr(newer)):
        return newer
    raise AmbiguousScalarError(
        f"{node.value} is {_words(older)} in YAML 1.1 and {_words(newer)} in YAML 1.2; {_advice(older)}"
    )


def _by_1_1(node: yaml.ScalarNode) -> Scalar:
    try:
        value = _YAML_1_1.construct_object(node)
    except (ValueError, OverflowError, yaml.YAMLError):  # such as 2001-99-99, or = alone
        return str(node.value)
    return value if isinstance(value, str | int | float | bool | None) else str(node.value)


def _by_1_2(text: str) -> Scalar:
    """By the core schema of YAML 1.2.2, section 10.3.2."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    try:
        if _INT.fullmatch(text):
            return int(text)
        if _OTHER_BASE.fullmatch(text):
            return int(text, 0)
    except ValueError:  # thousands of digits
        return text
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _words(value: Scalar) -> str:
    return "text" if isinstance(value, str) else repr(value).lower()


def _advice(older: Scalar) -> str:
    if isinstance(older, bool):
        return f"write {str(older).lower()}, or put it in quotes"
    return "write the number without leading zeros, colons and underscores, or put it in quotes"

"""Which outputs of a model are explained, by number, by name, or all in one; and what they are called."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ismbench.bench.experiment.refusals import hint
from ismbench.engine.graph import read_graph
from ismbench.engine.target import Target
from ismbench.errors import InputError

__all__ = ["Outputs", "choose_outputs", "read_labels"]


@dataclass(frozen=True)
class Outputs:
    """The numbers that are explained.

    Attributes:
        target: As methods take it.
        labels: One per number.
    """

    target: Target
    labels: tuple[str, ...]


def choose_outputs(words: str, names: tuple[str, ...]) -> Outputs:
    """Reads the option --target.

    Args:
        words: "every", "sum", "mean", or numbers or names separated by commas.
        names: Of all outputs of the model, flattened.

    Raises:
        InputError: There is no such output.
    """
    if words == "every":
        return Outputs(Target(), names)
    if words in ("sum", "mean"):
        return Outputs(Target(reduce=words), (f"{words} of {len(names)} outputs",))
    # A name may hold commas.
    chosen = tuple(_number(w.strip(), names) for w in ([words] if words in names else words.split(",")))
    return Outputs(Target(index=chosen), tuple(names[i] for i in chosen))


def read_labels(path: Path) -> tuple[str, ...]:
    """The first word of each line, up to a tab or comma; a first line that begins with a tab is a heading."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"A labels file must be text. Received: {path}: {error}") from None
    words = [line.replace(",", "\t").split("\t")[0].strip() for line in lines if line.strip()]
    return tuple(words[1:] if words and not words[0] else words)


def output_names(model: Any, labels: Path | None) -> tuple[str, ...]:
    """Names of all outputs of a model, flattened.

    Raises:
        InputError: The file has another number of labels, or the model's outputs have no fixed size.
    """
    shapes = [tuple(t.shape[1:]) for t in model.outputs]
    if any(n is None for shape in shapes for n in shape):
        raise InputError(f"A model's outputs must have a fixed size; give --length. Received: {shapes}")
    own = tuple(
        name
        for head, shape in zip(read_graph(model).output_names, shapes, strict=True)
        for name in _flat_names(str(head), shape)
    )
    if labels is None:
        return own
    given = read_labels(labels)
    if len(given) != len(own):
        raise InputError(
            f"A labels file must have a line for each of the model's {len(own)} outputs. Received: {labels} with"
            f" {len(given)}"
        )
    return given


def _flat_names(head: str, shape: tuple[int, ...]) -> list[str]:
    names = [head]
    for n in shape if shape != (1,) else ():
        names = [f"{name}.{i}" for name in names for i in range(n)]
    return names


def _number(word: str, names: tuple[str, ...]) -> int:
    if names.count(word) > 1:
        raise InputError(
            f"A name must belong to one output. Received: {word!r}, which {names.count(word)} outputs have; give"
            f" the number, the first is {names.index(word)}"
        )
    if word in names:
        return names.index(word)
    try:
        number = int(word)
    except ValueError:
        raise InputError(
            f"A target must be every, sum, mean, or numbers or names of outputs. Received: {word!r}"
            f"{hint(word, names[:20])}"
        ) from None
    if not 0 <= number < len(names):
        raise InputError(
            f"A target's number must lie in 0..{len(names) - 1}, the outputs of the model. Received: {number}"
        )
    return number

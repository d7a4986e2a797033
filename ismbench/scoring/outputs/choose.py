"""From what a user says to what is explained: words such as "counts,sum:profile", numbers, or Target objects."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import numpy as np

from ismbench.bench.experiment.refusals import hint
from ismbench.engine.target import Target
from ismbench.errors import InputError
from ismbench.scoring.outputs.heads import Head, Heads
from ismbench.scoring.outputs.selection import Outputs, Term

__all__ = ["choose_outputs"]

_REDUCES = ("sum", "mean")
_MOST_HINTS = 20
Named = tuple[Term, tuple[str, ...]]


def choose_outputs(target: str | Sequence[str | Target], heads: Heads, model: Any, length: int) -> Outputs:
    """Decides what is explained.

    Args:
        target: Words with commas, or a sequence of words and targets. A word is "every", a head's name, an output's
            name or number, or "sum" or "mean" of all outputs or, as "sum:profile", of a head.
        heads: Of the model.
        model: For targets with a function, of which only the model tells how many numbers they give.
        length: Positions of its input.

    Raises:
        InputError: There is no such output.
    """
    words = _split(target, heads) if isinstance(target, str) else list(target)
    found = [
        _of_target(word, heads, model, length) if isinstance(word, Target) else _of_word(word, heads)
        for word in words
    ]
    if not found:
        raise InputError("A target names at least one output. Received: none")
    return Outputs(
        heads, tuple(term for term, _ in found), tuple(label for _, some in found for label in some)
    )


def _split(words: str, heads: Heads) -> list[str | Target]:
    # A name may hold commas.
    return [words] if words in heads.labels else [word.strip() for word in words.split(",")]


def _of_word(word: str, heads: Heads) -> Named:
    if word == "every":
        return Term(tuple(range(len(heads.labels)))), heads.labels
    if word in _REDUCES and word not in heads.labels:
        return _reduced(word, tuple(range(len(heads.labels))), f"{word} of {len(heads.labels)} outputs")
    reduce, colon, name = word.partition(":")
    if colon and reduce in _REDUCES and word not in heads.labels:
        head = heads.find(name)
        if head is None:
            raise InputError(
                f"{reduce}: is followed by the name of a head. Received: {word!r}{hint(name, _names(heads))}"
            )
        return _reduced(reduce, tuple(head.columns), f"{reduce} of {name}")
    head = heads.find(word)
    if head is not None and word not in heads.labels:
        return Term(tuple(head.columns)), tuple(heads.labels[i] for i in head.columns)
    number = _number(word, heads)
    return Term((number,)), (heads.labels[number],)


def _reduced(word: str, columns: tuple[int, ...], label: str) -> Named:
    return Term(columns, cast(Literal["sum", "mean"], word)), (label,)


def _of_target(target: Target, heads: Heads, model: Any, length: int) -> Named:
    if type(target) is not Target or target.function is not None:
        from ismbench.methods.target_function import TargetFunction

        count = int(TargetFunction(model, target)(np.zeros((1, length, 4), np.float32)).shape[1])
        return Term(function=target, count=count), ("target",) if count == 1 else tuple(
            f"target.{i}" for i in range(count)
        )
    target.check([head.name for head in heads.heads], [head.shape for head in heads.heads])
    head = _head(target.output, heads)
    columns = tuple(range(len(heads.labels))) if head is None else tuple(head.columns)
    if isinstance(target.index, slice):
        columns = columns[target.index]
    elif target.index is not None:
        wanted = (target.index,) if isinstance(target.index, int) else target.index
        columns = tuple(columns[i] for i in wanted)
    if target.reduce is not None:
        what = f"{len(columns)} outputs" if head is None or target.index is not None else head.name
        return _reduced(target.reduce, columns, f"{target.reduce} of {what}")
    return Term(columns), tuple(heads.labels[i] for i in columns)


def _head(output: int | str | None, heads: Heads) -> Head | None:
    if output is None:
        return None
    return heads.find(output) if isinstance(output, str) else heads.heads[output]


def _names(heads: Heads) -> list[str]:
    """What may be said: heads, where there are several, then the first outputs."""
    several = [head.name for head in heads.heads] if len(heads.heads) > 1 else []
    return list(dict.fromkeys([*several, *heads.labels[:_MOST_HINTS]]))


def _number(word: str, heads: Heads) -> int:
    names = heads.labels
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
            "A target must be every, sum, mean, or numbers or names of outputs or heads. Received:"
            f" {word!r}{hint(word, _names(heads))}"
        ) from None
    if not 0 <= number < len(names):
        raise InputError(
            f"A target's number must lie in 0..{len(names) - 1}, the outputs of the model. Received: {number}"
        )
    return number

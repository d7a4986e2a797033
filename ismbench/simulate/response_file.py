"""A response as a file: the truth that goes with the weights of a model that was trained on it."""

import json
from os import PathLike
from pathlib import Path

import numpy as np

from ismbench.errors import InputError
from ismbench.files import write_text
from ismbench.simulate.grammar import Grammar
from ismbench.simulate.motifs import read_motifs
from ismbench.simulate.response import Response

__all__ = ["read_response", "write_response"]


def write_response(response: Response, path: str | PathLike[str]) -> None:
    """Writes a response of shipped motifs as JSON."""
    grammar = response.grammar
    values = {
        "motifs": grammar.motifs,
        "pairs": grammar.pairs,
        "single": grammar.single.tolist(),
        "pair": grammar.pair.tolist(),
        "ceiling": grammar.ceiling,
        "middle": response.middle.tolist(),
        "spread": response.spread.tolist(),
        "level": response.level,
    }
    write_text(Path(path), json.dumps(values, indent=1) + "\n")


def read_response(path: str | PathLike[str]) -> Response:
    """Reads what ``write_response`` wrote.

    Raises:
        InputError: The file is missing, or is none.
    """
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
        single, pair, middle, spread = (
            np.array(values[name], dtype=np.float64) for name in ("single", "pair", "middle", "spread")
        )
        pairs = tuple((int(m), int(n)) for m, n in values["pairs"])
        grammar = Grammar(tuple(values["motifs"]), pairs, single, pair, float(values["ceiling"]))
        shipped = read_motifs()
        unknown = sorted(set(grammar.motifs) - set(shipped))
        if unknown:
            raise ValueError(f"no motif {unknown[0]!r} ships")
        motifs = tuple(shipped[name] for name in grammar.motifs)
        response = Response(grammar, motifs, middle, spread, float(values["level"]))
        _check(response)
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"A response must be a file that a training wrote. Received: {path}: {reason}"
        ) from None
    return response


def _check(response: Response) -> None:
    grammar, k = response.grammar, len(response.spread)
    m, p = len(grammar.motifs), len(grammar.pairs)
    wanted = (
        (grammar.single, (k, m)),
        (grammar.pair, (k, p)),
        (response.middle, (k,)),
        (response.spread, (k,)),
    )
    if any(array.shape != shape or not np.isfinite(array).all() for array, shape in wanted):
        raise ValueError("its arrays do not fit together")
    if not (response.spread > 0).all() or not grammar.ceiling > 0:
        raise ValueError("its spread and its ceiling must be above 0")
    if any(not (0 <= i < m and 0 <= j < m) for i, j in grammar.pairs):
        raise ValueError("its pairs must be pairs of its motifs")

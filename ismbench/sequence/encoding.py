"""Letters to one-hot arrays and back, and the checks that every entry point makes of its input."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError

__all__ = ["DNA", "OneHot", "check_one_hot", "decode", "one_hot", "reverse_complement"]

OneHot = npt.NDArray[np.float32]
"""float32 (N, L, A): one 1 per column, or none where the letter is ambiguous."""

DNA = "ACGT"
"""The alphabet of DNA, in the order of the channels."""

IUPAC_AMBIGUOUS = "NRYSWKMBDHV"
"""Codes of the nucleotide nomenclature that stand for more than one base (IUPAC-IUB 1984)."""

_UNKNOWN = 255  # marks, in the table of letter codes, a letter that is neither in the alphabet nor ambiguous


def one_hot(sequences: Sequence[str], alphabet: str = DNA, *, names: Sequence[str] | None = None) -> OneHot:
    """Encodes sequences of one length.

    Upper and lower case are the same letter. An ambiguous letter becomes an all-zero column: the IUPAC codes
    (N, R, Y, ...) where the alphabet is made of nucleotides, X in any other alphabet.

    Args:
        sequences: The letters, one string per sequence, all equally long.
        alphabet: The letters of the A channels, in order.
        names: Names of the sequences for error messages; their numbers by default.

    Returns:
        float32 (N, L, A).

    Raises:
        InputError: A letter outside of the alphabet, sequences of different lengths, or no letters at all.
    """
    if isinstance(sequences, str):
        raise InputError("one_hot takes a list of sequences. Received: one string; write one_hot([sequence])")
    names = [f"sequence {i}" for i in range(len(sequences))] if names is None else names
    _check_lengths(sequences, names)
    table = _code_table(alphabet)
    codes = np.stack([_codes(s, name, table, alphabet) for s, name in zip(sequences, names, strict=True)])
    rows = np.concatenate([np.eye(len(alphabet), dtype=np.float32), np.zeros((1, len(alphabet)), np.float32)])
    return rows[codes]


def decode(x: npt.ArrayLike, alphabet: str = DNA) -> list[str]:
    """Turns one-hot columns back into letters.

    Args:
        x: (N, L, A), one-hot; an all-zero column becomes N (X in an alphabet that is not of nucleotides).
        alphabet: The letters of the A channels, in order.

    Returns:
        N strings of L letters.

    Raises:
        InputError: ``x`` is not one-hot, or does not have one channel per letter.
    """
    x = check_one_hot(x, alphabet_size=len(alphabet))
    letters = np.array([*alphabet, _ambiguous(alphabet)[0]])
    codes = np.where(x.any(axis=2), x.argmax(axis=2), len(alphabet))
    return ["".join(row) for row in letters[codes]]


def check_one_hot(
    x: Any, *, alphabet_size: int | None = None, allow_soft: bool = False, name: str = "x"
) -> OneHot:
    """Validates an array of sequences.

    Args:
        x: Array-like (N, L, A) of numbers.
        alphabet_size: The A that is required; any by default.
        allow_soft: Also accept columns of probabilities (non-negative, sum 1).
        name: What error messages call it.

    Returns:
        float32 (N, L, A); ``x`` itself where it already is that, never a modified one.

    Raises:
        InputError: Wrong rank or size, or a column that is neither one-hot nor all zero.
    """
    array = np.asarray(x)
    _check_shape(array, alphabet_size, name)
    if array.dtype.kind not in "biuf":
        raise InputError(
            f"{name} must hold numbers. Received: dtype {array.dtype}; encode letters with one_hot"
        )
    array = array.astype(np.float32, copy=False)
    bad = ~_valid_columns(array, allow_soft)
    if bad.any():
        n, i = np.argwhere(bad)[0]
        rule = (
            "be one-hot, non-negative with sum 1, or all zero" if allow_soft else "be one-hot or all zero (N)"
        )
        values = ", ".join(f"{v:g}" for v in array[n, i])
        raise InputError(
            f"Every column of {name} must {rule}. Received: [{values}] in sequence {n} at position {i}"
            f" ({int(bad.sum())} such columns)"
        )
    return array


def reverse_complement(x: npt.ArrayLike) -> OneHot:
    """Returns the other strand of DNA in channel order A, C, G, T.

    Args:
        x: (..., L, 4); any values, so that it also turns score maps around.

    Returns:
        The same shape; position and channel axes reversed, because A-T and C-G are mirror images in ACGT.

    Raises:
        InputError: The last axis is not of size 4.
    """
    array = np.asarray(x)
    if array.ndim < 2 or array.shape[-1] != len(DNA):
        raise InputError(f"reverse_complement takes (..., L, 4), order ACGT. Received: shape {array.shape}")
    return np.ascontiguousarray(array[..., ::-1, ::-1])


def _ambiguous(alphabet: str) -> str:
    if set(alphabet) <= set("ACGTU"):
        return IUPAC_AMBIGUOUS
    return "X" if "X" not in alphabet else ""


def _code_table(alphabet: str) -> npt.NDArray[np.uint8]:
    if not alphabet.isascii() or not alphabet.isupper() or len(set(alphabet)) != len(alphabet):
        raise InputError(f"An alphabet is made of different capital letters. Received: {alphabet!r}")
    table = np.full(256, _UNKNOWN, dtype=np.uint8)
    for letters, code in [(_ambiguous(alphabet), len(alphabet)), *((a, i) for i, a in enumerate(alphabet))]:
        for letter in letters:
            table[[ord(letter), ord(letter.lower())]] = code
    return table


def _codes(sequence: str, name: str, table: npt.NDArray[np.uint8], alphabet: str) -> npt.NDArray[np.uint8]:
    # A letter outside of ASCII becomes one "?", so that positions stay what they were.
    codes = table[np.frombuffer(sequence.encode("ascii", errors="replace"), dtype=np.uint8)]
    if _UNKNOWN in codes:
        i = int(np.argmax(codes == _UNKNOWN))
        raise InputError(
            f"A sequence may hold the letters {alphabet} and the ambiguous {_ambiguous(alphabet)}. Received:"
            f" {sequence[i]!r} in {name} at position {i + 1} (counted from 1)"
        )
    return codes


def _check_lengths(sequences: Sequence[str], names: Sequence[str]) -> None:
    if len(names) != len(sequences):
        raise InputError(
            f"Every sequence needs one name. Received: {len(names)} names, {len(sequences)} sequences"
        )
    if not len(sequences):
        raise InputError("At least one sequence is needed. Received: none")
    for sequence, name in zip(sequences, names, strict=True):
        if not sequence:
            raise InputError(f"A sequence needs at least one letter. Received: {name}, which is empty")
        if len(sequence) != len(sequences[0]):
            raise InputError(
                f"All sequences must have one length. Received: {len(sequences[0])} in {names[0]} and"
                f" {len(sequence)} in {name}; cut or pad them (read_fasta takes a length)"
            )


def _check_shape(array: npt.NDArray[Any], alphabet_size: int | None, name: str) -> None:
    sizes = f"(N, L, {'A' if alphabet_size is None else alphabet_size})"
    if array.ndim != 3 or 0 in array.shape:
        hint = f"; one sequence is {name}[None]" if array.ndim == 2 else ""
        raise InputError(f"{name} must have the shape {sizes}, none of them 0. Received: {array.shape}{hint}")
    if alphabet_size is not None and array.shape[2] != alphabet_size:
        hint = "; channels come last: np.swapaxes(x, 1, 2)" if array.shape[1] == alphabet_size else ""
        raise InputError(f"{name} must have the shape {sizes}. Received: {array.shape}{hint}")


def _valid_columns(array: OneHot, allow_soft: bool) -> npt.NDArray[np.bool_]:
    total = array.sum(axis=2)
    if allow_soft:
        fine = (array >= 0).all(axis=2)  # False for NaN
        return np.asarray(fine & (np.isclose(total, 1, atol=1e-4) | (total == 0)))
    binary = ((array == 0) | (array == 1)).all(axis=2)
    return np.asarray(binary & (total <= 1))

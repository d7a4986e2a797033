"""ImmGen's accessible regions as AI-TAC and Taylor ISM were trained on them: peaks, and a matrix of signals.

Yoshida et al., Cell 176:897, 2019; Maslova et al., PNAS 117:25655, 2020.
"""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence import SequenceSet, SignalSet, check_one_hot, read_fasta

__all__ = ["read_immgen"]

_MOST_BYTES = 2**33


def read_immgen(
    sequences: Path,
    signals: Path,
    names: Path | None = None,
    *,
    length: int | None = None,
    limit: int | None = None,
) -> SignalSet:
    """Reads peaks and their signals.

    Args:
        sequences: FASTA, or one-hot ``.npy`` (N, 4, L) as AI-TAC has it, or (N, L, 4); order A, C, G, T.
        signals: ``.npy`` (N, K), rows in the order of the sequences; or a table, ``.csv`` or ``.tsv``, whose first
            column names the peaks and whose header names the cell types, rows in any order.
        names: Peak names in the order of a ``.npy`` of sequences; needed with a table of signals.
        length: Positions to keep, the centre of longer sequences; all by default.
        limit: Only so many sequences from the start.

    Returns:
        The sequences that have signals, in their order.

    Raises:
        InputError: A file is missing or broken, or the two do not belong together.
    """
    peaks = _sequences(sequences, names, length, limit)
    if signals.suffix == ".npy":
        values = _array(signals)
        outputs = tuple(f"cell_type_{k}" for k in range(values.shape[-1]))
        rows = values[: len(peaks)] if limit is not None else values
        if rows.ndim != 2 or len(rows) != len(peaks):
            raise InputError(
                f"Signals must have one row for each of the {len(peaks)} sequences. Received: {signals} with shape"
                f" {values.shape}"
            )
        return SignalSet(peaks, rows.astype(np.float32), outputs)
    return _joined(peaks, *_table(signals), signals)


def _sequences(path: Path, names: Path | None, length: int | None, limit: int | None) -> SequenceSet:
    if path.suffix != ".npy":
        return read_fasta(path, length, limit=limit)
    array = _array(path)
    if array.ndim != 3 or 4 not in array.shape[1:]:
        raise InputError(
            f"One-hot sequences must be (N, 4, L) or (N, L, 4). Received: {path} with shape {array.shape}"
        )
    array = array[:limit]
    x = check_one_hot(np.swapaxes(array, 1, 2) if array.shape[2] != 4 else array, name=str(path))
    if length is not None:
        if x.shape[1] < length:
            raise InputError(
                f"Sequences must be at least as long as the model's input, {length}. Received: {path} with {x.shape[1]}"
            )
        start = (x.shape[1] - length) // 2
        x = x[:, start : start + length]
    labels = [f"peak_{i}" for i in range(len(x))] if names is None else _names(names)[:limit]
    return SequenceSet(tuple(labels), np.ascontiguousarray(x), f"immgen:{path.name}")


def _names(path: Path) -> list[str]:
    """Letters, or the bytes that NumPy makes of them."""
    found = _array(path).ravel()
    try:
        return [v.decode() if isinstance(v, bytes) else str(v) for v in found.tolist()]
    except UnicodeDecodeError:
        raise InputError(f"Names must be text. Received: {path}, which holds other bytes") from None


def _array(path: Path) -> npt.NDArray[np.generic]:
    if not path.is_file():
        raise InputError(f"A data file must exist. Received: {path}")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES:,} bytes")
        return np.asarray(np.load(path, allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"A .npy file must hold one array of plain values. Received: {path}: {reason}"
        ) from None


def _table(path: Path) -> tuple[tuple[str, ...], dict[str, list[float]]]:
    """Names of the columns, and the values of each row by its name."""
    if path.suffix not in (".csv", ".tsv") or not path.is_file():
        raise InputError(f"Signals must be an existing .npy, .csv or .tsv. Received: {path}")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, delimiter="," if path.suffix == ".csv" else "\t")
        head = next(reader, [])
        rows: dict[str, list[float]] = {}
        for row in filter(None, reader):
            try:
                rows[row[0]] = [float(value) for value in row[1:]]
            except ValueError:
                raise InputError(
                    f"Signals must be numbers. Received: {path}, line {reader.line_num}: {row[1:4]}"
                ) from None
            if len(row) != len(head):
                raise InputError(
                    f"Every row of signals must have {len(head)} columns. Received: {path}, line {reader.line_num}"
                )
    return tuple(head[1:]), rows


def _joined(
    peaks: SequenceSet, outputs: tuple[str, ...], rows: dict[str, list[float]], path: Path
) -> SignalSet:
    known = [i for i, name in enumerate(peaks.names) if name in rows]
    if not known:
        raise InputError(
            f"Signals must name peaks of the sequences. Received: {path}, which names none of them"
        )
    values = np.array([rows[peaks.names[i]] for i in known], dtype=np.float32)
    return SignalSet(peaks.take(known), values, outputs)

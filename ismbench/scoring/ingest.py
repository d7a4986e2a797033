"""The input becomes the store's coordinates and one-hot arrays; the store is then the list of work."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.fingerprint import Fingerprint
from ismbench.scoring.inputs.input_record import Broken, Record, Records
from ismbench.scoring.store_layout import BASES, Layout
from ismbench.sequence import one_hot

__all__ = ["encode", "fingerprint", "ingest"]

Columns = dict[str, NDArray[Any]]
_KNOWN = re.compile("[ACGT]")


def ingest(group: Any, layout: Layout, records: Records, *, skip: bool) -> str:
    """Writes all records into a new store, a few at a time.

    Args:
        group: Of the store.
        layout: Of the store.
        records: Read lazily.
        skip: Keep the place and the reason of a broken record, instead of raising.

    Returns:
        The fingerprint of what was read.

    Raises:
        InputError: A broken record, or no record at all.
    """
    found = Fingerprint()
    for columns in _columns(records, layout, skip=skip):
        count, more = found.records, len(columns["reason"])
        store.resize(group, layout, count + more)
        store.write(group, count, columns)
        found.add(columns)
    return found.hexdigest()


def fingerprint(layout: Layout, records: Records, *, skip: bool) -> str:
    """What `ingest` would return, without a store.

    Raises:
        InputError: As for `ingest`.
    """
    found = Fingerprint()
    for columns in _columns(records, layout, skip=skip):
        found.add(columns)
    return found.hexdigest()


def _columns(records: Records, layout: Layout, *, skip: bool) -> Iterator[Columns]:
    block = next(v.rows for v in layout.variables if v.name == layout.record)
    none = True
    for part in _batches(records, block):
        none = False
        yield encode(part, layout, skip=skip)
    if none:
        raise InputError("An input needs at least one record. Received: none")


def encode(part: list[Record | Broken], layout: Layout, *, skip: bool) -> Columns:
    """Arrays of some records, by the names of the store's variables."""
    fine = [_checked(record, layout) for record in part]
    broken = next((r for r in fine if isinstance(r, Broken)), None)
    if broken is not None and not skip:
        raise InputError(broken.reason)
    columns = _places(fine, layout)
    columns["reason"] = _text(r.reason if isinstance(r, Broken) else "" for r in fine)
    letters = [None if isinstance(r, Broken) else r.letters for r in fine]
    whole = _one_hot(letters, layout.sizes["position"] + 2 * layout.flank)
    end = layout.flank + layout.sizes["position"]
    columns["one_hot"] = whole[:, layout.flank : end]
    if layout.flank:
        columns["flanks"] = np.concatenate([whole[:, : layout.flank], whole[:, end:]], axis=1)
    if layout.variants:
        others = [None if isinstance(r, Broken) or r.variant is None else r.variant.letters for r in fine]
        columns["alternate_one_hot"] = _one_hot(others, layout.sizes["position"])
    else:
        first, stop = layout.window
        there = columns["one_hot"][:, first:stop].any(axis=2)
        known = columns["reason"] == ""
        columns["unknown"] = np.where(known, (~there).sum(axis=1), 0)
    return columns


def _places(part: list[Record | Broken], layout: Layout) -> Columns:
    columns: Columns = {
        layout.record: _text(r.name for r in part),
        "chrom": _text(r.chrom for r in part),
        "start": np.array([r.start for r in part], np.int64),
        "end": np.array([r.end for r in part], np.int64),
    }
    if not layout.variants:
        columns["strand"] = _text("." if isinstance(r, Broken) else r.strand for r in part)
        return columns
    changes = [_change(record) for record in part]
    columns["pos"] = np.array([c[0] for c in changes], np.int64)
    columns["ref"], columns["alt"] = (_text(str(c[i]) for c in changes) for i in (1, 2))
    columns["line"] = np.array([-1 if r.line is None else r.line.number for r in part], np.int64)
    columns["line_text"] = _text("" if r.line is None else r.line.text for r in part)
    return columns


def _change(record: Record | Broken) -> tuple[int, str, str]:
    """Position, from 1, and alleles of a variant."""
    if isinstance(record, Broken):
        return record.start + 1, record.ref, record.alt
    assert record.variant is not None
    return record.variant.position, record.variant.ref, record.variant.alt


def _checked(record: Record | Broken, layout: Layout) -> Record | Broken:
    """A record whose letters are all letters of DNA, some of them known."""
    if isinstance(record, Broken):
        return record
    first, end = (layout.flank + place for place in layout.window)
    if record.variant is None and not _KNOWN.search(record.letters, first, end):
        reason = f"A record needs a known letter (A, C, G, T) to score. Received: {record.name} with none"
        return Broken(record.name, reason, record.chrom, record.start, record.end)
    try:
        one_hot([record.letters], names=[record.name])
    except InputError as error:
        change = record.variant
        if change is None:
            return Broken(record.name, str(error), record.chrom, record.start, record.end)
        place, ref, alt = change.position - 1, change.ref, change.alt
        end = place + len(ref)
        return Broken(record.name, str(error), record.chrom, place, end, ref, alt, record.line)
    return record


def _one_hot(letters: list[str | None], width: int) -> NDArray[np.int8]:
    x = np.zeros((len(letters), width, len(BASES)), np.int8)
    for row, text in zip(x, letters, strict=True):
        if text is not None:
            row[:] = one_hot([text])[0]
    return x


def _text(words: Iterable[str]) -> NDArray[Any]:
    return np.array(list(words), dtype=object)


def _batches(records: Records, size: int) -> Iterator[list[Record | Broken]]:
    while part := list(islice(records, size)):
        yield part

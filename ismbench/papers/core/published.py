"""Published numbers. They are data with a source: ``data/published/*.csv``, one file a paper."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from ismbench.errors import InputError

__all__ = ["COLUMNS", "PublishedNumber", "PublishedNumbers", "published_value", "read_published"]


@dataclass(frozen=True)
class PublishedNumber:
    """One number of a publication.

    Attributes:
        paper: Short name of the publication.
        table: Where in it, such as "Table 1".
        model: Name of the model, as in ``models/``.
        length: Positions of the sequence; None where it does not matter or is not said.
        setting: What else tells the row from others, such as "kernel_width=10"; "" where nothing does.
        method: A key of ``ismbench.methods.METHODS`` where it is one of these.
        quantity: What it is.
        unit: Of the value.
        value: The number.
        machine: What it was measured on; "not stated" where the source does not say.
        source: Where it can be looked up.
        text: The publication's text that has it, a stem of a file; "" where it is from elsewhere.
        quote: Words of that text which hold the value; "" where there is no text.
    """

    paper: str
    table: str
    model: str
    length: int | None
    setting: str
    method: str
    quantity: str
    unit: str
    value: float
    machine: str
    source: str
    text: str
    quote: str


COLUMNS = tuple(field.name for field in fields(PublishedNumber))


@dataclass(frozen=True)
class PublishedNumbers:
    """Numbers of one or more papers.

    Attributes:
        rows: All of them.
    """

    rows: tuple[PublishedNumber, ...]

    def __iter__(self) -> Iterator[PublishedNumber]:
        return iter(self.rows)

    def select(self, **values: object) -> "PublishedNumbers":
        """The rows whose columns have these values."""
        return PublishedNumbers(
            tuple(row for row in self.rows if all(getattr(row, k) == v for k, v in values.items()))
        )

    def find(self, **values: object) -> PublishedNumber | None:
        """The row whose columns have these values; None where no source has it.

        Raises:
            InputError: There are several.
        """
        found = self.select(**values).rows
        if len(found) > 1:
            raise InputError(
                f"A published number must be named by one row. Received: {values}, which name {len(found)}"
            )
        return found[0] if found else None


def read_published(names: Sequence[str], folder: Traversable | None = None) -> PublishedNumbers:
    """Reads published numbers.

    Args:
        names: Papers; each has a file NAME.csv. A paper without a file has no numbers.
        folder: Where the files are; by default those that ship with the package.

    Raises:
        InputError: A file is broken; the message names it and the line.
    """
    folder = folder or resources.files("ismbench") / "data" / "published"
    rows: list[PublishedNumber] = []
    for name in names:
        file = folder / f"{name}.csv"
        if file.is_file():
            rows += _read(file)
    return PublishedNumbers(tuple(rows))


def _read(file: Traversable) -> Iterator[PublishedNumber]:
    reader = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"Published numbers have the columns {','.join(COLUMNS)}. Received: {file}")
    for row in reader:
        try:
            if None in row or None in row.values():
                raise ValueError(f"not {len(COLUMNS)} columns")
            yield _number(row)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"A published number must have a value and a source. Received: {file}, line {reader.line_num}: {error}"
            ) from None


def _number(row: dict[str, str]) -> PublishedNumber:
    texts = {k: row[k].strip() for k in COLUMNS if k not in ("length", "value")}
    if not texts["source"] or not texts["machine"]:
        raise ValueError("no source or machine")
    if bool(texts["text"]) != bool(texts["quote"]):
        raise ValueError("a text without a quote, or a quote without its text")
    length = int(row["length"]) if row["length"].strip() else None
    return PublishedNumber(**texts, length=length, value=float(row["value"]))


def published_value(known: PublishedNumber | None) -> dict[str, Any]:
    """Keywords of a row for a published number, or for none."""
    if known is None:
        return {"published": None}
    return {"published": known.value, "published_machine": known.machine, "source": known.source}

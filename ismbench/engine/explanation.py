"""What a plan does, layer by layer, as records and as a table to read."""

from collections.abc import Callable
from dataclasses import dataclass

from ismbench.text.markdown import table

__all__ = ["Explanation", "Row", "Span"]


@dataclass(frozen=True)
class Span:
    """Positions ``start`` to ``stop - 1``, counted from 0, of an axis of ``length`` positions."""

    start: int
    stop: int
    length: int

    def __str__(self) -> str:
        if self.stop - self.start == self.length:
            return f"all of {self.length:,}"
        if self.stop - self.start == 1:
            return f"{self.start:,} of {self.length:,}"
        return f"{self.start:,}-{self.stop - 1:,} of {self.length:,}"


@dataclass(frozen=True)
class Row:
    """One call of one layer. Multiply-adds and bytes are those of one mutant.

    Attributes:
        name: The layer's name in the graph.
        layer: Its type.
        rule: The mathematical property by which a difference passes; "" where no mutation reaches it, and where
            another layer does its work (see ``decision``).
        span_in: The run of positions that holds all that the mutation changes of its input, for this position
            and not padded; None for a tensor without length.
        span_out: What it changes of its output, likewise.
        needed: The run of its output that the target needs; None where that is all of it. What lies outside is not
            computed, and ``span_out`` ends there.
        changed: Whether the mutation reaches the layer at all, and the target needs what it changes.
        full: Multiply-adds of the whole layer.
        windowed: Multiply-adds to compute every changed output anew: the least that windows can cost.
        difference: Multiply-adds of the difference on the plan's windows, which have one width for all positions.
        done: Multiply-adds that the plan does; fewer where Karatsuba's scheme splits a product.
        moved: Bytes that the plan reads and writes.
        decision: What the plan does with the layer, and why.
        continues: Whether this is element-wise work on the span of the row before; a table may join the two.
    """

    name: str
    layer: str
    rule: str
    span_in: Span | None
    span_out: Span | None
    needed: Span | None
    changed: bool
    full: int
    windowed: int
    difference: int
    done: int
    moved: int
    decision: str
    continues: bool


@dataclass(frozen=True)
class Explanation:
    """What a mutation changes in a model, what that costs, and what the engine does about it. Print it.

    Attributes:
        model: Name of the model.
        length: Positions of the mutated input.
        position: The mutated position, counted from 0.
        rows: One per layer, in order of execution.
        speedup: Predicted time of the naive pass over that of the plan.
        naive: Whether the plan promises so little that the naive pass is run instead.
        sequences: Sequences in a chunk of mutants, at most.
        positions: Positions in a chunk.
        alternatives: Mutants of one position.
        chunk_bytes: Of the largest step of a chunk; a bound on memory beyond model, reference and result.
        published: What a paper reports of this model, length and position; "" where nothing is known.
    """

    model: str
    length: int
    position: int
    rows: tuple[Row, ...]
    speedup: float
    naive: bool
    sequences: int
    positions: int
    alternatives: int
    chunk_bytes: int
    published: str = ""

    @property
    def groups(self) -> list[list[Row]]:
        """The lines of the table: a layer and the element-wise work behind it."""
        groups: list[list[Row]] = []
        for row in self.rows:
            if row.continues and groups:
                groups[-1].append(row)
            else:
                groups.append([row])
        return groups

    @property
    def full(self) -> int:
        """Multiply-adds of a forward pass."""
        return sum(row.full for row in self.rows)

    @property
    def windowed(self) -> int:
        """Multiply-adds of one mutant, if every changed output is computed anew."""
        return sum(row.windowed for row in self.rows)

    @property
    def done(self) -> int:
        """Multiply-adds that the plan does for one mutant."""
        return sum(row.done for row in self.rows)

    @property
    def difference(self) -> int:
        """Multiply-adds of the differences of one mutant."""
        return sum(row.difference for row in self.rows)

    @property
    def moved(self) -> int:
        """Bytes that the plan moves for one mutant."""
        return sum(row.moved for row in self.rows)

    @property
    def mutants(self) -> int:
        """Mutants in a chunk."""
        return self.sequences * self.positions * self.alternatives

    def __str__(self) -> str:
        return "\n".join([self._title(), "", *_plain(self._cells()), "", *self._summary()])

    def to_markdown(self) -> str:
        """The same as Markdown."""
        heads, *rows = self._cells()
        layers = table(heads, rows, [i for i, (_, right, _) in enumerate(COLUMNS) if right])
        return "\n".join([f"**{self._title()}**", "", layers, "", *(f"- {s}" for s in self._summary())])

    _repr_markdown_ = to_markdown

    def _title(self) -> str:
        where = f"a mutation at position {self.position:,}"
        return f"{self.model}: {self.length:,} positions, {where} (counted from 0; ranges include both ends)"

    def _cells(self) -> list[list[str]]:
        """Headings, one line for each layer and the element-wise work behind it, and totals."""
        lines = [[value(group) for _, _, value in COLUMNS] for group in self.groups]
        numbers = [_count(n) for n in (self.full, self.windowed, self.difference, self.done)]
        total = ["total, per mutant", "", "", "", "", *numbers, f"{_count(self.moved)}B", ""]
        return [[heading for heading, _, _ in COLUMNS], *lines, total]

    def _summary(self) -> list[str]:
        parts = (self.windowed, self.difference, self.done)
        windowed, difference, done = (_ratio(self.full, part) for part in parts)
        sequences = "1 sequence" if self.sequences == 1 else f"{self.sequences} sequences"
        lines = [
            f"Multiply-adds: {windowed} fewer if every changed output is computed anew, "
            f"{difference} fewer by differences, {done} fewer as planned.",
            f"Chunks of up to {self.mutants:,} mutants: {sequences} x {self.positions} positions x "
            f"{self.alternatives} alternatives; the largest step holds {_count(self.chunk_bytes)}B.",
            f"Predicted speed-up over the naive pass: {self.speedup:.3g}x.",
        ]
        if self.published:
            lines.append(f"Published: {self.published}")
        if self.naive:
            lines.append("That is too little for the plan's overhead: the naive pass is run instead.")
        return lines


def _name(group: list[Row]) -> str:
    """The layer, then what is joined to it: "conv1 + activation + norm1"."""
    head = group[0].name
    return " + ".join([head, *(row.name.removeprefix(f"{head}.") for row in group[1:])])


def _decisions(group: list[Row]) -> str:
    return "; ".join(dict.fromkeys(row.decision for row in group if row.decision))


def _span(span: Span | None, row: Row) -> str:
    if not row.changed:
        return "nothing"
    return "all" if span is None else str(span)


def _ratio(full: int, part: int) -> str:
    return f"{full / part:.3g}x" if part else "all"


def _count(n: float) -> str:
    """Three digits and a unit: 433 k, 22.8 M."""
    for unit in ("", "k", "M", "G"):
        if n < 999.5:
            return f"{n:.3g} {unit}" if unit else f"{n:.0f} "
        n /= 1000
    return f"{n:.3g} T"


def _products(total: Callable[[Row], int]) -> Callable[[list[Row]], str]:
    def show(group: list[Row]) -> str:
        n = sum(total(row) for row in group)
        return _count(n).strip() if n else "-"

    return show


def _plain(cells: list[list[str]]) -> list[str]:
    """Aligned columns."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, (_, right, _) in zip(line, widths, COLUMNS, strict=True)
        ).rstrip()
        for line in cells
    ]
    rule = "-" * max(map(len, lines))
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


COLUMNS: tuple[tuple[str, bool, Callable[[list[Row]], str]], ...] = (
    ("layer", False, _name),
    ("rule", False, lambda group: group[0].rule),
    ("changed in", True, lambda group: _span(group[0].span_in, group[0])),
    ("changed out", True, lambda group: _span(group[-1].span_out, group[-1])),
    ("needed", True, lambda group: "all" if group[-1].needed is None else str(group[-1].needed)),
    ("full", True, _products(lambda row: row.full)),
    ("windowed", True, _products(lambda row: row.windowed)),
    ("differences", True, _products(lambda row: row.difference)),
    ("planned", True, _products(lambda row: row.done)),
    ("moved", True, lambda group: f"{_count(sum(row.moved for row in group))}B"),
    ("decision", False, _decisions),
)
"""Heading, whether it is aligned to the right, and what it shows of a row and the rows joined to it."""

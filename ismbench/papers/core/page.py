"""The page of a paper, README.md in its folder of results: published against ours, findings, pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ismbench.papers.core.paper import Comparison, ComparisonRow, Finding, Judgement, Paper, Picture
from ismbench.papers.core.study_records import PaperRecords
from ismbench.report.labels import look
from ismbench.text import numbers
from ismbench.text.markdown import escaped, table

__all__ = ["Checked", "Compared", "Made", "page"]

_HEADS = ("Model", "Setting", "Method", "Quantity", "Published", "Ours", "Ours / published", "Remark")


@dataclass(frozen=True)
class Compared:
    """A comparison and its rows; ``gap`` says why there are none."""

    comparison: Comparison
    rows: tuple[ComparisonRow, ...]
    gap: str = ""


@dataclass(frozen=True)
class Made:
    """A picture; ``gap`` says why it could not be drawn."""

    picture: Picture
    gap: str = ""


@dataclass(frozen=True)
class Checked:
    """A finding and what the records say about it."""

    finding: Finding
    judgement: Judgement


def page(
    paper: Paper,
    records: PaperRecords,
    compared: Sequence[Compared],
    made: Sequence[Made],
    checked: Sequence[Checked],
) -> str:
    """The page in Markdown.

    Args:
        paper: Whose.
        records: What its studies left.
        compared: Its tables.
        made: Its pictures.
        checked: Its findings.
    """
    blocks = [
        f"# {paper.title}",
        f"{paper.citation}\n\nWritten by `ismbench reproduce {paper.name}` from the records in this folder.",
        *paper.notes,
        *_section("Findings", _findings(checked)),
        *_section("Published against ours", _comparisons(compared)),
        *_section("Pictures", _pictures(made)),
        *_section("Studies", _studies(paper, records)),
    ]
    return "\n\n".join(blocks) + "\n"


def _section(title: str, blocks: Iterable[str]) -> list[str]:
    inside = list(blocks)
    return [f"## {title}", *inside] if inside else []


def _findings(checked: Sequence[Checked]) -> Iterable[str]:
    if not checked:
        return
    rows = [
        (
            escaped(one.finding.claim),
            f"**{one.judgement.ruling}**",
            escaped(one.judgement.figures),
            escaped(one.judgement.n),
            escaped(one.finding.source),
        )
        for one in checked
    ]
    yield (
        "Each claim is checked by code on the records of this folder: *reproduced*, *not reproduced*, *undecided*"
        " (inside the interval or the spread of seeds, or not measured far enough), or *not comparable*. Intervals"
        " hold 95%."
    )
    yield table(("Claim", "On our records", "Ours", "n", "Stated in"), rows)


def _comparisons(compared: Sequence[Compared]) -> Iterable[str]:
    for one in compared:
        yield f"### {one.comparison.title}"
        if one.comparison.note:
            yield one.comparison.note
        if one.gap:
            yield f"Nothing to compare: {escaped(one.gap)}."
            continue
        beside = [row for row in one.rows if not _alone(row)]
        alone = [row for row in one.rows if _alone(row)]
        if beside:
            yield table(_HEADS, [_row(row) for row in beside], right=(4, 5, 6))
        if alone:
            yield f"<details><summary>{len(alone)} published without a number of ours</summary>"
            yield table(_HEADS, [_row(row) for row in alone], right=(4, 5, 6))
            yield "</details>"
        yield "\n".join(_measured_on(one.rows))


def _alone(row: ComparisonRow) -> bool:
    """Whether a published number has none of ours beside it; such rows, of a GPU most of them, are folded away."""
    return row.published is not None and row.ours is None and row.at_least is None


def _row(row: ComparisonRow) -> tuple[str, ...]:
    unit = f" ({row.unit})" if row.unit and row.unit != "1" else ""
    return (
        escaped(row.model),
        escaped(row.setting),
        escaped(look(row.method).label if row.method else ""),
        escaped(row.quantity + unit),
        _number(row.published),
        f"> {_number(row.at_least)}" if row.ours is None and row.at_least is not None else _number(row.ours),
        numbers.factor(row.ratio),
        escaped(row.remark),
    )


def _number(value: float | None) -> str:
    """A whole number in full, unless it is long."""
    if value is not None and float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value):,}"
    return numbers.significant(value)


def _measured_on(rows: Sequence[ComparisonRow]) -> Iterable[str]:
    machines = dict.fromkeys(row.published_machine for row in rows if row.published is not None)
    sources = dict.fromkeys(row.source for row in rows if row.source)
    ours = dict.fromkeys(row.ours_machine for row in rows if row.ours is not None and row.ours_machine)
    if machines:
        where, source = escaped("; ".join(machines)), escaped("; ".join(sources))
        yield f"- Published numbers were measured on: {where}. Source: {source}."
    if ours:
        yield f"- Ours on: {escaped('; '.join(ours))}."


def _pictures(made: Sequence[Made]) -> Iterable[str]:
    for one in made:
        yield f"### {one.picture.title}"
        if one.gap:
            yield f"Not drawn: {escaped(one.gap)}."
            continue
        name = f"figures/{one.picture.name}"
        yield f"![{one.picture.title}]({name}.png)"
        links = (("SVG", "svg"), ("PDF", "pdf"), ("data", "csv"), ("records", "json"))
        yield f"{one.picture.caption} ({', '.join(f'[{word}]({name}.{ending})' for word, ending in links)})"


def _studies(paper: Paper, records: PaperRecords) -> Iterable[str]:
    rows = []
    for study in paper.studies:
        state = records.states.get(study.name)
        machine = records.machines.get(study.name, "")
        if state is None:
            rows.append((f"`{study.name}`", escaped(study.title), "", "has not run", "", escaped(machine)))
            continue
        smaller = study.scaled_down.get(state.scale, "")
        ending = state.status if not state.reason else f"{state.status}: {state.reason}"
        minutes = f"{state.seconds / 60:.1f} min"
        rows.append(
            (
                f"`{study.name}`",
                escaped(study.title),
                state.scale,
                escaped(f"{ending} ({minutes})"),
                escaped(smaller),
                escaped(machine),
            )
        )
    yield table(
        ("Study", "What it is", "Scale", "How it ended", "Smaller than in the paper", "Machine"), rows
    )

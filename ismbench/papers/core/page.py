"""The page of a paper, README.md in its folder of results: published against ours, findings, pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ismbench.papers.core.paper import Comparison, ComparisonRow, Finding, Paper, Picture, Verdict
from ismbench.papers.core.study_records import PaperRecords
from ismbench.report import numbers
from ismbench.report.labels import look

__all__ = ["Checked", "Compared", "Made", "page"]

_WORDS = {True: "**true**", False: "**false**", None: "not measured"}


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
    verdict: Verdict


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
            _escape(one.finding.statement),
            _WORDS[one.verdict.holds],
            _escape(one.verdict.figures),
            _escape(one.finding.source),
        )
        for one in checked
    ]
    yield "Each statement is checked by code on the records of this folder."
    yield _table(("Statement", "On our records", "Figures", "Stated by"), rows)


def _comparisons(compared: Sequence[Compared]) -> Iterable[str]:
    for one in compared:
        yield f"### {one.comparison.title}"
        if one.comparison.note:
            yield one.comparison.note
        if one.gap:
            yield f"Nothing to compare: {_escape(one.gap)}."
            continue
        heads = ("Model", "Setting", "Method", "Quantity", "Published", "Ours", "Ours / published", "Remark")
        yield _table(heads, [_row(row) for row in one.rows], right=(4, 5, 6))
        yield "\n".join(_measured_on(one.rows))


def _row(row: ComparisonRow) -> tuple[str, ...]:
    unit = f" ({row.unit})" if row.unit and row.unit != "1" else ""
    return (
        _escape(row.model),
        _escape(row.setting),
        _escape(look(row.method).label if row.method else ""),
        _escape(row.quantity + unit),
        _published(row),
        _number(row.ours),
        numbers.factor(row.ratio),
        _escape(row.remark),
    )


def _number(value: float | None) -> str:
    """A whole number in full, unless it is long."""
    if value is not None and float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value):,}"
    return numbers.significant(value)


def _published(row: ComparisonRow) -> str:
    if row.published is not None:
        return _number(row.published)
    return "not found" if row.in_paper else numbers.MISSING


def _measured_on(rows: Sequence[ComparisonRow]) -> Iterable[str]:
    machines = dict.fromkeys(row.published_machine for row in rows if row.published is not None)
    sources = dict.fromkeys(row.source for row in rows if row.source)
    ours = dict.fromkeys(row.ours_machine for row in rows if row.ours is not None and row.ours_machine)
    if machines:
        where, source = _escape("; ".join(machines)), _escape("; ".join(sources))
        yield f"- Published numbers were measured on: {where}. Source: {source}."
    if ours:
        yield f"- Ours on: {_escape('; '.join(ours))}."


def _pictures(made: Sequence[Made]) -> Iterable[str]:
    for one in made:
        yield f"### {one.picture.title}"
        if one.gap:
            yield f"Not drawn: {_escape(one.gap)}."
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
            rows.append((f"`{study.name}`", _escape(study.title), "", "has not run", "", _escape(machine)))
            continue
        smaller = study.scaled_down.get(state.scale, "")
        ending = state.status if not state.reason else f"{state.status}: {state.reason}"
        minutes = f"{state.seconds / 60:.1f} min"
        rows.append(
            (
                f"`{study.name}`",
                _escape(study.title),
                state.scale,
                _escape(f"{ending} ({minutes})"),
                _escape(smaller),
                _escape(machine),
            )
        )
    yield _table(
        ("Study", "What it is", "Scale", "How it ended", "Smaller than in the paper", "Machine"), rows
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    rule = " | ".join("---:" if i in right else "---" for i in range(len(heads)))
    lines = [f"| {' | '.join(heads)} |", f"| {rule} |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _escape(text: str) -> str:
    line = " ".join(text.split())
    for sign in ("\\", "|", "*", "_", "<", ">", "`", "$", "["):
        line = line.replace(sign, "\\" + sign)
    return line

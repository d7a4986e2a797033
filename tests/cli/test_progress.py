import io
from pathlib import Path

import pytest
from rich.console import Console

from ismbench import bench
from ismbench.bench.parent.events import Event
from ismbench.cli.progress import LiveTable, PlainLines, watching

HOSTILE = "[bold]boom[/bold] :smile:\nsecond line"


@pytest.fixture
def plan(project: Path) -> bench.RunPlan:
    return bench.make_plan(bench.load_spec(project / "experiments" / "small.yaml"))


def console(terminal: bool) -> Console:
    return Console(
        file=io.StringIO(), markup=False, highlight=False, emoji=False, force_terminal=terminal, width=120
    )


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def events(plan: bench.RunPlan) -> list[Event]:
    naive, gradient, *_ = plan.cells
    return [
        Event("start", "5 cells to run", total=5),
        Event("lane", "tiny, 50 bp", total=5),
        Event("cell", "timing", naive, total=5),
        Event("done", naive.words, naive, "ok", None, 12.345, 1, 5),
        Event("done", gradient.words, gradient, "error", HOSTILE, None, 2, 5),
        Event("note", "interrupted", done=2, total=5),
    ]


def test_plain_lines(plan: bench.RunPlan) -> None:
    out = console(terminal=False)
    lines = PlainLines(out)
    for event in events(plan):
        lines(event)
    assert printed(out).splitlines() == [
        "start: 5 cells to run",
        "lane: tiny, 50 bp",
        "[1/5] tiny 50 naive_ism mutants_per_forward=50: 12.3 s per 100 sequences",
        "[2/5] tiny 50 gradient sequences_per_call=2: error: [bold]boom[/bold] :smile: second line",
        "note: interrupted",
    ]


def test_the_live_table_follows_a_lane(plan: bench.RunPlan) -> None:
    out = console(terminal=True)
    table = LiveTable(out, plan)
    for event in events(plan):
        table(event)
    assert "error: [bold]boom[/bold] :smile: second line" in printed(out)
    out.print(table.render())
    text = printed(out)
    assert "tiny, 50 bp" in text
    assert "2 of 5 cells" in text
    row = next(line for line in text.splitlines() if line.startswith("naive_ism"))
    assert row.split() == ["naive_ism", "1/2", "ok", "12.3", "50"]


def test_the_best_time_stays(plan: bench.RunPlan) -> None:
    out = console(terminal=True)
    table = LiveTable(out, plan)
    naive = [cell for cell in plan.cells if cell.method == "naive_ism"]
    for cell, seconds in zip(naive, (10.0, 20.0), strict=True):
        table(Event("done", cell.words, cell, "ok", None, seconds, 1, 5))
    out.print(table.render())
    assert "2/2" in printed(out)
    assert "20.0" not in printed(out)


@pytest.mark.parametrize("terminal", [False, True])
def test_watching_picks_what_fits(plan: bench.RunPlan, terminal: bool) -> None:
    with watching(console(terminal), plan) as progress:
        assert isinstance(progress, LiveTable if terminal else PlainLines)

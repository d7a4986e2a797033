"""Progress of scoring where standard error is no terminal: a line a minute, none of a short run."""

import sys

import pytest

from ismbench.cli import score_progress


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(score_progress.time, "monotonic", lambda: now[0])
    return now


def test_a_line_a_minute_says_what_is_done_and_left(clock, capsys):
    with score_progress.progress() as tell:
        tell(100, 1000)  # an earlier run had these
        for done in range(110, 400, 10):
            clock[0] += 10
            tell(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "ismbench: 160 of 1,000 records, 14 min left"
    assert len(lines) == 29 * 10 // 60


def test_a_short_run_writes_nothing(clock, capsys):
    with score_progress.progress() as tell:
        tell(0, 5)
        clock[0] += 59
        tell(5, 5)
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with score_progress.progress() as tell:
        tell(2, 5)
    assert "records" in capsys.readouterr().err

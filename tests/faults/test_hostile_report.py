"""A report of hostile names and messages, in a parser and, where there is one, in a real browser."""

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.faults import runs
from tests.faults.conftest import write_experiment

OWNED = "document.title='owned'"
HEADERS = (
    f"<script>{OWNED}</script>",
    f'"><img/src="x"/onerror="{OWNED}">',
    f"'-->]]></style></title><svg/onload={OWNED}>",
    "{{7*7}}{%endraw%}$x^{2}$\x1b[31m\x07",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run on a FASTA file with these headers, whose methods fail and quote them."""
    folder = tmp_path_factory.mktemp("hostile")
    spec = write_experiment(
        folder,
        description=HEADERS[0],
        sequences={"source": "fasta", "path": "in.fa", "n": len(HEADERS)},
        methods={"naive_ism": {"mutants_per_forward": [10, 20, 30, 40, 50, 60, 70]}, "gradient": None},
    )
    records = "".join(
        f">{header} and more\n{'ACGT' * 14}ACG{'ACGT'[i]}\n" for i, header in enumerate(HEADERS)
    )
    (spec.parent / "in.fa").write_text(records, encoding="utf-8")
    results = folder / "results"
    quoting = {"ISMBENCH_TEST_QUOTES": "yes", "TMPDIR": str(folder)}
    code, out, err = runs.finish(runs.start(spec, results, "scripted", "with-report", env=quoting))
    assert code == 4, out + err
    assert "\x1b" not in out + err
    return results / "tiny" / "report.html"


class Seen(HTMLParser):
    """Tags, attributes and text as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def check(text: str) -> None:
    seen = Seen(text)
    assert seen.tags.count("script") == 1, "the report has one script of its own"
    assert seen.tags.count("title") == 1
    assert "svg" not in seen.tags
    assert seen.handlers == []
    for header in HEADERS[:3]:
        assert header in seen.text, "it is shown as it is"
    assert "49" not in re.findall(r"\{\{.*?\}\}|49\{%", seen.text)


def test_as_a_parser_sees_it(page: Path) -> None:
    check(page.read_text(encoding="utf-8"))


def browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no headless Chromium here")
    return found


def shown(page: Path) -> str:
    """The document as it stands after a browser has run whatever runs in it."""
    with subprocess.Popen(
        [
            browser(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            f"--user-data-dir={page.parent / 'browser'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            page.as_uri(),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # A browser keeps a socket there, whose path may not be long.
        env={**os.environ, "TMPDIR": "/tmp"},
    ) as process:
        out, _ = process.communicate()
    return out


@pytest.mark.browser
def test_as_a_browser_sees_it(page: Path) -> None:
    document = shown(page)
    check(document)
    assert "<title>tiny · ismbench</title>" in document
    # Its own script did run: it shows the button that is hidden without one.
    assert re.search(r'<button type="button" id="theme">', document)


@pytest.mark.browser
def test_the_browser_would_have_run_it(tmp_path: Path) -> None:
    for number, header in enumerate(HEADERS[:3]):
        bare = tmp_path / f"bare{number}.html"
        bare.write_text(f"<!doctype html><title>mine</title><body>{header.replace('</title>', '')}", "utf-8")
        assert "<title>owned</title>" in shown(bare), header


def test_the_command_line_escapes_what_acts_on_a_terminal(tmp_path: Path) -> None:
    spec = write_experiment(tmp_path, sequences={"source": "fasta", "path": "in.fa", "n": 1})
    (spec.parent / "in.fa").write_text(">\x1b[2J\x07evil\nAC*T\n")
    code, _, err = runs.finish(runs.start(spec, tmp_path / "results", "scripted"))
    assert code == 2
    assert err.count("\n") == 1
    assert err.rstrip("\n").isprintable()
    assert "evil" in err

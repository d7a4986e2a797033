"""Pages that are made from the code: public names, the commands' help, and the columns of the records."""

import subprocess
import sys
from collections.abc import Callable

COMMAND = "from ismbench.cli import main; main()"


def on_page_markdown(markdown: str, **_: object) -> str:
    """Fills the placeholders."""
    for words, blocks in PLACEHOLDERS.items():
        place = f"<!-- {words} -->"
        if place in markdown:
            markdown = markdown.replace(place, "\n\n".join(blocks()))
    return markdown


def _names() -> list[str]:
    import ismbench

    found = {name: getattr(ismbench, name) for name in ismbench.__all__}
    return [
        f"::: {value.__module__}.{value.__qualname__}\n    options: {{heading: ismbench.{name}, toc_label: {name}}}"
        for name, value in found.items()
        if hasattr(value, "__qualname__")
    ]


def _help(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words, "--help"],
        check=True, capture_output=True, text=True, env={"COLUMNS": "100", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.stdout.strip()


def _commands() -> list[str]:
    from ismbench.cli import app

    names = [(c.name or c.callback.__name__,) for c in app.registered_commands]
    for group in app.registered_groups:
        inner = group.typer_instance.registered_commands
        names += [(group.name, c.name or c.callback.__name__) for c in inner]
    return [f"## ismbench {' '.join(words)}\n\n```text\n{_help(*words)}\n```" for words in names]


def _records() -> list[str]:
    from ismbench.bench.records.schema import TABLES
    from ismbench.text.markdown import escaped, table

    return [
        f"## {name}\n\n"
        + table(
            ("Column", "Type", "Meaning"),
            [tuple(map(escaped, (c.name, c.dtype, c.meaning))) for c in columns],
        )
        for name, columns in TABLES.items()
    ]


def _methods() -> list[str]:
    from ismbench.methods import METHODS
    from ismbench.methods.options import defaults
    from ismbench.text.markdown import escaped, table

    rows = []
    for name, method in METHODS.items():
        own = ", ".join(f"{key} = {value}" for key, value in defaults(method).items())
        price = method.forwards(1000, 1, method.settings({}, {}))
        works = "" if price is None else f"{price:,.0f}"
        rows.append(tuple(map(escaped, (name, method.summary, method.kind, own, works))))
    return [table(("Name", "What it does", "Kind", "Options", "Price at 1,000 bp"), rows)]


PLACEHOLDERS: dict[str, Callable[[], list[str]]] = {
    "public names": _names,
    "commands": _commands,
    "methods": _methods,
    "records": _records,
}

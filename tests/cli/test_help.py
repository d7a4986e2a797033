"""Every command says how it is called, by an example that it would understand."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.command_tree import COMMANDS

Call = Callable[..., Any]


def test_groups_have_their_commands() -> None:
    assert {("score",), ("baseline", "save"), ("check-method",)} <= set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_has_an_example_that_parses(words: tuple[str, ...], ismbench: Call) -> None:
    lines = [line.strip() for line in ismbench(*words, "--help").out.splitlines()]
    (example,) = (line for line in lines if line.startswith("Example: "))
    called = [shlex.split(part) for part in example.removeprefix("Example: ").split(" && ")]
    (given,) = (part for part in called if tuple(part[: 1 + len(words)]) == ("ismbench", *words))
    given = given[1 + len(words) :]
    assert given or not [p for p in COMMANDS[words].params if p.required]
    COMMANDS[words].make_context(words[-1], list(given))

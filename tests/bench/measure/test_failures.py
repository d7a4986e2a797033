"""What a method raised becomes a status, and a reason that says where."""

import json
from pathlib import Path

import pytest

from ismbench.bench.measure.failures import status_of
from ismbench.bench.measure.prepare import OverBudgetError
from ismbench.errors import UnsupportedError
from ismbench.user_module import import_file

METHOD = """import json

def explain(text):
    return json.loads(text)
"""


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (UnsupportedError("no"), "unsupported", "no"),
        (OverBudgetError("too long"), "over_budget", "too long"),
        (MemoryError(), "oom", "MemoryError"),
        (ValueError("a\nb"), "error", "ValueError: a b"),
    ],
)
def test_statuses(error: Exception, status: str, reason: str) -> None:
    assert status_of(error) == (status, reason)


def test_the_line_of_the_users_file_is_told_not_that_of_a_library(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(METHOD)
    module = import_file(tmp_path / "own.py", "own_failing_method")
    with pytest.raises(json.JSONDecodeError) as caught:
        module.explain("{")
    status, reason = status_of(caught.value)
    assert status == "error"
    assert reason.startswith("JSONDecodeError: ")
    assert reason.endswith(" (own.py:4)")

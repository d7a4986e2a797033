"""Hostile and broken input, made up by hypothesis: InputError or nothing, for every reader.

Each target is fed whole documents of its own kind with odd values in them, good input with bytes changed,
and noise. ISMBENCH_FUZZ sets how many inputs each test tries.
"""

import json
import os
import sys
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ismbench.bench.records.schema import TABLES
from ismbench.report.run_records import load_records
from tests.fuzz import tables, targets
from tests.fuzz.targets import refused

bounded = settings(
    max_examples=int(os.environ.get("ISMBENCH_FUZZ", "40")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.fixture(autouse=True, scope="module")
def few_cells() -> Any:
    """Plans of thousands of cells are allowed, and only slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["ismbench.bench.plan.run_plan"], "MAX_CELLS", 100)
        yield


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """Good input, in which some pieces are gone, doubled, or replaced by other bytes."""
    data = good
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 1, 2, 8, 100])))
        piece = draw(st.binary(max_size=8) | st.just(data[start:end] * 2) | st.sampled_from(_PIECES))
        data = data[:start] + piece + data[end:]
    return data


_PIECES = [
    b"\0",
    b"\n",
    b"-",
    b"nan",
    b".inf",
    b"1e999",
    b"9" * 30,
    b"null",
    b"{}",
    b"[",
    b'"\\ud800"',
    b"\xff",
]
odd = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.integers(0, 5)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["../up", "/etc/passwd", "nul", "x" * 300, "\ud800", "1_000", "0x10", "~", "1:30", "!!x"]
    )
)
values = st.recursive(
    odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a nested document."""
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [path, *(p for key, value in inner for p in places(value, (*path, key)))]


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of a document with another value at a place."""
    if not path:
        return value
    copy = document.copy()
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


@st.composite
def altered(draw: st.DrawFn, document: Any) -> Any:
    """A good document with odd values at one or two places, or an odd key."""
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(places(document)))
        document = put(document, path, draw(values))
        if isinstance(document, dict) and draw(st.booleans()):
            document = {**document, draw(st.text(max_size=8)): draw(values)}
    return document


good_spec = st.sampled_from([yaml.safe_load(text) for text in (targets.SPEC, targets.SIMULATED)])


@bounded
@given(good_spec.flatmap(altered))
def test_experiments_with_odd_values(document: Any) -> None:
    targets.spec(yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass"))


@bounded
@given(damaged(targets.SPEC) | st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_broken_experiments(data: bytes) -> None:
    targets.spec(data)


@bounded
@given(
    st.sampled_from(
        ["name", "budget.cell", "methods.gradient.sequences_per_call", "sequences.n", "models", ""]
    ),
    values.map(lambda v: json.dumps(v)) | st.text(max_size=30),
)
def test_overrides(key: str, value: str) -> None:
    targets.override(f"{key}={value}".encode("utf-8", "surrogatepass"))


@bounded
@given(st.binary(min_size=2, max_size=2), damaged(targets.FASTA) | st.binary(max_size=200))
def test_fasta_files(head: bytes, data: bytes) -> None:
    targets.fasta(head + data)


@bounded
@given(st.binary(max_size=1), st.lists(st.text(max_size=30), max_size=6))
def test_fasta_records_of_any_text(head: bytes, lines: list[str]) -> None:
    targets.fasta((head or b"\0") + b"\0>" + "\n".join(lines).encode("utf-8", "surrogatepass"))


@bounded
@given(damaged(targets.sound_journal()) | st.binary(max_size=200))
def test_broken_journals(data: bytes) -> None:
    targets.journal(data)


@st.composite
def altered_line(draw: st.DrawFn) -> bytes:
    """A journal in which one entry has an odd value somewhere, as JSON spells it."""
    lines = targets.sound_journal().splitlines()
    which = draw(st.integers(0, len(lines) - 1))
    lines[which] = json.dumps(draw(altered(json.loads(lines[which])))).encode()
    return b"\n".join(lines) + b"\n"


@bounded
@given(altered_line())
def test_journals_with_odd_values(data: bytes) -> None:
    targets.journal(data)


@bounded
@given(st.binary(max_size=300) | damaged(targets.seeds("channel")[0]))
def test_channels(data: bytes) -> None:
    targets.channel(data)


@bounded
@given(st.integers(0, 3).flatmap(lambda i: damaged(tables.table_seeds("records")[i])))
def test_broken_tables(data: bytes) -> None:
    tables.records(data)


@st.composite
def odd_tables(draw: st.DrawFn) -> tuple[str, pd.DataFrame]:
    """A good table in which one column has an odd value, a whole column of them, or another type."""
    name = draw(st.sampled_from(list(TABLES)))
    table = pd.read_parquet(tables.good_tables() / f"{name}.parquet").head(6)
    for _ in range(draw(st.integers(1, 2))):
        column = draw(st.sampled_from(list(table.columns)))
        new = table[column].astype("object").tolist()
        value = draw(
            st.none() | st.booleans() | st.floats() | st.integers(-(2**62), 2**62) | st.text(max_size=8)
        )
        which = draw(st.integers(0, len(new)))
        new = [value] * len(new) if which == len(new) else [*new[:which], value, *new[which + 1 :]]
        table = table.assign(**{column: pd.Series(new, index=table.index, dtype="object")})
    return name, table


@bounded
@given(odd_tables())
def test_tables_with_odd_values(made: tuple[str, pd.DataFrame]) -> None:
    name, table = made
    path = tables.good_tables().with_name("odd.parquet")
    try:
        table.to_parquet(path)
    except (ValueError, TypeError, OverflowError):  # no column can hold these side by side
        return
    data = bytes([list(TABLES).index(name)]) + path.read_bytes()
    tables.records(data)
    tables.compare(data)


@bounded
@given(st.integers(0, 3).flatmap(lambda i: damaged(tables.table_seeds("compare")[i])))
def test_comparisons_with_broken_tables(data: bytes) -> None:
    tables.compare(data)


@bounded
@given(
    altered(json.loads(tables.table_seeds("benchmarks")[0])).map(lambda v: json.dumps(v).encode())
    | damaged(tables.table_seeds("benchmarks")[0])
)
def test_comparisons_of_benchmarks(data: bytes) -> None:
    tables.benchmarks(data)


def test_the_good_inputs_are_good() -> None:
    for name, target in targets.TARGETS.items():
        for seed in targets.seeds(name):
            target(seed)
    tables.read_all(load_records(tables.good_tables()))
    with refused():
        tables.compare_folders(tables.good_tables(), tables.good_tables())

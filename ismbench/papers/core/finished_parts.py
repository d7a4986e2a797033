"""Parts of a table that outlive an interruption: a computation that starts again goes on after the last one."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from ismbench import digest
from ismbench.errors import InputError
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.core.table_files import read_tables, write_frame

__all__ = ["kept"]


def kept(job: ComputeJob, part: str, make: Callable[[], Iterable[dict[str, Any]]]) -> pd.DataFrame:
    """The rows of one part of a table, from the cache where this very computation has left them there.

    Args:
        job: What is computed; parts of another identity do not count.
        part: Tells the parts of a computation apart.
        make: Computes the rows.
    """
    name = f"part-{digest.of_value([job.identity, part])}"
    try:
        return read_tables(job.cache, [name])[name]
    except InputError:  # not there, or broken
        table = pd.DataFrame(list(make()))
        write_frame(table, job.cache / f"{name}.parquet")
        return table

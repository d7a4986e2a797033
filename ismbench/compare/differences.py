"""What differs between two sides besides the revision: said before any verdict, once for all cells that it concerns."""

from collections.abc import Mapping

from ismbench.compare.machine_state import state_differences
from ismbench.compare.measured import Key, MeasuredCell, Measurements
from ismbench.compare.settings import setting_differences, version_differences

__all__ = ["all_differences", "cell_differences"]

_MOST_CELLS = 3


def cell_differences(base: MeasuredCell, head: MeasuredCell) -> tuple[str, ...]:
    """Settings, versions of packages and machine state in which two measurements of a cell differ; a line for each."""
    return (
        *setting_differences(base, head),
        *version_differences(base, head),
        *state_differences(base.state, head.state),
    )


def all_differences(base: Measurements, head: Measurements) -> tuple[str, ...]:
    """Every difference of the cells that both sides have timed, and where; then cells that only their options part."""
    cells: dict[str, list[Key]] = {}
    shared = [key for key in base.cells if key in head.cells]
    timed = [key for key in shared if base.cells[key].samples and head.cells[key].samples]
    for key in timed:
        for line in cell_differences(base.cells[key], head.cells[key]):
            cells.setdefault(line, []).append(key)
    found = [f"{line} ({_where(keys, len(timed))})" for line, keys in cells.items()]
    return (*found, *_parted(base.cells, head.cells))


def _where(keys: list[Key], timed: int) -> str:
    if len(keys) == timed:
        return "all cells"
    more = f" and {len(keys) - _MOST_CELLS} more" if len(keys) > _MOST_CELLS else ""
    return f"{', '.join(key.words for key in keys[:_MOST_CELLS])}{more}"


def _parted(base: Mapping[Key, MeasuredCell], head: Mapping[Key, MeasuredCell]) -> tuple[str, ...]:
    """Cells of one name whose backend, device, type, target or options differ: no row of a table has both."""
    only_head: dict[str, Key] = {key.words: key for key in head if key not in base}
    return tuple(
        f"{key.words}: {key.conditions or 'no conditions'} -> {only_head[key.words].conditions or 'no conditions'}"
        for key in base
        if key not in head and key.words in only_head
    )

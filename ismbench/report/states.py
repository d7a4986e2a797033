"""The states that a machine was in: which rows of a table they set apart, and why."""

import json
from collections.abc import Mapping

import pandas as pd

__all__ = ["REMARK", "name_states"]

REMARK = (
    "These rows were measured in different states of the machine ({states}), so no ratio goes from one to another;"
    " `ismbench run FILE --retry ok` measures all of them again in one."
)
_TOLD = ("machine", "device_name", "host", "usable_cores", "affinity", "governor", "memory_bytes")


def name_states(cells: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The table of cells with its column machine_state in words: how the states of its rows differ.

    A cell without a time counts as measured in the state of most cells that have one.

    Args:
        cells: The table ``cells``.
        runs: The table ``runs``, which says what the states are. Those of schema version 1 have none; there the hash of
            the machine stands for it.
    """
    runs = runs.set_index("run_id", drop=False)
    runs = runs[~runs.index.duplicated(keep="last")]
    by_run = runs["machine_state"].where(runs["machine_state"].notna(), runs["machine_id"])
    state = cells["machine_state"].where(cells["machine_state"].notna(), cells["run_id"].map(by_run))
    timed = state[cells["seconds_per_100_sequences"].notna()]
    most = timed.mode(dropna=True)
    state = state.where(cells["seconds_per_100_sequences"].notna(), None if most.empty else most.iloc[0])
    found = list(dict.fromkeys(timed.dropna()))
    if len(found) < 2:
        return cells.assign(machine_state=state)
    facts = {name: _facts(runs[by_run == name].iloc[-1]) for name in found if (by_run == name).any()}
    return cells.assign(machine_state=state.map(_differences(facts)).where(state.notna(), "unknown machine"))


def _facts(run: pd.Series) -> dict[str, str]:
    settings = json.loads(run["machine_settings"]) if isinstance(run["machine_settings"], str) else {}
    told = {name: run[name] for name in _TOLD if pd.notna(run[name])}
    return {name: f"{v:.0f}" if isinstance(v, float) else str(v) for name, v in {**told, **settings}.items()}


def _differences(facts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """For each state, the facts that are not the same in all; the hash where none tells them apart."""
    known = dict.fromkeys(name for own in facts.values() for name in own)
    names = [name for name in known if len({own.get(name) for own in facts.values()}) > 1]
    words = {
        state: ", ".join(f"{n.replace('_', ' ') if n in _TOLD else n} {own.get(n, 'not set')}" for n in names)
        for state, own in facts.items()
    }
    return {state: text or f"machine {state}" for state, text in words.items()}

"""The machine state of a cell, from the row of its run in the table ``runs``."""

from collections.abc import Mapping
from typing import Any

from ismbench.compare.machine_state import MachineState
from ismbench.compare.plain_values import number, text
from ismbench.compare.settings import flat_json

__all__ = ["read_state"]


def read_state(run: Mapping[str, Any], settings: Mapping[str, str]) -> MachineState:
    """What a run says of its machine.

    Args:
        run: Its row; empty for a table that was copied away from its run.
        settings: Of its experiment, which may limit the threads of its workers.
    """
    cores = number(run.get("usable_cores"))
    variables = flat_json(text(run.get("machine_settings")))
    threads = {name: value for name, value in variables.items() if "THREADS" in name}
    if "threads" in settings:
        threads["threads of the experiment"] = settings["threads"]
    return MachineState(
        text(run.get("machine_id")) or None,
        _host(run),
        None if cores is None else int(cores),
        threads,
        {name: value for name, value in variables.items() if name not in threads},
    )


def _host(run: Mapping[str, Any]) -> str:
    """Processor, physical cores, memory and device; "" if one is not known, for then two hosts may be told apart."""
    processor, device = text(run.get("machine")), text(run.get("device_name"))
    cores, memory = number(run.get("physical_cores")), number(run.get("memory_bytes"))
    if not processor or not device or cores is None or memory is None:
        return ""
    return f"{processor}, {cores:g} physical cores, {memory / 2**30:.0f} GiB, {device}"

"""What a table is about, before any number: what was explained, on which sequences, with which weights, where."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ismbench.report.agreement_rows import by_sequence
from ismbench.report.groups import Group
from ismbench.report.run_records import Records
from ismbench.report.standings.tracks import AGREEMENT
from ismbench.text import numbers

__all__ = ["RANDOM_WEIGHTS", "setting_of"]

RANDOM_WEIGHTS = "random ones, never trained"
_TARGET = re.compile(
    r"((?P<reduce>sum|mean) of )?(every output|output (?P<output>[^\[\]]+))(\[(?P<index>[-\d, ]+)\])?"
)
_SOURCES = {
    "dm3": "promoters of Drosophila (shipped)",
    "fasta": "records of {path}",
    "random": "random DNA",
    "simulated": "simulated DNA with planted motifs",
    "held_out": "simulated DNA that training did not see",
    "satmut": "windows over the regulatory elements of {path}",
    "rules": "simulated DNA that shows what rules of two motifs do",
}


def setting_of(records: Records, group: Group) -> list[tuple[str, str]]:
    """Pairs of a question and its answer, of one group.

    Args:
        records: What the run left.
        group: The cells that a table is of.
    """
    run = records.runs.iloc[-1] if len(records.runs) else None
    spec = _object(None if run is None else run["spec"])
    model = _model(spec, group.model)
    facts = [
        ("Explained", f"{_explained(group)} of {group.model}, {group.length:,} bp"),
        ("Sequences", _sequences(records, group, {**spec, **_given(model)})),
        ("Weights", _weights(model, {**spec, **_given(model)})),
        ("Machine", "" if run is None else _machine(run)),
    ]
    return [(question, answer) for question, answer in facts if answer]


def _object(text: object) -> dict[str, Any]:
    try:
        value = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _model(spec: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    models = spec.get("models")
    entries = [m for m in models if isinstance(m, dict)] if isinstance(models, list) else []
    return next((m for m in entries if m.get("name") == name), None)


def _given(model: Mapping[str, Any] | None) -> dict[str, Any]:
    own = {} if model is None else model.get("sequences")
    return {"sequences": own} if isinstance(own, dict) and own else {}


def _explained(group: Group) -> str:
    target = group.cells["target"].dropna()
    return _target(str(target.iloc[0])) if len(target) else "the output"


def _target(text: str) -> str:
    """What a record calls a target, for a reader: "every output[0]" is value 0 of the output."""
    found = _TARGET.fullmatch(text)
    if found is None:
        return text
    reduce, output, index = found["reduce"], found["output"], found["index"]
    of = "all outputs" if output is None else f"output {output}"
    if index is None:
        return f"the {reduce} of {of}" if reduce else of
    value = f"value {index}" if "," not in index else f"values {index}"
    of = "the output" if output is None else of
    return f"the {reduce} of {value} of {of}" if reduce else f"{value} of {of}"


def _sequences(records: Records, group: Group, spec: Mapping[str, Any]) -> str:
    block = spec.get("sequences")
    block = block if isinstance(block, dict) else {}
    source = _SOURCES.get(str(block.get("source")), "")
    source = source.format(path=str(block.get("path")).rsplit("/", 1)[-1])
    compared = max(
        (
            len(by_sequence(records, group, m, AGREEMENT.metric, AGREEMENT.versus).dropna())
            for m in group.methods
        ),
        default=0,
    )
    timed = group.cells["n_sequences"].max()
    parts = [source] if source else []
    parts += [f"{numbers.count(float(timed))} at most in a timed call"] if pd.notna(timed) else []
    parts += [f"{compared} compared with exact ISM" if compared else "none compared with exact ISM"]
    return "; ".join(parts)


def _weights(model: Mapping[str, Any] | None, spec: Mapping[str, Any]) -> str:
    if model is None:
        return ""
    if model.get("weights"):
        return f"trained, from {str(model['weights']).rsplit('/', 1)[-1]}"
    if model.get("train") is not None:
        return "trained for this experiment"
    file = str(model.get("file") or "")
    if file and not file.endswith(".py"):
        return f"those in {file.rsplit('/', 1)[-1]}"
    block = spec.get("sequences")
    if isinstance(block, dict) and block.get("source") == "rules":
        return "none to train: the model is the rules themselves"
    return RANDOM_WEIGHTS


def _machine(run: pd.Series) -> str:
    name = run["device_name"] if isinstance(run["device_name"], str) else run["machine"]
    parts = [str(name)] if isinstance(name, str) else []
    if pd.notna(run["usable_cores"]):
        parts.append(f"{int(run['usable_cores'])} cores")
    if pd.notna(run["memory_bytes"]):
        parts.append(numbers.byte_size(float(run["memory_bytes"])))
    if isinstance(run["started"], str):
        parts.append(run["started"][:10])
    return ", ".join(parts)

"""What a cell was measured with, read from the record of its run, and what differs between two cells."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ismbench.bench.experiment.judging import Judging
from ismbench.compare.measured import MeasuredCell

__all__ = [
    "AS_BUILT",
    "cell_settings",
    "package_versions",
    "same_scores",
    "setting_differences",
    "version_differences",
]

AS_BUILT = ("structure_hash", "weights_hash", "sequences_hash")
"""Columns of the table ``cells`` that say what a cell really used, whatever its experiment called it."""

_OF_THE_RUN = ("seed", "sequences", "concordance", *Judging.model_fields, "data", "training", "threads")
_NOT_OF_THE_MODEL = ("name", "file")
"""Where the file of a model lies says nothing of it: two checkouts have two."""
_MOST_MAPPINGS = 500
"""An experiment has fewer; nested more deeply it could not be walked through."""


def cell_settings(spec: str, model: str) -> dict[str, str]:
    """The settings of an experiment that its scores depend on, for the cells of one model.

    Args:
        spec: The experiment as it ran, as JSON; anything else has no settings.
        model: Name of the model.

    Returns:
        Text by dotted name, such as ``sequences.source`` or ``model.weights``.
    """
    document = _loaded(spec)
    kept: dict[str, Any] = {name: document.get(name) for name in _OF_THE_RUN}
    models = document.get("models")
    for entry in models if isinstance(models, list) else []:
        if isinstance(entry, dict) and entry.get("name") == model:
            kept["model"] = {name: value for name, value in entry.items() if name not in _NOT_OF_THE_MODEL}
    return dict(_flat(kept))


def package_versions(text: str) -> dict[str, str]:
    """Versions by package, from JSON; ismbench is left out, for it is what is compared."""
    return {name: version for name, version in flat_json(text).items() if name != "ismbench"}


def flat_json(text: str) -> dict[str, str]:
    """Every value of a JSON object as text, by its dotted name; nothing where it is none."""
    return dict(_flat(_loaded(text)))


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every value of nested mappings as text, by its dotted name; what is null or empty is left out."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif value is not None and value != []:
            yield f"{prefix}{name}", value if isinstance(value, str) else json.dumps(value)


def setting_differences(base: MeasuredCell, head: MeasuredCell) -> tuple[str, ...]:
    """The settings in which two cells differ, a line for each; none where one side's are not known."""
    return _differences(base.settings, head.settings)


def same_scores(base: MeasuredCell, head: MeasuredCell) -> bool:
    """Whether two cells scored the same: other sequences, weights, seeds or options have another agreement.

    Another structure alone has not: its hash changes with the code of a layer too, whose effect is to be seen.
    """
    names = {name for name in (*base.settings, *head.settings) if name != "structure_hash"}
    unknown = not base.settings or not head.settings
    return unknown or all(base.settings.get(name) == head.settings.get(name) for name in names)


def version_differences(base: MeasuredCell, head: MeasuredCell) -> tuple[str, ...]:
    """Likewise for the versions of packages; one that a side lacks is a difference too."""
    return _differences(base.versions, head.versions)


def _differences(base: Mapping[str, str], head: Mapping[str, str]) -> tuple[str, ...]:
    if not base or not head:
        return ()
    names = [name for name in dict.fromkeys((*base, *head)) if base.get(name) != head.get(name)]
    return tuple(f"{name} {base.get(name, 'none')} -> {head.get(name, 'none')}" for name in names)


def _loaded(text: str) -> dict[str, Any]:
    if text.count("{") > _MOST_MAPPINGS:
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}

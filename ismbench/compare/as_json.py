"""A comparison as JSON, for other programs."""

import json
import math
from dataclasses import asdict
from typing import Any

from ismbench.compare.compared_cell import ComparedCell
from ismbench.compare.comparison import Comparison
from ismbench.compare.measured import MeasuredCell
from ismbench.compare.quality import Quality

__all__ = ["as_json"]

VERSION = 2


def as_json(comparison: Comparison) -> str:
    """The comparison as a JSON document; a number that is not finite is null."""
    noise = comparison.noise
    document = {
        "kind": "ismbench comparison",
        "version": VERSION,
        "base": comparison.base,
        "head": comparison.head,
        "exit_code": comparison.exit_code,
        "problem": comparison.problem or None,
        "counts": comparison.counts,
        "thresholds": asdict(comparison.thresholds),
        "noise_floor": None if noise is None else asdict(noise.worst),
        "differences": list(comparison.differences),
        "cells": [_cell(cell) for cell in comparison.cells],
    }
    return json.dumps(_finite(document), indent=1, allow_nan=False) + "\n"


def _cell(cell: ComparedCell) -> dict[str, Any]:
    speed = None if cell.speed is None else {**asdict(cell.speed), "verdict": cell.speed.verdict.value}
    return {
        **asdict(cell.key),
        "verdict": cell.verdict.value,
        "regression": cell.regression,
        "reason": cell.reason or None,
        "base": _side(cell.base),
        "head": _side(cell.head),
        "speed": speed,
        "memory": _quality(cell.memory),
        "agreement": _quality(cell.scores),
    }


def _side(cell: MeasuredCell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "status": cell.status,
        "seconds": cell.seconds,
        "samples": len(cell.samples),
        "work": cell.work,
        "memory": cell.memory,
        "machine_state": asdict(cell.state),
        "settings": dict(cell.settings),
        "versions": dict(cell.versions),
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "change": quality.change.value,
        "difference": quality.difference,
        "reason": quality.reason or None,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

"""A comparison as JSON, for other programs."""

import json
import math
from dataclasses import asdict
from typing import Any

from ismbench.compare.comparison import Comparison, Row
from ismbench.compare.measured import MeasuredCell
from ismbench.compare.quality import Finding

__all__ = ["as_json"]

VERSION = 1


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
        "notes": list(comparison.notes),
        "cells": [_cell(row) for row in comparison.rows],
    }
    return json.dumps(_finite(document), indent=1, allow_nan=False) + "\n"


def _cell(row: Row) -> dict[str, Any]:
    speed = None if row.speed is None else {**asdict(row.speed), "verdict": row.speed.verdict.value}
    return {
        **asdict(row.key),
        "verdict": row.verdict.value,
        "regression": row.regression,
        "reason": row.reason or None,
        "base": _side(row.base),
        "head": _side(row.head),
        "speed": speed,
        "memory": _finding(row.memory),
        "agreement": _finding(row.scores),
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
        "machine": cell.machine,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "change": finding.change.value,
        "difference": finding.difference,
        "reason": finding.reason or None,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

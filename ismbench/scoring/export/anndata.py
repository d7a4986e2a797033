"""Variants x outputs as AnnData, which the field's tools for variants and cells hand around."""

from pathlib import Path
from typing import Any

import numpy as np

from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.scoring import store
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.export.quantiles import Quantiles
from ismbench.scoring.opened import Opened
from ismbench.scoring.opened_variants import alleles

__all__ = ["write"]


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes .h5ad: X has the effects (NaN where not scored), layers the predictions, obs the variants."""
    if not opened.variants:
        raise InputError(f"AnnData needs scores of variants. Received: {opened.path}, which has sequences")
    if out.suffix != ".h5ad":
        raise InputError(f"An AnnData file ends in .h5ad. Received: {out}")
    store.require("anndata")
    with whole_file(out) as temporary:
        _table(opened, options).write_h5ad(temporary)
    return [out]


def _table(opened: Opened, options: ExportOptions) -> Any:
    import pandas as pd
    from anndata import AnnData

    found, numbers = list(alleles(opened)), opened.chosen(options.output)
    values = {
        key: np.stack([allele.values[key] for allele in found])
        for key in opened.variant_values
        if key != "comparisons"
    }
    obs = pd.DataFrame({name: [getattr(allele, name) for allele in found] for name in _PLACES})
    obs.index = _own_names([allele.name for allele in found])
    for i, label in enumerate(opened.comparisons):
        obs[label] = [float(allele.values["comparisons"][i]) for allele in found]
    layers = {key: value[:, numbers] for key, value in values.items() if key != "effects"}
    if options.background is not None:
        rank = Quantiles.of(opened, options.background)
        layers["quantile"] = np.stack([rank(effects) for effects in values["effects"]])[:, numbers]
    return AnnData(
        values["effects"][:, numbers],
        obs=obs,
        var=pd.DataFrame(index=_own_names([opened.labels[k] for k in numbers])),
        layers=layers,
        uns={"command": opened.attributes["command"], "run": opened.attributes["run"]},
    )


_PLACES = ("chrom", "pos", "ref", "alt", "reason")


def _own_names(names: list[str]) -> list[str]:
    """Names of which none comes twice."""
    seen: dict[str, int] = {}
    own = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        own.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return own

"""Table 1 of the paper: seconds per 100 sequences of each method, at its best batch size."""

from collections.abc import Iterator
from dataclasses import replace

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumbers, published_value
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.studies.batches import CASES
from ismbench.papers.fastism.tables.known import SECONDS, notebook
from ismbench.papers.fastism.tables.numbers import Found, best_batch, best_cell
from ismbench.papers.fastism.tables.scaled import scaled_time

__all__ = ["METHODS", "ON_REAL_DNA", "PEERS", "TABLE_1", "Place", "our_time", "real_dna", "table_1"]

METHODS = (
    "naive_ism", "peer_fastism", "fast_ism", "gradient_x_input", "integrated_gradients_alibi", "deepshap",
)  # fmt: skip
"""Columns of Table 1, and our engine."""
PEERS = ("peer_yuzu", "peer_tangermeme", "peer_tangermeme_deeplift")
ON_REAL_DNA = ("naive_ism", "fast_ism")
_IN_PAPER = frozenset(METHODS) - {"fast_ism"}

Place = tuple[str, int, str]
"""Model, length and output mode."""

TABLE_1: tuple[Place, ...] = tuple(
    (model, length, "every" if model == "bpnet" else "scalar") for model, length in CASES
)
"""The rows of the paper's table: all outputs of BPNet, the one of the others."""
_BESIDES: tuple[Place, ...] = (("bpnet", 1000, "scalar"), ("bpnet", 2000, "scalar"))


def our_time(records: PaperRecords, place: Place, method: str) -> Found:
    """Our time of one entry of the table."""
    model, length, mode = place
    if method == "peer_fastism":
        return best_batch(records, model, length, method)
    found = best_cell(records, "peers" if method in PEERS else model, method, length, mode)
    if found.seconds is None and mode == "every":
        return scaled_time(records, length, method) or found
    return found


def real_dna(records: PaperRecords, model: str, method: str) -> Found:
    """Our time for 1,000 bp of promoters and every output, where the table has random sequences."""
    return best_cell(records, "real_dna", method, 1000, "every", model)


def table_1(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Rows of the paper's table, the peers on Basset, and one number instead of BPNet's outputs.

    Where a notebook of the repository has another number than the paper, it has a row of its own.
    """
    entries = [(place, method) for place in TABLE_1 for method in METHODS]
    entries += [(TABLE_1[0], method) for method in PEERS]
    entries += [(place, method) for place in _BESIDES for method in METHODS if method != "peer_fastism"]
    rows = [row for place, method in entries for row in _entry(records, published, place, method)]
    return rows + list(_on_real_dna(records))


def _on_real_dna(records: PaperRecords) -> Iterator[ComparisonRow]:
    for model in dict.fromkeys(model for model, _, _ in TABLE_1):
        for method in ON_REAL_DNA:
            found = real_dna(records, model, method)
            yield ComparisonRow(
                model, "1,000 bp, every output, real DNA", method, SECONDS, "", None, ours=found.seconds,
                at_least=found.at_least, ours_machine=records.machines.get("real_dna", ""), remark=found.remark,
            )  # fmt: skip


def _entry(
    records: PaperRecords, published: PublishedNumbers, place: Place, method: str
) -> Iterator[ComparisonRow]:
    model, length, mode = place
    found = our_time(records, place, method)
    study = "fastism_batches" if method == "peer_fastism" else "peers" if method in PEERS else model
    row = ComparisonRow(
        model=model,
        setting=f"{length:,} bp, {'every output' if mode == 'every' else 'one number'}",
        method=method,
        quantity=SECONDS,
        unit="",
        ours=found.seconds,
        at_least=found.at_least,
        ours_machine=records.machines.get(study, ""),
        remark=found.remark,
        published=None,
    )
    if place not in TABLE_1 or method not in _IN_PAPER:
        yield row
        return
    known = published.select(model=model, length=length, method=method, quantity=SECONDS)
    yield replace(row, **published_value(known.find(table="Table 1")))
    for other in known.select(table="notebooks"):
        yield replace(row, setting=f"{row.setting}; {notebook(other)}", **published_value(other))

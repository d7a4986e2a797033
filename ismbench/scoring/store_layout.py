"""What is in a store: its variables, their axes, and the words that say what a score is."""

from dataclasses import dataclass
from typing import Any

from ismbench.scores import REDUCTIONS
from ismbench.scoring.members import Ensemble
from ismbench.scoring.spec import ScoreSpec, window, words

__all__ = ["BASES", "Layout", "Variable", "make_layout"]

BASES = ("A", "C", "G", "T")
_CHUNK_BYTES = 16 * 2**20
_MOST_ROWS = 64
_PLACES_ROWS = 1024


@dataclass(frozen=True)
class Variable:
    """An array of a store.

    Attributes:
        name: In the store.
        axes: Names of its axes; the first is the axis of records.
        dtype: Of its values; "string" for text.
        scored: Written when scores are, instead of when the input is read.
        attributes: What it says of itself.
        rows: Records of a chunk.
    """

    name: str
    axes: tuple[str, ...]
    dtype: str
    scored: bool
    attributes: dict[str, Any]
    rows: int


@dataclass(frozen=True)
class Layout:
    """A store.

    Attributes:
        record: Name of the axis of records: "sequence", or "variant".
        rows: Records of a chunk, which is a task.
        sizes: Of the other axes.
        labels: Of the axis "output".
        variables: All that have an axis of records.
        flank: Letters beyond the input on both sides that are kept for shifts.
        window: First position that is scored, and one past the last.
        comparisons: Of the axis "comparison", of variants that are compared in more ways than by their effects.
    """

    record: str
    rows: int
    sizes: dict[str, int]
    labels: tuple[str, ...]
    variables: tuple[Variable, ...]
    flank: int
    window: tuple[int, int]
    comparisons: tuple[str, ...] = ()

    @property
    def variants(self) -> bool:
        """Whether a record is a variant."""
        return self.record == "variant"


def make_layout(spec: ScoreSpec, ensemble: Ensemble, *, variants: bool) -> Layout:
    """Decides what a store holds.

    Args:
        spec: What is scored.
        ensemble: The loaded models.
        variants: Whether the input is a list of variants.
    """
    length, labels, hashes = ensemble.length, ensemble.outputs.labels, list(ensemble.hashes)
    sizes = {"position": length, "base": len(BASES), "output": len(labels)}
    flank = spec.flank if not variants else 0
    if flank:
        sizes["flank"] = 2 * flank
    comparisons = tuple(label for c in ensemble.comparisons for label in c.labels)
    if comparisons:
        sizes["comparison"] = len(comparisons)
    record = "variant" if variants else "sequence"
    axes = ("output",) if variants else _score_axes(spec.reduction, spec.about_method.kind)
    about = _about_scores(spec, axes, variants, hashes)
    rows = spec.chunk or _rows(sizes, axes, spec)
    variables = [*_places(record, rows, variants), *_inputs(record, rows, flank, variants)]
    variables += _results(record, axes, rows, spec, about, variants)
    scored = window(length, None if variants else spec.window)
    if comparisons:
        text = {"long_name": "comparisons of the two alleles, means over strands and models"}
        variables.append(Variable("comparisons", (record, "comparison"), "float32", True, text, rows))
    return Layout(record, rows, sizes, labels, tuple(variables), flank, scored, comparisons)


def _score_axes(reduction: str, kind: str) -> tuple[str, ...]:
    if reduction in ("contribution", "mean_effect", "l2_alternatives"):
        return ("position", "output")
    return ("position", "base") if reduction == "l2_outputs" else ("position", "base", "output")


def _rows(sizes: dict[str, int], axes: tuple[str, ...], spec: ScoreSpec) -> int:
    size = 2 if spec.dtype == "float16" else 4
    for axis in axes:
        size *= sizes[axis]
    return int(min(_MOST_ROWS if "position" in axes else 8 * _MOST_ROWS, max(1, _CHUNK_BYTES // size)))


def _places(record: str, rows: int, variants: bool) -> list[Variable]:
    rows = rows * max(1, _PLACES_ROWS // rows)
    texts = {
        "chrom": ("string", "sequence of the genome; empty for a FASTA record"),
        "start": ("int64", "first position of the model's input, from 0; -1 for a FASTA record"),
        "end": ("int64", "one past the last position of the model's input; -1 for a FASTA record"),
    }
    if variants:
        texts["pos"] = ("int64", "first base of the reference allele, counted from 1 as in VCF")
        texts["ref"] = ("string", "reference allele")
        texts["alt"] = ("string", "the other allele")
        texts["line"] = ("int64", "number of the line in the input, from 1; headers do not count")
        texts["line_text"] = ("string", "that line, with its first allele")
    else:
        texts["strand"] = ("string", "as the input says; all letters are of the forward strand")
        texts["unknown"] = ("int64", "positions that are not scored because their letter is not known (N)")
    names = {record: ("string", "name in the input"), **texts}
    return [
        Variable(n, (record,), dtype, False, {"long_name": text}, rows) for n, (dtype, text) in names.items()
    ]


def _inputs(record: str, rows: int, flank: int, variants: bool) -> list[Variable]:
    inputs = {"one_hot": "what the model sees; all zero where the letter is ambiguous (N)"}
    if variants:
        inputs["alternate_one_hot"] = "the same with the other allele"
    found = [
        Variable(n, (record, "position", "base"), "int8", False, {"long_name": t}, rows)
        for n, t in inputs.items()
    ]
    if flank:
        text = "letters beyond the input, which shifts need: the left ones, then the right ones"
        found.append(Variable("flanks", (record, "flank", "base"), "int8", False, {"long_name": text}, rows))
    return found


def _results(
    record: str, axes: tuple[str, ...], rows: int, spec: ScoreSpec, about: dict[str, Any], variants: bool
) -> list[Variable]:
    prediction = {"long_name": "prediction for the reference", "target": words(spec.target)}
    main = "effects" if variants else "scores"
    found = [
        Variable("prediction", (record, "output"), "float32", True, prediction, rows),
        Variable(main, (record, *axes), "float32" if variants else spec.dtype, True, about, rows),
    ]
    if variants:
        other = {"long_name": "prediction for the other allele", "target": words(spec.target)}
        found.append(Variable("alternate_prediction", (record, "output"), "float32", True, other, rows))
    if len(spec.models) > 1:
        found += [
            Variable(
                f"{v.name}_sd", v.axes, v.dtype, True, {"long_name": f"sd of {v.name} over models"}, rows
            )
            for v in list(found)
        ]
    reason = {"long_name": "why the record was not scored; empty where it was"}
    return [*found, Variable("reason", (record,), "string", True, reason, rows)]


def _about_scores(
    spec: ScoreSpec, axes: tuple[str, ...], variants: bool, hashes: list[str]
) -> dict[str, Any]:
    if variants:
        ratio = spec.reduction == "log2fc"
        value = (
            "log2(other allele / reference)" if ratio else "prediction of the other allele minus reference"
        )
        value += "; left of an insertion or deletion nothing moves, the first base is at length // 2"
    elif spec.about_method.kind == "delta":
        value = REDUCTIONS[spec.reduction].value
    elif spec.reduction == "contribution":
        value = f"what the base that is there contributes, from {spec.about_method.summary}"
    else:
        value = spec.about_method.summary
    return {
        "long_name": f"{spec.method}: {value}",
        "kind": spec.about_method.kind,
        "reduction": spec.reduction,
        "target": words(spec.target),
        "method": spec.method,
        "averaged_over": _averages(spec),
        "model_sha256": hashes,
        "not_scored": "NaN: positions outside of the window, and unknown letters (N)",
    }


def _averages(spec: ScoreSpec) -> str:
    parts = ["both strands"] if spec.rc else []
    parts += [f"shifts {','.join(map(str, spec.shifts))}"] if spec.shifts != (0,) else []
    parts += [f"{len(spec.models)} models"] if len(spec.models) > 1 else []
    return ", ".join(parts) or "nothing"

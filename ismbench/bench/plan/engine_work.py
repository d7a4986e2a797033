"""How much the engine's plans do, as whole numbers: the same on every machine, so that they are compared exactly.

Times need a quiet machine and repetitions. Multiply-adds, forward rows and the size of a chunk need neither: an
optimisation that was lost, or a convolution too many, shows in them at once, and in the layer where it happened.
"""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.model_files import ModelFile, find_models
from ismbench.user_imports import user_imports

if TYPE_CHECKING:
    from ismbench.engine.fast import FastEngine, Prepared

__all__ = ["SEQUENCES", "LayerWork", "PlannedWork", "count_work"]

SEQUENCES = (1, 8)
"""Plans are made for so many sequences: chunks depend on how many there are."""


@dataclass(frozen=True)
class LayerWork:
    """One call of one layer.

    Attributes:
        name: The layer's name in the graph.
        layer: Its type.
        rule: How a difference passes; "" where no mutation reaches it.
        window: Positions of its output that are computed, in words.
        forward_multiply_adds: Of the whole layer, for one sequence.
        multiply_adds: By the plan, for one mutant.
        words: Numbers that the plan reads and writes, for one mutant.
    """

    name: str
    layer: str
    rule: str
    window: str
    forward_multiply_adds: int
    multiply_adds: int
    words: int


@dataclass(frozen=True)
class PlannedWork:
    """The engine's plan for all substitutions of some sequences.

    Attributes:
        model: Name of the model.
        length: Positions of a sequence.
        target: What is explained, in words.
        sequences: How many.
        naive: Whether the engine would run the naive pass instead.
        forward_rows: Rows of all passes: of the references, and of the mutants with those that fill up a chunk.
        passes: Calls of a compiled function.
        chunk_rows: Rows of the largest chunk.
        peak_chunk_numbers: Numbers that the largest step of that chunk reads and writes.
        layers: In order of execution.
    """

    model: str
    length: int
    target: str
    sequences: int
    naive: bool
    forward_rows: int
    passes: int
    chunk_rows: int
    peak_chunk_numbers: int
    layers: tuple[LayerWork, ...]

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all layers together for one mutant, by the plan."""
        return sum(layer.multiply_adds for layer in self.layers)


def count_work(
    experiment: Experiment, imports: Iterable[str] = (), *, unsafe: bool = False
) -> Iterator[PlannedWork]:
    """Plans every model, length and target of an experiment; scores nothing, and needs no weights.

    Args:
        experiment: Of what.
        imports: Modules and Python files of the user's that are imported before models are opened.
        unsafe: Saved models may run the code that they hold.

    Raises:
        InputError: A model cannot be found or built, or does not fit its target.
    """
    import keras

    keras.config.set_floatx(experiment.dtype)
    bare = tuple(entry.model_copy(update={"weights": None}) for entry in experiment.models)
    models = find_models(experiment.model_copy(update={"models": bare}), user_imports(imports))
    for file in models.values():
        for length in experiment.lengths_of(file.name):
            # Layers without a name of their own are numbered by Keras, from the last clearing on.
            keras.utils.clear_session()
            yield from _of_model(_build(file, length, unsafe), file.name, length, experiment)


def _build(file: ModelFile, length: int, unsafe: bool) -> Any:
    from ismbench.model_loading import load_for_length

    return load_for_length(Path(file.path), length, file.options, None, unsafe=unsafe, imports=file.imports)


def _of_model(model: Any, name: str, length: int, experiment: Experiment) -> Iterator[PlannedWork]:
    from ismbench.engine.fast import FastEngine
    from ismbench.engine.model_outputs import model_outputs

    for entry in experiment.targets:
        target = entry.target()
        target.check(*model_outputs(model))
        for n in SEQUENCES:
            engine = FastEngine(model, target)
            yield _count(engine, name, entry.words, _sequences(n, length, experiment.dtype))


def _sequences(n: int, length: int, dtype: str) -> NDArray[Any]:
    """One-hot (n, length, 4); what they say does not matter."""
    x = np.zeros((n, length, 4), dtype)
    x[..., 0] = 1
    return x


def _count(engine: "FastEngine", model: str, target: str, x: NDArray[Any]) -> PlannedWork:
    from ismbench.engine.edits import substitutions
    from ismbench.engine.schedule import schedule

    n, length = x.shape[:2]
    edits = substitutions(x, np.broadcast_to(np.arange(length), (n, length)), range(x.shape[2]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of layers that are run whole: the record says so
        prepared = engine.prepare([x], edits)
    if prepared.naive:
        rows = list(_naive_rows(engine, edits))
    else:
        lots = schedule(prepared.plan, edits, prepared.mutants)
        rows = [load.shape.mutants for lot in lots for load in lot.loads]
    largest = max(rows, default=0)
    return PlannedWork(
        model=model,
        length=length,
        target=target,
        sequences=n,
        naive=prepared.naive,
        forward_rows=n + sum(rows),
        passes=len(rows),
        chunk_rows=largest,
        peak_chunk_numbers=largest * prepared.plan.peak_words,
        layers=tuple(_layers(engine, prepared, x)),
    )


def _layers(engine: "FastEngine", prepared: "Prepared", x: NDArray[Any]) -> Iterator[LayerWork]:
    from ismbench.engine.layer_work import layer_multiply_adds

    shapes = engine.shapes([x])
    steps = {step.node.index: step for step in prepared.plan.steps}
    for node in prepared.plan.graph.nodes:
        step = steps.get(node.index)
        yield LayerWork(
            name=node.name,
            layer=node.kind.__name__,
            rule="" if step is None else step.rule.name,
            window="" if step is None else _window(step.window),
            forward_multiply_adds=int(layer_multiply_adds(node, shapes)),
            multiply_adds=0 if step is None else int(step.multiply_adds),
            words=0 if step is None else int(step.words),
        )


def _window(window: Any) -> str:
    if window.axis is None:
        return "no length"
    if window.full:
        return f"all {window.length}"
    return f"{window.width} of {window.length}, {window.level.name.lower()}"


def _naive_rows(engine: "FastEngine", edits: Any) -> Iterable[int]:
    """Mutants of every batch of the naive pass, which fills up its last one."""
    batch = engine.naive.batch
    return [batch] * -(-int(edits.wanted.sum()) // batch)

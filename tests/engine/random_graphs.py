"""Random Keras models drawn from the whole rule table, with random mutants: a hypothesis strategy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from ismbench.engine.edits import Edits, replacements, substitutions
from ismbench.engine.target import EVERY, Target
from tests.engine.graphs import mixing as m
from tests.engine.graphs import pointwise as p
from tests.engine.graphs import several as s
from tests.engine.graphs import windowed as w
from tests.engine.graphs.drawing import Drawing

# After these a mutation still reaches only a part of the sequence.
LOCAL_STEPS = (
    w.conv, p.activation, w.pool, p.dense, s.residual, p.normalization, s.merge, p.activation_layer,
    s.concatenate, p.identity, w.crop, w.zero_pad, w.upsample, w.depthwise, w.separable, w.conv_transpose,
    w.conv_2d, p.operation, s.shared, s.nested, s.twins, p.operation, p.own_function, w.pad, s.stack, s.split,
    w.fold,
)  # fmt: skip
# After these it often reaches all of it, or the length axis is gone.
GLOBAL_STEPS = (
    m.flatten, m.global_pool, m.reshape, m.between_permutations, m.mixing, m.masked, m.through_the_batch,
    m.squeeze_and_excite,
)  # fmt: skip
VECTOR_STEPS = (
    p.dense, p.activation, p.normalization, s.merge, s.concatenate, p.identity, p.activation_layer,
    p.operation, s.shared, m.repeat, m.unflatten, p.own_function,
)  # fmt: skip
# Each block of positions is a chunk of its own; more of them take longer and show nothing new.
MOST_BLOCKS = 4


def sum_of_squares(outputs: Sequence[Any]) -> Any:
    """A target that is not linear."""
    return ops.sum(ops.square(ops.reshape(outputs[0], (outputs[0].shape[0], -1))), axis=1)


TARGETS = (
    EVERY, EVERY, Target(output=0), Target(output=-1, index=0), Target(output=0, reduce="sum"),
    Target(reduce="mean"), Target(function=sum_of_squares), "columns", "columns",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A model, its input, the mutants to score, and how the engine shall go about it."""

    model: keras.Model = field(repr=False)
    inputs: list[NDArray[Any]] = field(repr=False)
    edits: Edits = field(repr=False)
    sequence_input: int
    target: Target
    choices: tuple[tuple[int, float], ...]
    mutants: int | None
    layers: str
    karatsuba: bool

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of the engine."""
        names = ("target", "sequence_input", "choices", "mutants")
        return {name: getattr(self, name) for name in names}


@st.composite
def cases(draw: Any, most_steps: int = 10) -> Case:
    """Random models of a few steps on 5 to 60 positions."""
    d = Drawing(draw)
    entries, place = random_entries(d)
    d.tensors.extend(entries)
    for _ in range(d.integer(1, most_steps)):
        grow(d)
    model = keras.Model(entries, heads(d, entries))
    rng = np.random.default_rng(d.integer(0, 2**16))
    fill_weights(model, rng)
    if d.pick((False,) * 7 + (True,)):
        model = free_length(model)
    shapes = [(d.integer(1, 3), *x.shape[1:]) for x in entries]
    arrays = [rng.normal(size=(shapes[0][0], *shape[1:])).astype("float32") for shape in shapes]
    arrays[place] = random_sequences(d, rng, arrays[place].shape)
    least = arrays[place].shape[1] // MOST_BLOCKS + 1
    return Case(
        model=model,
        inputs=arrays,
        edits=random_edits(d, rng, arrays[place]),
        sequence_input=place,
        target=random_target(d, model),
        choices=((d.integer(least, least + 16), d.pick((0.3, 0.0, 1.0, 1e9))),),
        mutants=d.pick((None, None, None, 9)),
        layers=" | ".join(f"{type(x).__name__}{describe(x)}" for x in model.operations),
        karatsuba=d.chance(),
    )


def random_entries(d: Drawing) -> tuple[list[Any], int]:
    """The inputs of the model, and which of them is mutated."""
    length, alphabet = d.integer(5, 60), d.pick((4, 4, 4, 3, 6))
    entries = [keras.Input((length, alphabet), name="sequence")]
    if d.pick((False,) * 5 + (True,)):  # tracks beside the letters, in the same input
        entries = [keras.Input((length, alphabet + 2), name="sequence")]
    beside = d.pick((None, None, None, (length, alphabet), (length, 2), (length, 1), (3,), (7, 2)))
    if beside is None:
        return entries, 0
    entries.append(keras.Input(beside, name="beside"))
    return (entries[::-1], 1) if d.chance() else (entries, 0)


def random_target(d: Drawing, model: keras.Model) -> Target:
    """All of the outputs, one of them, or a few neighbouring columns of one."""
    target = d.pick(TARGETS)
    if target != "columns":
        return target  # type: ignore[no-any-return]
    output = d.integer(0, len(model.outputs) - 1)
    size = int(np.prod([n or 1 for n in model.outputs[output].shape[1:]]))
    first = d.integer(0, size - 1)
    return Target(output=output, index=tuple(range(first, min(first + d.integer(1, 6), size))))


def describe(operation: Any) -> str:
    """What matters of a layer's configuration, for a failing example."""
    names = (
        "kernel_size", "strides", "dilation_rate", "padding", "groups", "filters", "units", "pool_size",
        "axis", "cropping", "size", "dims", "target_shape", "keepdims", "n", "activation",
    )  # fmt: skip
    known = {n: getattr(operation, n) for n in names if getattr(operation, n, None) is not None}
    if callable(known.get("activation")):
        known["activation"] = known["activation"].__name__
    shapes = [tuple(getattr(t, "shape", ())) for t in keras.tree.flatten(operation.output)]
    return f"{known}->{shapes}"


def grow(d: Drawing) -> None:
    """One more layer; most often on the newest tensor."""
    x = d.tensors[-1] if d.chance() or d.chance() else d.pick(d.tensors)
    local = d.pick((True, True, True, True, False))
    step = d.pick(VECTOR_STEPS if len(x.shape) == 2 else LOCAL_STEPS if local else GLOBAL_STEPS)
    result = step(d, x)
    if isinstance(result, tuple):
        d.add(*result)
    else:
        d.add(result, x)


def heads(d: Drawing, entries: list[Any]) -> list[Any]:
    """Every tensor that nothing reads, some of them after a head of its own."""
    loose = [t for t in d.tensors if id(t) not in d.read and not any(t is x for x in entries)]
    return [random_head(d, x) for x in loose] or [keras.layers.Flatten()(entries[0])]


def random_head(d: Drawing, x: Any) -> Any:
    """The tensor as it is, dense, or pooled."""
    kind = d.pick(("as it is", "dense", keras.layers.GlobalAveragePooling1D, keras.layers.GlobalMaxPooling1D))
    if kind == "dense":
        return keras.layers.Dense(2)(keras.layers.Flatten()(x))
    return x if kind == "as it is" or len(x.shape) != 3 else kind()(x)


def fill_weights(model: keras.Model, rng: np.random.Generator) -> None:
    """Weights that keep activations near 1, and leave no statistic or bias trivial."""
    for v in model.weights:
        if "float" not in v.dtype:
            continue
        if "variance" in v.path or v.name in ("gamma", "scale"):
            value = rng.uniform(0.5, 1.5, v.shape)
        elif len(v.shape) > 1:
            value = rng.normal(size=v.shape) / np.sqrt(max(np.prod(v.shape[:-1]), 1))
        else:
            value = 0.5 * rng.normal(size=v.shape)
        v.assign(value.astype(v.dtype))


def free_length(model: keras.Model) -> keras.Model:
    """The model with inputs (None, A), where its layers allow it; else the model itself."""

    def free(x: Any) -> Any:
        return keras.Input((None, *x.shape[2:]) if len(x.shape) == 3 else x.shape[1:], name=x.name)

    try:
        copy = keras.models.clone_model(model, input_tensors=[free(x) for x in model.inputs])
        copy.set_weights(model.get_weights())
    except (ValueError, TypeError):
        return model
    return copy


def random_sequences(d: Drawing, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """One-hot, some with soft or all-zero columns."""
    n, length, alphabet = shape
    x = np.eye(alphabet, dtype="float32")[rng.integers(0, alphabet, (n, length))]
    kind = d.pick(("one-hot", "one-hot", "soft", "zero"))
    columns = rng.random((n, length)) < 0.2
    if kind == "soft":
        x[columns] = rng.dirichlet(np.ones(alphabet), int(columns.sum())).astype("float32")
    elif kind == "zero":
        x[columns] = 0
    return x


def random_edits(d: Drawing, rng: np.random.Generator, x: NDArray[np.float32]) -> Edits:
    """All positions or some, the same for every sequence or not; blocks of several bases."""
    n, length, alphabet = x.shape
    width = min(d.pick((1, 1, 1, 2, 3, 5)), length)
    count = length - width + 1
    kind = d.pick(("all", "all", "some", "scattered"))
    positions = np.arange(count)
    if kind != "all":
        positions = np.sort(rng.choice(count, d.integer(1, count), replace=False))
    if width > 1:
        content = np.eye(alphabet, dtype="float32")[rng.integers(0, alphabet, width)] * d.pick((1, 0))
        return replacements(x, positions, content)
    bases = list(range(alphabet)) if d.chance() else sorted(set(rng.integers(0, alphabet, 2).tolist()))
    everywhere = np.broadcast_to(positions, (n, len(positions)))
    if kind == "scattered":
        everywhere = rng.integers(0, count, (n, len(positions)))
    return substitutions(x, everywhere, bases, common=kind != "scattered")

"""Which share of Basset's time its convolutions take, as the paper's notebook TimeBassetParts measures it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies.timing import seconds_of

__all__ = ["compute"]

LENGTH = 1000
_BATCH = {"quick": 64, "shipped": 512, "full": 512}
_REPETITIONS = {"quick": 5, "shipped": 20, "full": 20}
_FIRST_DENSE = "dense1"


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The table "parts": seconds of the convolutional part, of the dense part and of the whole model."""
    import keras

    from ismbench.engine import backend
    from ismbench.model_loading import build_from_file
    from ismbench.sequence import random_dna

    model = build_from_file(job.root / "models" / "basset.py", LENGTH, {}, None)
    x, rows = random_dna(_BATCH[job.scale], LENGTH, job.seed), []
    for part, function, given in _parts(keras, model, x):
        job.tell(f"forward pass: {part}")
        call = partial(_fetched, backend.compiled(function, model.variables), given)
        seconds = seconds_of(call, _REPETITIONS[job.scale])
        rows.append({"part": part, "batch": len(x), "seconds": seconds})
    return {"parts": pd.DataFrame(rows)}


def _fetched(function: Callable[[Any], Any], given: Any) -> NDArray[Any]:
    """The result on the host, so that the device has finished."""
    return np.asarray(function(given))


def _parts(keras: Any, model: Any, x: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, function and input of each part; the convolutional one ends in a sum, so that little is transferred."""
    cut = model.get_layer(_FIRST_DENSE).input
    convolutional = keras.Model(model.input, cut)
    dense = keras.Model(cut, model.output)
    between = keras.ops.convert_to_numpy(convolutional(x))
    yield "convolutional", lambda x: keras.ops.sum(convolutional(x, training=False), axis=-1), x
    yield "dense", lambda x: dense(x, training=False), between
    yield "whole", lambda x: model(x, training=False), x

"""The original fastISM (PyPI ``fastism``) on Basset 1,000 bp, under Keras 2: reads batch sizes, answers with seconds.

Started by measure.py with TF_USE_LEGACY_KERAS=1. Times the call for one base; a full scan takes one for each base.
"""

import sys
import time
from typing import Any

import numpy as np
import tf_keras
from fastism import FastISM
from tf_keras import layers


def basset(length: int = 1000) -> Any:
    """The layers of models/basset.py, in Keras 2; time does not depend on the weights."""
    x = inputs = tf_keras.Input((length, 4))
    for filters, kernel, pool in ((300, 19, 3), (200, 11, 4), (200, 7, 4)):
        x = layers.Conv1D(filters, kernel, padding="same", activation="relu")(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling1D(pool)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(1000, activation="relu")(x)
        x = layers.BatchNormalization()(x)
    return tf_keras.Model(inputs, layers.Dense(1)(x))


def main(batches: list[int]) -> None:
    """Answers "seconds S" per sequence and call, for each batch size read."""
    x = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (max(batches), 1000))]
    ism = FastISM(basset(), test_correctness=False)
    for line in sys.stdin:
        batch = int(line)
        start = time.perf_counter()
        ism(x[:batch], replace_with=[0.0, 0.0, 0.0, 1.0])
        print("seconds", (time.perf_counter() - start) / batch, flush=True)


if __name__ == "__main__":
    main([int(b) for b in sys.argv[1:]])

"""Models that Keras 2 saved, rebuilt of Keras 3's layers: its JSON, its HDF5, and models of tf_keras at hand."""

from ismbench.frontends.keras2.build import Settings
from ismbench.frontends.keras2.door import as_it_is_now, from_tf_keras, is_keras2, load_keras2

__all__ = ["Settings", "as_it_is_now", "from_tf_keras", "is_keras2", "load_keras2"]

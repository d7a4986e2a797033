"""PyTorch modules as Keras models: exported, converted operation by operation, and proved equal."""

from ismbench.frontends.torch.door import from_exported_program, from_torch

__all__ = ["from_exported_program", "from_torch"]

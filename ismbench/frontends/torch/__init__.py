"""PyTorch modules as Keras models: exported, converted operation by operation, and proved equal."""

from importlib.util import find_spec

from ismbench.errors import InputError

if find_spec("torch") is None:
    raise InputError(
        "A PyTorch module needs PyTorch. Received: none installed; pip install 'ismbench[torch]'"
    )

from ismbench.frontends.torch.door import from_exported_program, from_torch, load_pt2

__all__ = ["from_exported_program", "from_torch", "load_pt2"]

"""How much memory one call needs beyond what was held before it."""

import contextlib
import ctypes
import gc
from collections.abc import Callable
from pathlib import Path

__all__ = ["peak_memory"]

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")

Call = Callable[[], object]


def peak_memory(call: Call, device: str, backend: str) -> int | None:
    """Runs a call and returns its peak of memory, in bytes.

    On a GPU that is the backend's own count of allocated bytes. On the CPU it is the largest resident set
    during the call minus that before it (Linux); or, where that is larger, the count of TensorFlow's
    allocator, which keeps freed memory for itself, so that a second call does not show in the resident set.

    Args:
        call: Uncompiled parts must have been compiled by an earlier call.
        device: cpu or gpu.
        backend: tensorflow, jax or torch.

    Returns:
        None where neither can be measured.
    """
    gc.collect()  # what earlier calls left is not this one's
    if device == "gpu":
        return _GPU[backend](call)
    counted: list[int | None] = []
    measured = _tensorflow if backend == "tensorflow" else _nothing
    resident = _resident(lambda: counted.append(measured(call, "CPU:0")))
    return max((n for n in (resident, *counted) if n is not None), default=None)


def _resident(call: Call) -> int | None:
    with contextlib.suppress(OSError, AttributeError):  # without glibc, an older peak may hide this one
        ctypes.CDLL(None).malloc_trim(0)
    try:
        _CLEAR.write_text("5")  # resets the peak, see proc(5)
        before = _field("VmRSS")
    except OSError:
        call()
        return None
    call()
    return max(0, _field("VmHWM") - before)


def _field(name: str) -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return 1024 * int(line.split()[1])
    raise OSError(f"no {name} in {_STATUS}")


def _nothing(call: Call, device: str) -> None:
    call()


def _tensorflow(call: Call, device: str = "GPU:0") -> int | None:
    from tensorflow.config import experimental

    try:
        before = experimental.get_memory_info(device)["current"]
        experimental.reset_memory_stats(device)
    except (ValueError, RuntimeError):  # a build whose allocator does not count
        call()
        return None
    call()
    return int(experimental.get_memory_info(device)["peak"] - before)


def _jax(call: Call) -> int | None:
    import jax

    device = jax.devices()[0]
    before = device.memory_stats() or {}
    call()
    after = device.memory_stats() or {}
    # JAX cannot reset its peak: it is known only if this call has set a new one.
    if after.get("peak_bytes_in_use", 0) <= before.get("peak_bytes_in_use", 0):
        return None
    return int(after["peak_bytes_in_use"] - before["bytes_in_use"])


def _torch(call: Call) -> int | None:
    import torch

    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    call()
    return int(torch.cuda.max_memory_allocated() - before)


_GPU: dict[str, Callable[[Call], int | None]] = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}

"""How much must change before it counts."""

from dataclasses import dataclass

from ismbench.errors import InputError

__all__ = ["Thresholds"]


@dataclass(frozen=True)
class Thresholds:
    """What `compare` calls a change.

    Attributes:
        time: Smallest relative change of the median time that counts: 0.1 for a tenth slower, or faster to match.
        memory: Likewise for the peak of memory.
        memory_bytes: A change of memory below so many bytes does not count.
        concordance: Smallest loss of a correlation or share that counts.
        significance: How often any interval of a comparison may miss its ratio, over all cells together.
    """

    time: float = 0.10
    memory: float = 0.25
    memory_bytes: float = 16 * 2**20
    concordance: float = 0.01
    significance: float = 0.05

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            InputError: One is out of its range.
        """
        for name in ("time", "memory", "concordance"):
            value = getattr(self, name)
            if not 0 < value < 100:
                raise InputError(
                    f"A threshold must be above 0 and below 100 (10000%). Received: {name} {value:g}"
                )
        if not 0 < self.significance < 0.5:
            raise InputError(f"The significance must lie between 0 and 0.5. Received: {self.significance:g}")

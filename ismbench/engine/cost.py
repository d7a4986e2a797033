"""What work costs: multiply-adds and numbers moved, weighed against each other."""

__all__ = ["MULTIPLY_ADDS_PER_SECOND", "WORDS_PER_SECOND", "seconds"]

# Only their ratio decides anything. Measured on two CPU cores: matrix products do 1e11 multiply-adds a second, fused
# element-wise work moves 3e9 numbers a second; a GPU's ratio (H200: 2.5e13 and 1e12) is of the same order.
MULTIPLY_ADDS_PER_SECOND = 1.0e11
WORDS_PER_SECOND = 3.0e9


def seconds(multiply_adds: float, words: float) -> float:
    """Predicted time of a step."""
    return multiply_adds / MULTIPLY_ADDS_PER_SECOND + words / WORDS_PER_SECOND

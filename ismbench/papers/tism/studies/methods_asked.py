"""Which methods the computations ask, beside those of the experiments."""

__all__ = ["METHODS_ASKED"]

METHODS_ASKED = (
    "fast_ism", "gradient", "gradient_x_input", "corrected_gradient", "taylor_ism", "integrated_gradients", "deepshap",
)  # fmt: skip

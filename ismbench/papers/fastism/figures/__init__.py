"""The paper's figures, each drawn from records alone."""

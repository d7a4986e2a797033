"""The table that decides: cost, agreement and truth of every method in one row, ranks, and what to use."""

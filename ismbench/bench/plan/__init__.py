"""From an experiment to its cells: their identity, their price, and why some are skipped."""

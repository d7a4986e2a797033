"""Training of an experiment's models: settings from its YAML, seeded, in a process of its own, cached by content."""

from ismbench.bench.training.entry import DataEntry, TrainEntry, TrainingEntry

__all__ = ["DataEntry", "TrainEntry", "TrainingEntry"]

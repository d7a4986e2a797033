"""Training of an experiment's models: seeded, in a process of its own, cached by content."""

"""What an experiment's YAML file says, and what it names: models, sequences, data."""

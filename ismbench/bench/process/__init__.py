"""The border between the run and its workers: how a process starts, speaks and ends."""

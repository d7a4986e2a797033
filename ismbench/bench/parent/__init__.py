"""The run's own side: it starts workers, listens, and keeps records. It never imports Keras."""

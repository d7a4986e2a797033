"""Front ends: whatever a model comes as, it becomes a Keras functional model, proved equal to the original."""

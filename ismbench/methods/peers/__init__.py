"""Other packages that score mutants, on the weights of the Keras model: one file each, and two converters of models."""

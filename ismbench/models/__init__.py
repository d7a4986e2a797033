"""The architectures that the fastISM paper times, under the names that its package has for them.

Each module is called like the original's: ``from ismbench.models.basset import basset_model``. What is built is the
model file of that name that ships with this package, with weights as Keras draws them, as there. The files themselves,
whose weights are seeded, are for experiments; ``ismbench init`` copies them out.
"""

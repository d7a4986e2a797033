"""The process that builds models to know them: ``python -m ismbench.bench.measure.build_worker DESCRIPTOR``.

Its job comes on standard input: the models, each as the lanes will build it. It says what each is and what it was built
from, and never outlives its parent.
"""

import sys
from dataclasses import replace

from ismbench.bench.experiment.data import load_data
from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.measure.build import build_model
from ismbench.bench.measure.observed import observe
from ismbench.bench.process.entry import take_job
from ismbench.bench.process.jobs import BuildJob, BuildRequest
from ismbench.bench.process.reports import BadInput, Finished, ModelBuilt, Phase
from ismbench.bench.records.built import Built
from ismbench.errors import InputError, ModelFailedError

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads which models to build, builds one after the other, reports each."""
    job, report = take_job(descriptor, BuildJob)
    report(Phase(cell=None, phase="start"))
    import keras

    try:
        for request in job.requests:
            report(Phase(cell=None, phase=f"building {request.words}"))
            report(ModelBuilt(key=request.key, built=_built(request).plain()))
            keras.utils.clear_session()
    except InputError as error:
        report(BadInput(message=str(error)))
    report(Finished())


def _built(request: BuildRequest) -> Built:
    from ismbench.identity import structure_identity, weights_identity

    failure, hashes = "", ("", "", "")
    read = [str(path) for path in (request.model.path, request.model.weights) if path is not None]
    with observe(*read) as seen:
        try:
            file, data = _prepared(request.model)
            unsafe = request.unsafe_models
            model = build_model(file, request.length, dtype=request.dtype, seed=request.seed, unsafe=unsafe)
            hashes = structure_identity(model), weights_identity(model), data
        except ModelFailedError as error:  # its cells will say the same
            failure = str(error)
    return Built(*hashes, failure, seen.files, seen.folders, seen.variables, seen.packages)


def _prepared(file: ModelFile) -> tuple[ModelFile, str]:
    """A model that is to be trained has the outputs of its data; and the hash of these, else ""."""
    if file.training is None or file.weights is not None:
        return file, ""
    split = load_data(file.training.data, file.training.length, file.training.root)
    options = {"n_outputs": len(split.test.outputs), **file.options}
    return replace(file, options=options), split.identity


if __name__ == "__main__":
    main(int(sys.argv[1]))

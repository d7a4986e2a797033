"""`ismbench convert`: a model of whatever form, saved as a Keras 3 model."""

from pathlib import Path
from typing import Annotated

import typer

from ismbench.cli.options import MODEL_HELP, BuildOptions, Imports, Unsafe, build_options
from ismbench.errors import InputError

__all__ = ["convert"]


def convert(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP, metavar="MODEL")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The .keras file to write.")],
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weights to load, such as those of a .json model.")
    ] = None,
    length: Annotated[
        int | None, typer.Option(min=1, help="Positions of the input, where the model leaves them open.")
    ] = None,
    options: BuildOptions = None,
    imports: Imports = None,
    unsafe_models: Unsafe = False,
) -> None:
    """Save a model of any form that opens as a Keras 3 model.

    Example: ismbench convert model.json --weights weights.h5 -o model.keras
    """
    if output.suffix != ".keras":
        raise InputError(f"The converted model's file must end in .keras. Received: {output}")
    from ismbench.files import whole_file
    from ismbench.frontends.proof import keep_proof
    from ismbench.model_loading import load_model

    opened = load_model(
        model, weights, length, build_options(options), unsafe=unsafe_models, imports=imports or ()
    )
    proof = getattr(opened, "proof", None)
    try:
        with whole_file(output) as temporary:
            opened.save(temporary)
            if proof is not None:
                keep_proof(temporary, proof)
    except OSError as error:
        raise InputError(f"A model's file must be writable. Received: {output}: {error.strerror}") from None
    shapes = [", ".join(str(tuple(t.shape)) for t in ends) for ends in (opened.inputs, opened.outputs)]
    typer.echo(f"{output}: {opened.count_params():,} weights, from {shapes[0]} to {shapes[1]}")
    if proof is not None:
        typer.echo(str(proof))

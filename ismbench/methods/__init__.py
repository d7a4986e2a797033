"""Attribution methods, one a file; this table says what each is without importing any of them."""

from difflib import get_close_matches
from importlib import import_module
from typing import cast

from ismbench.errors import InputError, UnsupportedError
from ismbench.methods.base import BatchColumn, BatchSizes, Explainer, Factory, Kind, MethodSpec

__all__ = ["METHODS", "BatchColumn", "BatchSizes", "Explainer", "Factory", "Kind", "MethodSpec", "load"]

_TABLE = (
    MethodSpec(
        name="naive_ism",
        module="ismbench.methods.naive_ism",
        factory="NaiveISM",
        kind="delta",
        exact=True,
        batch_column="mutants_per_forward",
        summary="in-silico saturation mutagenesis by a forward pass per mutant; the oracle",
    ),
    MethodSpec(
        name="fast_ism",
        module="ismbench.methods.fast_ism",
        factory="FastISM",
        kind="delta",
        exact=True,
        batch_column="mutants_per_forward",
        summary="the same numbers as naive_ism, computed from differences to the reference",
    ),
    MethodSpec(
        name="gradient",
        module="ismbench.methods.gradient",
        factory="Gradient",
        kind="map",
        exact=False,
        batch_column="sequences_per_call",
        summary="gradient of the target with respect to the one-hot input",
    ),
    MethodSpec(
        name="gradient_x_input",
        module="ismbench.methods.gradient_x_input",
        factory="GradientXInput",
        kind="contribution",
        exact=False,
        batch_column="sequences_per_call",
        summary="gradient times the one-hot input",
    ),
    MethodSpec(
        name="corrected_gradient",
        module="ismbench.methods.corrected_gradient",
        factory="CorrectedGradient",
        kind="map",
        exact=False,
        batch_column="sequences_per_call",
        summary="gradient minus its mean over the bases of each position",
    ),
    MethodSpec(
        name="taylor_ism",
        module="ismbench.methods.taylor_ism",
        factory="TaylorISM",
        kind="delta",
        exact=False,
        batch_column="sequences_per_call",
        summary="first-order ISM: gradient at each base minus gradient at the reference base",
    ),
    MethodSpec(
        name="integrated_gradients",
        module="ismbench.methods.integrated_gradients",
        factory="IntegratedGradients",
        kind="contribution",
        exact=False,
        batch_column="steps_per_forward",
        summary="Integrated Gradients, all-zero baseline, 50 Gauss-Legendre steps, batched over sequences",
    ),
    MethodSpec(
        name="integrated_gradients_alibi",
        module="ismbench.methods.integrated_gradients_alibi",
        factory="AlibiIntegratedGradients",
        kind="contribution",
        exact=False,
        batch_column="steps_per_forward",
        summary="alibi's IntegratedGradients, same baseline and steps",
        extra="explainers",
        requires=("alibi",),
        backends=("tensorflow",),
    ),
    MethodSpec(
        name="deepshap",
        module="ismbench.methods.deepshap",
        factory="DeepSHAP",
        kind="contribution",
        exact=False,
        batch_column="sequences_per_call",
        summary="shap's DeepExplainer against 10 dinucleotide shuffles of each sequence",
        extra="explainers",
        requires=("shap",),
        backends=("tensorflow",),
    ),
    MethodSpec(
        name="peer_fastism",
        module="ismbench.methods.peers.fastism",
        factory="OriginalFastISM",
        kind="delta",
        exact=True,
        batch_column="sequences_per_call",
        summary="the original fastISM (Nair 2022), on Keras 2",
        extra="peers",
        requires=("fastism", "tf_keras"),
        backends=("tensorflow",),
        subset=False,
        environment={"TF_USE_LEGACY_KERAS": "1"},
    ),
    MethodSpec(
        name="peer_yuzu",
        module="ismbench.methods.peers.yuzu",
        factory="Yuzu",
        kind="magnitude",
        exact=False,
        batch_column="sequences_per_call",
        summary="Yuzu (Schreiber 2022), on torch: sizes of ISM's effects by compressed sensing",
        extra="peers",
        requires=("yuzu", "torch"),
        environment={},
    ),
    MethodSpec(
        name="peer_tangermeme",
        module="ismbench.methods.peers.tangermeme",
        factory="Tangermeme",
        kind="delta",
        exact=True,
        batch_column="mutants_per_forward",
        summary="tangermeme's saturation_mutagenesis, on torch",
        extra="peers",
        requires=("tangermeme", "torch"),
        subset=False,
        environment={},
    ),
    MethodSpec(
        name="peer_tangermeme_deeplift",
        module="ismbench.methods.peers.tangermeme_deeplift",
        factory="TangermemeDeepLift",
        kind="contribution",
        exact=False,
        batch_column="sequences_per_call",
        summary="tangermeme's deep_lift_shap, on torch, against the baselines of deepshap",
        extra="peers",
        requires=("tangermeme", "torch"),
        environment={},
    ),
)

METHODS: dict[str, MethodSpec] = {spec.name: spec for spec in _TABLE}
"""Every method by name, in the order of tables and figures."""


def load(name: str) -> Factory:
    """Imports a method.

    Args:
        name: A key of METHODS.

    Returns:
        What builds it: ``load(name)(model, target, batch, **options)`` returns an Explainer.

    Raises:
        InputError: There is no such method.
        UnsupportedError: The packages that it needs are not installed.
    """
    spec = METHODS.get(name)
    if spec is None:
        near = get_close_matches(name, METHODS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(METHODS)}"
        raise InputError(f"A method must be one of the table. Received: {name!r}; {hint}")
    reason = spec.missing()
    if reason is not None:
        raise UnsupportedError(reason)
    return cast(Factory, getattr(import_module(spec.module), spec.factory))

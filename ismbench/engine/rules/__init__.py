"""Which rule takes which layer: one table, by exact type. A subclass with its own ``call`` must not get its parent's.

Several rules for a type are tried in order; where none accepts, the whole layer is run (mixing.py).
"""

from typing import Any

from keras import layers, ops
from keras.src.ops import math, nn, numpy  # operations inside functional models; not public by type

from ismbench.engine.graph import ActivationOf
from ismbench.engine.rules.affine import NormalizationByConstants, RescalingRule, WithConstant
from ismbench.engine.rules.convolution import Convolution, TransposedConvolution
from ismbench.engine.rules.elementwise import Operation
from ismbench.engine.rules.folding import FoldingRule
from ismbench.engine.rules.linear import BatchNorm, DenseRule, EinsumDenseRule, Identity
from ismbench.engine.rules.merge import Concatenate, LinearMerge, ValueMerge
from ismbench.engine.rules.mixing import WholeLayer
from ismbench.engine.rules.pointwise import (
    Activation,
    GroupNorm,
    Normalization,
    OwnFunction,
    Pointwise,
    Prelu,
    SoftmaxRule,
)
from ismbench.engine.rules.pooling import AveragePool, MaxPool, SoftmaxPool, WindowedPool
from ismbench.engine.rules.rearranging import (
    Expand,
    Gated,
    LengthMax,
    Reducing,
    Squeezed,
    Summed,
    SwapAxes,
    TransposeRule,
)
from ismbench.engine.rules.reduction import FlattenRule, GlobalAverage, GlobalMax
from ismbench.engine.rules.rule import BaseRule, Changed, Context, OneInput, Query, Rule, Step
from ismbench.engine.rules.shape import (
    FlipRule,
    PermuteRule,
    ReshapeRule,
    Shift,
    Upsample,
    crop_offset,
    pad_offset,
)
from ismbench.engine.rules.slicing import SliceRule, SplitRule
from ismbench.engine.rules.sliding import Sliding
from ismbench.engine.rules.stacking import PadRule, StackRule
from ismbench.engine.rules.values import Moves
from ismbench.errors import InputError
from ismbench.layers import SoftmaxPooling1D

__all__ = [
    "REGISTERED", "RULES", "BaseRule", "Changed", "Context", "Moves", "OneInput", "Pointwise", "Query", "Rule", "Step",
    "WholeLayer", "WindowedPool", "register_rule",
]  # fmt: skip

_OPERATIONS = (
    numpy.Absolute, numpy.Arctan, numpy.Clip, numpy.Cos, numpy.Exp, numpy.Expm1, numpy.Log, numpy.Log1p, numpy.Log10,
    numpy.Log2, numpy.Maximum, numpy.Minimum, numpy.Negative, numpy.Power, numpy.Reciprocal, numpy.Sign, numpy.Sin,
    numpy.Sqrt, numpy.Square, numpy.Tanh,
    math.Erf, math.Rsqrt,
    nn.Celu, nn.Elu, nn.Gelu, nn.HardSigmoid, nn.HardSilu, nn.HardTanh, nn.LeakyRelu, nn.LogSigmoid, nn.Relu, nn.Relu6,
    nn.Selu, nn.Sigmoid, nn.Silu, nn.Softplus, nn.Softsign,
)  # fmt: skip

RULES: dict[type, tuple[Rule, ...]] = {
    # linear, position by position
    layers.BatchNormalization: (BatchNorm(),),
    layers.Dense: (DenseRule(),),
    **dict.fromkeys(
        (
            layers.ActivityRegularization, layers.AlphaDropout, layers.Dropout, layers.GaussianDropout,
            layers.GaussianNoise, layers.Identity, layers.SpatialDropout1D,
        ),
        (Identity(),),
    ),
    layers.Rescaling: (RescalingRule(),),
    layers.Normalization: (NormalizationByConstants(),),
    layers.EinsumDense: (EinsumDenseRule(),),
    layers.Add: (LinearMerge(),),
    layers.Average: (LinearMerge(mean=True),),
    layers.Subtract: (LinearMerge(signs=(1.0, -1.0)),),
    layers.Concatenate: (Concatenate(),),
    # linear, windowed
    layers.Conv1D: (Convolution(), Sliding()),
    layers.Conv2D: (Convolution(),),
    layers.Conv1DTranspose: (TransposedConvolution(),),
    layers.Conv2DTranspose: (TransposedConvolution(),),
    layers.DepthwiseConv1D: (Sliding(),),
    layers.SeparableConv1D: (Sliding(),),
    layers.AveragePooling1D: (AveragePool(),),
    layers.Cropping1D: (Shift(crop_offset),),
    layers.ZeroPadding1D: (Shift(pad_offset),),
    layers.UpSampling1D: (Upsample(),),
    # non-linear, position by position
    ActivationOf: (Activation(),),
    layers.Activation: (Activation(),),
    **dict.fromkeys((layers.ELU, layers.LeakyReLU, layers.ReLU), (Pointwise(),)),
    layers.Lambda: (OwnFunction(),),
    layers.PReLU: (Prelu(),),
    layers.Softmax: (SoftmaxRule(),),
    layers.Masking: (Pointwise(axes=(-1,)),),
    **dict.fromkeys((layers.LayerNormalization, layers.RMSNormalization, layers.UnitNormalization), (Normalization(),)),
    layers.GroupNormalization: (GroupNorm(),),
    layers.Multiply: (ValueMerge(ops.multiply),),
    layers.Maximum: (ValueMerge(ops.maximum),),
    layers.Minimum: (ValueMerge(ops.minimum),),
    **dict.fromkeys(_OPERATIONS, (Operation(),)),
    numpy.Add: (WithConstant(product=False, inverse=False), Operation()),
    numpy.Subtract: (WithConstant(product=False, inverse=True), Operation()),
    numpy.Multiply: (WithConstant(product=True, inverse=False), Operation()),
    **dict.fromkeys((numpy.Divide, numpy.TrueDivide), (WithConstant(product=True, inverse=True), Operation())),
    **dict.fromkeys((nn.Softmax, nn.LogSoftmax), (SoftmaxRule(),)),
    nn.Glu: (Gated(),),
    # non-linear, windowed
    layers.MaxPooling1D: (MaxPool(),),
    SoftmaxPooling1D: (SoftmaxPool(),),
    # reductions and reshaping
    layers.GlobalAveragePooling1D: (GlobalAverage(),),
    layers.GlobalMaxPooling1D: (GlobalMax(),),
    layers.Flatten: (FlattenRule(),),
    layers.Reshape: (ReshapeRule(), FoldingRule()),
    layers.Permute: (PermuteRule(),),
    numpy.Sum: (Summed(mean=False),),
    numpy.Mean: (Summed(mean=True),),
    **dict.fromkeys((numpy.Max, numpy.Amax), (LengthMax(), Reducing())),
    **dict.fromkeys((numpy.Min, numpy.Amin), (Reducing(),)),
    numpy.Reshape: (ReshapeRule(), FoldingRule()),
    numpy.Transpose: (TransposeRule(),),
    numpy.Swapaxes: (SwapAxes(),),
    numpy.ExpandDims: (Expand(),),
    numpy.Squeeze: (Squeezed(),),
    numpy.GetItem: (SliceRule(),),
    numpy.Split: (SplitRule(),),
    numpy.Flip: (FlipRule(),),
    numpy.Concatenate: (Concatenate(),),
    numpy.Stack: (StackRule(),),
    numpy.Pad: (PadRule(),),
}  # fmt: skip

REGISTERED: set[type] = set()
"""Layers whose rules are not the engine's own."""


def register_rule(layer_type: type, *rules: Any) -> None:
    """Tells the engine how differences pass through a layer of your own.

    Args:
        layer_type: The exact class; its subclasses are not meant.
        rules: Instances of a rule (``ismbench.engine.rules.Pointwise``, ``WindowedPool``, or a subclass of
            ``OneInput`` or ``BaseRule``), tried in order.

    Raises:
        InputError: If ``layer_type`` is no class or no rule is given.
    """
    if not isinstance(layer_type, type) or not rules:
        raise InputError(
            f"register_rule needs a layer class and at least one rule. Received: {layer_type!r}, {rules}"
        )
    RULES[layer_type] = rules
    REGISTERED.add(layer_type)

"""The networks as MXNet itself builds them by its operators: what our own graphs and files are compared with.

Importing it needs MXNet; tests skip where there is none.
"""

from typing import Any

from localaws.algorithms.image_classification.mxnet_network import mx
from localaws.algorithms.image_classification.resnet import (
    BATCH_NORM_MOMENTUM,
    EPSILON,
    SMALL_STEM_HEIGHT,
    plan,
)


def build_logits(num_classes: int, num_layers: int, height: int) -> Any:
    """Build the net from ``data`` to one logit a class."""
    sizes = plan(num_layers, height)
    body = mx.sym.identity(mx.sym.Variable("data"), name="id")
    body = mx.sym.BatchNorm(body, fix_gamma=True, eps=EPSILON, momentum=BATCH_NORM_MOMENTUM, name="bn_data")
    body = _stem(body, sizes.first_filters, height)
    for stage, (units, filters) in enumerate(zip(sizes.units, sizes.filters, strict=True), start=1):
        for unit in range(1, units + 1):
            stride = 2 if unit == 1 and stage > 1 else 1
            name = f"stage{stage}_unit{unit}"
            body = _unit(body, name, filters, stride, widen=unit == 1, bottleneck=sizes.bottleneck)
    body = _activate(body, "bn1", "relu1")
    body = mx.sym.Pooling(body, global_pool=True, kernel=(7, 7), pool_type="avg", name="pool1")
    return mx.sym.FullyConnected(mx.sym.Flatten(body), num_hidden=num_classes, name="fc1")


def add_probabilities(logits: Any, *, multi_label: bool) -> Any:
    """Add the output layer that an artifact ends with: softmax, or one sigmoid a class for several labels."""
    if multi_label:
        return mx.sym.LogisticRegressionOutput(logits, name="softmax")
    return mx.sym.SoftmaxOutput(logits, name="softmax")


def _stem(data: Any, filters: int, height: int) -> Any:
    if height <= SMALL_STEM_HEIGHT:
        return _convolve(data, "conv0", filters, kernel=3)
    body = _convolve(data, "conv0", filters, kernel=7, stride=2)
    body = _activate(body, "bn0", "relu0")
    return mx.sym.Pooling(body, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")


def _unit(data: Any, name: str, filters: int, stride: int, *, widen: bool, bottleneck: bool) -> Any:
    """One residual unit; its shortcut is a 1x1 convolution where the shape changes (``widen``)."""
    first = _activate(data, f"{name}_bn1", f"{name}_relu1")
    if bottleneck:
        body = _convolve(first, f"{name}_conv1", filters // 4, kernel=1)
        body = _activate(body, f"{name}_bn2", f"{name}_relu2")
        body = _convolve(body, f"{name}_conv2", filters // 4, kernel=3, stride=stride)
        body = _activate(body, f"{name}_bn3", f"{name}_relu3")
        body = _convolve(body, f"{name}_conv3", filters, kernel=1)
    else:
        body = _convolve(first, f"{name}_conv1", filters, kernel=3, stride=stride)
        body = _activate(body, f"{name}_bn2", f"{name}_relu2")
        body = _convolve(body, f"{name}_conv2", filters, kernel=3)
    return body + (_convolve(first, f"{name}_sc", filters, kernel=1, stride=stride) if widen else data)


def _convolve(data: Any, name: str, filters: int, *, kernel: int, stride: int = 1) -> Any:
    return mx.sym.Convolution(
        data,
        num_filter=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        pad=(kernel // 2, kernel // 2),
        no_bias=True,
        name=name,
    )


def _activate(data: Any, norm: str, relu: str) -> Any:
    body = mx.sym.BatchNorm(data, fix_gamma=False, eps=EPSILON, momentum=BATCH_NORM_MOMENTUM, name=norm)
    return mx.sym.Activation(body, act_type="relu", name=relu)

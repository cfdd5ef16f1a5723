"""The network: pre-activation residual nets (He et al. 2016), as MXNet's public example sizes them.

Names of layers and parameters are those of the example, so that an artifact made here and one made on AWS
can be read by the same code and can seed each other.
"""

from dataclasses import dataclass

from localaws.algorithms.image_classification.engine import mx

SMALL_FAMILY_HEIGHT = 28
SMALL_STEM_HEIGHT = 32
BOTTLENECK_FROM_SMALL = 164
BOTTLENECK_FROM_LARGE = 50
UNITS_OF_LARGE = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}
EPSILON = 2e-5
BATCH_NORM_MOMENTUM = 0.9


@dataclass(frozen=True)
class Plan:
    """How deep and how wide a net is: units and filters a stage, filters of the first convolution."""

    units: tuple[int, ...]
    filters: tuple[int, ...]
    first_filters: int
    bottleneck: bool


def plan(num_layers: int, height: int) -> Plan:
    """Size a net for images of a height in pixels; the small family is for 28 and below.

    Raises ValueError when the family for this height has no net of that depth.
    """
    if height <= SMALL_FAMILY_HEIGHT:
        return _plan_small(num_layers)
    if num_layers not in UNITS_OF_LARGE:
        allowed = ", ".join(str(depth) for depth in UNITS_OF_LARGE)
        raise ValueError(
            f"num_layers {num_layers} needs an image height of at most {SMALL_FAMILY_HEIGHT}, and "
            f"image_shape has {height}: choose num_layers from {allowed}, or a smaller image_shape"
        )
    if num_layers >= BOTTLENECK_FROM_LARGE:
        return Plan(UNITS_OF_LARGE[num_layers], (256, 512, 1024, 2048), 64, bottleneck=True)
    return Plan(UNITS_OF_LARGE[num_layers], (64, 128, 256, 512), 64, bottleneck=False)


def _plan_small(num_layers: int) -> Plan:
    if num_layers >= BOTTLENECK_FROM_SMALL and (num_layers - 2) % 9 == 0:
        return Plan(((num_layers - 2) // 9,) * 3, (64, 128, 256), 16, bottleneck=True)
    if num_layers < BOTTLENECK_FROM_SMALL and (num_layers - 2) % 6 == 0:
        return Plan(((num_layers - 2) // 6,) * 3, (16, 32, 64), 16, bottleneck=False)
    raise ValueError(
        f"num_layers {num_layers} has no net for an image height of at most {SMALL_FAMILY_HEIGHT}: "
        f"choose num_layers from 20, 32, 44, 56, 110, or a larger image_shape"
    )


def build_logits(num_classes: int, num_layers: int, height: int, *, fast_gradient: bool = False) -> mx.sym.Symbol:
    """Build the net from ``data`` (batch, channels, height, width; 0 to 255) to one logit a class.

    ``fast_gradient`` writes the last pooling as a mean. Values and parameters are the same, but on a CPU the
    gradient of MXNet's global pooling takes a tenth of a training step. Artifacts keep the pooling.
    """
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
    if fast_gradient:
        body = mx.sym.mean(body, axis=(2, 3), name="pool1")
    else:
        body = mx.sym.Pooling(body, global_pool=True, kernel=(7, 7), pool_type="avg", name="pool1")
    return mx.sym.FullyConnected(mx.sym.Flatten(body), num_hidden=num_classes, name="fc1")


def add_probabilities(logits: mx.sym.Symbol, *, multi_label: bool) -> mx.sym.Symbol:
    """Add the output layer that an artifact ends with: softmax, or one sigmoid a class for several labels."""
    if multi_label:
        return mx.sym.LogisticRegressionOutput(logits, name="softmax")
    return mx.sym.SoftmaxOutput(logits, name="softmax")


def _stem(data: mx.sym.Symbol, filters: int, height: int) -> mx.sym.Symbol:
    if height <= SMALL_STEM_HEIGHT:
        return _convolve(data, "conv0", filters, kernel=3)
    body = _convolve(data, "conv0", filters, kernel=7, stride=2)
    body = _activate(body, "bn0", "relu0")
    return mx.sym.Pooling(body, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")


def _unit(data: mx.sym.Symbol, name: str, filters: int, stride: int, *, widen: bool, bottleneck: bool) -> mx.sym.Symbol:
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


def _convolve(data: mx.sym.Symbol, name: str, filters: int, *, kernel: int, stride: int = 1) -> mx.sym.Symbol:
    return mx.sym.Convolution(
        data,
        num_filter=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        pad=(kernel // 2, kernel // 2),
        no_bias=True,
        name=name,
    )


def _activate(data: mx.sym.Symbol, norm: str, relu: str) -> mx.sym.Symbol:
    body = mx.sym.BatchNorm(data, fix_gamma=False, eps=EPSILON, momentum=BATCH_NORM_MOMENTUM, name=norm)
    return mx.sym.Activation(body, act_type="relu", name=relu)

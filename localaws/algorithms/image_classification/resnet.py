"""The network: pre-activation residual nets (He et al. 2016), as MXNet's public example sizes them.

Names of layers and parameters are those of the example, so that an artifact made here and one made on AWS
can be read by the same code and can seed each other. The graph has the attributes that MXNet writes for them.
"""

from dataclasses import dataclass

from common.artifact.graph import VARIABLE, Graph, Node

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


def build_graph(num_classes: int, num_layers: int, height: int, *, multi_label: bool = False) -> Graph:
    """Build the net from ``data`` (batch, channels, height, width; 0 to 255) to one probability a class.

    The output layer is a softmax, or one sigmoid a class for several labels.
    """
    return _Builder(plan(num_layers, height)).build(num_classes, height, multi_label=multi_label)


class _Builder:
    """Collects nodes; each method adds some and returns the place of the last."""

    def __init__(self, sizes: Plan) -> None:
        self._plan = sizes
        self._nodes: list[Node] = []
        self._counts: dict[str, int] = {}

    def build(self, num_classes: int, height: int, *, multi_label: bool) -> Graph:
        body = self._add("_copy", "id", self._add(VARIABLE, "data"))
        body = self._stem(self._normalize(body, "bn_data", fix_gamma=True), height)
        for stage, (units, filters) in enumerate(zip(self._plan.units, self._plan.filters, strict=True), start=1):
            for unit in range(1, units + 1):
                stride = 2 if unit == 1 and stage > 1 else 1
                body = self._unit(body, f"stage{stage}_unit{unit}", filters, stride, widen=unit == 1)
        body = self._activate(body, "bn1", "relu1")
        body = self._add("Pooling", "pool1", body, global_pool="True", kernel="(7, 7)", pool_type="avg")
        body = self._add("Flatten", self._number("flatten"), body)
        size = {"num_hidden": str(num_classes)}
        weight, bias = (self._add(VARIABLE, f"fc1_{part}", **size) for part in ("weight", "bias"))
        body = self._add("FullyConnected", "fc1", body, weight, bias, **size)
        label = self._add(VARIABLE, "softmax_label")
        output = "LogisticRegressionOutput" if multi_label else "SoftmaxOutput"
        answer = self._add(output, "softmax", body, label)
        return Graph(tuple(self._nodes), answer)

    def _stem(self, data: int, height: int) -> int:
        filters = self._plan.first_filters
        if height <= SMALL_STEM_HEIGHT:
            return self._convolve(data, "conv0", filters, kernel=3)
        body = self._activate(self._convolve(data, "conv0", filters, kernel=7, stride=2), "bn0", "relu0")
        window = {"kernel": "(3, 3)", "pad": "(1, 1)", "pool_type": "max", "stride": "(2, 2)"}
        return self._add("Pooling", self._number("pooling"), body, **window)

    def _unit(self, data: int, name: str, filters: int, stride: int, *, widen: bool) -> int:
        """One residual unit; its shortcut is a 1x1 convolution where the shape changes (``widen``)."""
        first = self._activate(data, f"{name}_bn1", f"{name}_relu1")
        if self._plan.bottleneck:
            body = self._convolve(first, f"{name}_conv1", filters // 4, kernel=1)
            body = self._activate(body, f"{name}_bn2", f"{name}_relu2")
            body = self._convolve(body, f"{name}_conv2", filters // 4, kernel=3, stride=stride)
            body = self._activate(body, f"{name}_bn3", f"{name}_relu3")
            body = self._convolve(body, f"{name}_conv3", filters, kernel=1)
        else:
            body = self._convolve(first, f"{name}_conv1", filters, kernel=3, stride=stride)
            body = self._activate(body, f"{name}_bn2", f"{name}_relu2")
            body = self._convolve(body, f"{name}_conv2", filters, kernel=3)
        shortcut = self._convolve(first, f"{name}_sc", filters, kernel=1, stride=stride) if widen else data
        return self._add("elemwise_add", self._number("_plus"), body, shortcut)

    def _convolve(self, data: int, name: str, filters: int, *, kernel: int, stride: int = 1) -> int:
        sizes = {"kernel": kernel, "pad": kernel // 2, "stride": stride}
        pairs = {key: f"({side}, {side})" for key, side in sizes.items()}
        attributes = dict(sorted({**pairs, "no_bias": "True", "num_filter": str(filters)}.items()))
        return self._add("Convolution", name, data, self._add(VARIABLE, f"{name}_weight", **attributes), **attributes)

    def _activate(self, data: int, norm: str, relu: str) -> int:
        return self._add("Activation", relu, self._normalize(data, norm), act_type="relu")

    def _normalize(self, data: int, name: str, *, fix_gamma: bool = False) -> int:
        attributes = {"eps": str(EPSILON), "fix_gamma": str(fix_gamma), "momentum": str(BATCH_NORM_MOMENTUM)}
        first = {"moving_mean": "zero", "moving_var": "one"}
        notes = {part: {"__init__": f'["{word}", {{}}]'} for part, word in first.items()}
        parts = ("gamma", "beta", "moving_mean", "moving_var")
        own = [self._add(VARIABLE, f"{name}_{part}", **notes.get(part, {}), **attributes) for part in parts]
        return self._add("BatchNorm", name, data, *own, **attributes)

    def _add(self, operator: str, name: str, *inputs: int, **attributes: str) -> int:
        self._nodes.append(Node(operator, name, inputs, attributes))
        return len(self._nodes) - 1

    def _number(self, name: str) -> str:
        """Name an operator that the example leaves without a name, as MXNet does."""
        number = self._counts.get(name, 0)
        self._counts[name] = number + 1
        return f"{name}{number}"

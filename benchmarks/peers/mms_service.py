"""The stand-in's artifact behind multi-model-server: decode, resize, one forward pass a request."""

import io
import json
from pathlib import Path

import numpy as np

np.bool = bool  # MXNet 1.9.1 asks for it while it is imported

import mxnet as mx  # noqa: E402
from PIL import Image  # noqa: E402

SHAPE = (1, 3, 28, 28)
bound = {}


def handle(data, context):
    """Answer one list of probabilities a request; called with nothing once, to load."""
    if "net" not in bound:
        bound["net"] = bind(Path(context.system_properties["model_dir"]))
    return [predict(bound["net"], bytes(each.get("body") or each.get("data"))) for each in data or []]


def bind(folder):
    """Bind the net for one image."""
    symbol = mx.sym.load(str(folder / "image-classification-symbol.json"))
    parameters = mx.nd.load(str(folder / "image-classification-0001.params"))
    shapes, _, _ = symbol.infer_shape(data=SHAPE)
    arguments = {
        name: parameters.get(f"arg:{name}", mx.nd.zeros(shape))
        for name, shape in zip(symbol.list_arguments(), shapes, strict=True)
    }
    statistics = {name: parameters[f"aux:{name}"] for name in symbol.list_auxiliary_states()}
    return symbol.bind(mx.cpu(), arguments, aux_states=statistics, grad_req="null")


def predict(net, body):
    """Probabilities of one image."""
    image = Image.open(io.BytesIO(body)).convert("RGB").resize(SHAPE[2:], Image.Resampling.BILINEAR)
    net.arg_dict["data"][:] = np.asarray(image, np.float32).transpose(2, 0, 1)[np.newaxis]
    net.forward(is_train=False)
    return json.dumps(net.outputs[0].asnumpy()[0].tolist())

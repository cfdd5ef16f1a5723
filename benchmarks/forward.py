"""The bare forward pass on one thread: `python benchmarks/forward.py MODEL BATCH SECONDS [mxnet]` prints figures."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from common.artifact.params import Array

Answer = Callable[[Array], Array]


def main(model: Path, batch: int, seconds: float, engine: str = "onnxruntime") -> None:
    """Answer the same images again and again."""
    shape = json.loads((model / "model-shapes.json").read_text())[0]["shape"][1:]
    images = np.random.default_rng(0).integers(0, 256, (batch, *shape)).astype(np.float32)
    answer = _load_mxnet(model, images.shape) if engine == "mxnet" else _load(model)
    answer(images)
    ready = time.process_time()  # of all threads: other work on the machine does not count
    took, began = [], time.perf_counter()
    while (now := time.perf_counter()) - began < seconds:
        answer(images)
        took.append(time.perf_counter() - now)
    told = {
        "images_per_second": batch * len(took) / sum(took),
        "images_per_cpu_second": batch * len(took) / (time.process_time() - ready),
        "milliseconds": statistics.median(took) * 1e3,
        "ready_after": ready,
        "megabytes": psutil.Process().memory_info().rss / 1e6,
    }
    print(json.dumps(told))


def _load(model: Path) -> Answer:
    from common.artifact.model import load_model
    from common.artifact.session import Session

    return Session(load_model(model)).answer


def _load_mxnet(model: Path, shape: tuple[int, ...]) -> Answer:
    """Bind the network once, as answers were made before there was ONNX Runtime."""
    vars(np).setdefault("bool", bool)  # which MXNet 1.9.1 reads, and numpy has removed
    import mxnet as mx

    symbol, arguments, states = mx.model.load_checkpoint(str(model / "image-classification"), 1)
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", data=shape)
    executor.copy_params_from(arguments, states, allow_extra_params=True)

    def answer(images: Array) -> Array:
        executor.arg_dict["data"][:] = images
        answers: Array = executor.forward(is_train=False)[0].asnumpy()
        return answers

    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:])

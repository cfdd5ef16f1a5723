"""MXNet judges every network that the algorithm offers, by `make artifacts`: its files, and answers to 200 images.

No run of all tests collects this: the deepest network takes a minute. docs/benchmarks.md has the table that it prints.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from common.artifact.params import format_params, parse_params
from common.artifact.session import Session
from common.artifact.symbol import format_symbol
from tests.judge import Judge, draw_images

SMALL = [(layers, 28) for layers in (20, 32, 44, 56, 110, 164)]
LARGE = [(layers, side) for side in (32, 64) for layers in (18, 34, 50, 101, 152, 200)]
IMAGES, BATCH = 200, 20


@pytest.fixture(scope="module")
def judge() -> Judge:
    pytest.importorskip("localaws.algorithms.image_classification.mxnet_network")
    return Judge()


@pytest.mark.parametrize(("layers", "side"), SMALL + LARGE)
def test_a_network_is_the_same_as_mxnet_s(judge: Judge, tmp_path: Path, layers: int, side: int) -> None:
    network = judge.draw(layers, side)
    parameters = dict(network.model.parameters)
    judge.mx.nd.save(str(tmp_path / "w.params"), {name: judge.mx.nd.array(each) for name, each in parameters.items()})
    written = (tmp_path / "w.params").read_bytes()
    assert format_params(parameters) == written
    assert all((array == parameters[name]).all() for name, array in parse_params(written).items())
    assert format_symbol(network.model.graph) == network.symbol.tojson()

    images, session = draw_images(IMAGES, (3, side, side)), Session(network.model)
    batches = [images[start : start + BATCH] for start in range(0, IMAGES, BATCH)]
    differences = [np.abs(session.answer(batch) - network.answer(batch)).max() for batch in batches]
    print(f"| {layers} | {side}x{side} | {max(differences):.1e} | {len(written) / 1e6:.1f} MB |", flush=True)
    assert max(differences) < 1e-5

"""The maps of the worst mistakes: hot where the net found what it said."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluation.artifact import load_artifact
from evaluation.network import Network
from evaluation.predict import predict
from evaluation.split import Split
from evaluation.trust import occlusion


@pytest.mark.parametrize("size", [(32, 32), (60, 40), (9, 8)])
def test_the_map_is_hot_where_the_net_found_what_it_said(
    tmp_path: Path, net: Path, packed: Callable[[Path], Path], size: tuple[int, int]
) -> None:
    pixels = np.full((size[1], size[0], 3), 120, dtype=np.uint8)
    pixels[: size[1] // 2, : size[0] // 2] = 255  # this makes a motorcycle of it for a net that asks for brightness
    Image.fromarray(pixels).save(tmp_path / "0.png")
    split = Split("test", tmp_path, ["0.png"], [0])
    network = Network(load_artifact(packed(net).parent), 2)
    answers = predict(network, split)
    maps = occlusion.explain(network, answers, split)
    assert answers.predicted.tolist() == [1]
    heat = maps[0].heat
    assert heat.shape == (size[1], size[0])
    hottest = np.unravel_index(heat.argmax(), heat.shape)
    assert hottest[0] < size[1] / 2
    assert hottest[1] < size[0] / 2
    assert heat.max() > 0 > heat[size[1] * 3 // 4, size[0] * 3 // 4]


def test_of_many_mistakes_the_six_worst_are_mapped_and_of_none_none(
    ready: Path, packed: Callable[[Path], Path], net: Path
) -> None:
    paths = [f"motorcycle/{index}.png" for index in range(6)] * 2
    network = Network(load_artifact(packed(net).parent), 2)
    for label, mapped in ((0, occlusion.MOST), (1, 0)):
        split = Split("test", ready / "test", paths, [label] * 12)
        assert len(occlusion.explain(network, predict(network, split), split)) == mapped

"""Both families of residual nets."""

import pytest

from common.artifact.graph import Graph
from common.artifact.symbol import format_symbol
from localaws.algorithms.image_classification.resnet import build_graph, plan

DEPTHS = [(20, 28), (32, 28), (44, 28), (56, 28), (110, 28), (18, 32), (34, 224), (50, 32), (50, 224), (152, 32)]


@pytest.mark.parametrize(("layers", "height"), DEPTHS)
def test_a_net_has_as_many_layers_as_it_is_named_for(layers: int, height: int) -> None:
    names = [node.name for node in build_graph(2, layers, height).nodes]
    weights = [name for name in names if name.endswith("_weight") and not name.endswith("_sc_weight")]
    assert len(weights) == layers


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize(("layers", "height"), DEPTHS)
def test_a_net_is_written_as_mxnet_writes_the_one_that_it_builds(layers: int, height: int, multi_label: bool) -> None:
    pytest.importorskip("localaws.algorithms.image_classification.mxnet_network")
    from localaws.algorithms.image_classification.mxnet_network import mx
    from tests.mxnet_resnet import add_probabilities, build_logits

    with mx.name.NameManager():  # which numbers what has no name from 0 on
        built = add_probabilities(build_logits(3, layers, height), multi_label=multi_label)
    assert format_symbol(build_graph(3, layers, height, multi_label=multi_label)) == built.tojson()


def test_images_of_height_28_get_the_small_family_and_of_32_the_large() -> None:
    assert plan(152, 28).units == (25, 25, 25)
    assert plan(152, 32).units == (3, 8, 36, 3)
    assert (plan(20, 28).filters, plan(152, 32).filters) == ((16, 32, 64), (256, 512, 1024, 2048))


def test_a_small_net_for_a_large_image_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="num_layers 20 needs an image height of at most 28, and image_shape has 32"):
        plan(20, 32)


def test_a_large_net_for_a_small_image_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="num_layers 18 has no net for an image height of at most 28"):
        plan(18, 28)


def test_heights_to_32_keep_their_first_resolution_and_larger_ones_are_reduced_at_once() -> None:
    assert _stem(build_graph(2, 18, 32)) == ((3, 3), (1, 1))
    assert _stem(build_graph(2, 18, 224)) == ((7, 7), (2, 2))


def _stem(graph: Graph) -> tuple[tuple[int, int], tuple[int, int]]:
    node = next(node for node in graph.nodes if node.name == "conv0")
    return node.pair("kernel", 1), node.pair("stride", 1)

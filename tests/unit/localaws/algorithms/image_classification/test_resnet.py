"""Both families of residual nets."""

import numpy as np
import pytest

from localaws.algorithms.image_classification.engine import mx
from localaws.algorithms.image_classification.resnet import build_logits, plan


@pytest.mark.parametrize(
    ("layers", "height"), [(20, 28), (32, 28), (44, 28), (56, 28), (110, 28), (18, 32), (34, 224), (50, 32), (152, 32)]
)
def test_a_net_has_as_many_layers_as_it_is_named_for(layers: int, height: int) -> None:
    names = build_logits(2, layers, height).list_arguments()
    weights = [name for name in names if name.endswith("_weight") and not name.endswith("_sc_weight")]
    assert len(weights) == layers


def test_images_of_height_28_get_the_small_family_and_of_32_the_large() -> None:
    assert plan(152, 28).units == (25, 25, 25)
    assert plan(152, 32).units == (3, 8, 36, 3)


def test_a_small_net_for_a_large_image_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="num_layers 20 needs an image height of at most 28, and image_shape has 32"):
        plan(20, 32)


def test_a_large_net_for_a_small_image_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="num_layers 18 has no net for an image height of at most 28"):
        plan(18, 28)


def test_heights_to_32_keep_their_first_resolution_and_larger_ones_are_reduced_at_once() -> None:
    _, small, _ = build_logits(2, 18, 32).get_internals()["conv0_output"].infer_shape(data=(1, 3, 32, 32))
    _, large, _ = build_logits(2, 18, 224).get_internals()["conv0_output"].infer_shape(data=(1, 3, 224, 224))
    assert small == [(1, 64, 32, 32)]
    assert large == [(1, 64, 112, 112)]


def test_the_form_with_the_fast_gradient_computes_the_same() -> None:
    images = mx.nd.random.uniform(0, 255, shape=(2, 3, 8, 8))
    answers = []
    for fast in (False, True):
        executor = build_logits(3, 20, 8, fast_gradient=fast).simple_bind(mx.cpu(), data=(2, 3, 8, 8))
        for name, value in sorted(executor.arg_dict.items()):
            value[:] = 0.1 * np.random.default_rng(len(name)).normal(size=value.shape)
        executor.arg_dict["data"][:] = images
        answers.append(executor.forward(is_train=True)[0].asnumpy())
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-3, atol=1e-4)

"""The portable engine, judged by MXNet: one step of each kind of net, and each optimizer over several.

Runs diverge chaotically (1e-3 after ten steps), so no run is compared: a step from the same parameters is.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from localaws.algorithms.image_classification.hyperparameters import LARGE_FAMILY, Hyperparameters
from localaws.algorithms.image_classification.network import Floats, Network
from localaws.algorithms.image_classification.portable.network import PortableNetwork
from localaws.algorithms.image_classification.portable.optimizer import create_optimizer

pytestmark = pytest.mark.usefixtures("narrow")

PLAIN = {"momentum": 0.0, "weight_decay": 0.0, "num_training_samples": 1}


@pytest.fixture(scope="module")
def mxnet() -> Any:
    return pytest.importorskip("localaws.algorithms.image_classification.mxnet_network")


def start(settings: Hyperparameters) -> dict[str, Floats]:
    """First values, with scales and shifts that differ from channel to channel.

    A number that is zero within rounding is above it for one engine and below it for the other, and a ReLU then passes
    its gradient or does not. In the large nets' few and small maps that changes all that lies before: their shifts are
    so far from zero that a channel is above or below it nearly everywhere.
    """
    rng = np.random.default_rng(5)
    drawn = PortableNetwork(settings, seed=7).parameters()
    for name in drawn:
        if name.endswith(("_gamma", "_beta")) and "bn_data" not in name:
            drawn[name] = drawn[name] + rng.normal(0, 0.1, drawn[name].shape).astype(np.float32)
        if name.endswith("_beta") and "bn_data" not in name and settings.num_layers in LARGE_FAMILY:
            drawn[name] += rng.choice([-4, 4, 4], drawn[name].shape)
    return drawn


def step(network: Network, first: dict[str, Floats], images: Floats, gradient: Floats) -> tuple[Floats, dict[str, Any]]:
    """Logits of a step, and what it changed of each parameter and running statistic (at a rate of 1: the gradient)."""
    network.load(first, "start")
    logits = network.forward(images, training=True)
    network.update(gradient, 1.0)
    return logits, {name: value - first[name] for name, value in network.parameters().items()}


# Sides that are odd, that differ, that are reduced at once, and that leave positions which three does not divide.
NETS = [(20, 9, 14, 4), (20, 28, 28, 2), (56, 8, 8, 8), (18, 36, 33, 4), (18, 32, 30, 3), (50, 32, 32, 2)]


@pytest.mark.parametrize(("layers", "height", "width", "batch"), NETS)
def test_a_step_is_mxnet_s(mxnet: Any, layers: int, height: int, width: int, batch: int) -> None:
    settings = Hyperparameters(
        3,
        num_layers=layers,
        image_shape=(3, height, width),
        mini_batch_size=batch,
        **PLAIN,  # type: ignore[arg-type]
    )
    rng = np.random.default_rng(1)
    images = rng.uniform(0, 255, (batch, 3, height, width)).astype(np.float32)
    gradient = rng.normal(size=(batch, 3)).astype(np.float32)
    first = start(settings)
    theirs, wanted = step(mxnet.build(settings, 0), first, images, gradient)
    ours, found = step(PortableNetwork(settings, 0), first, images, gradient)
    np.testing.assert_allclose(ours, theirs, atol=2e-4)
    assert found.keys() == wanted.keys()
    far = {name: distance(found[name], wanted[name]) for name in wanted if np.any(wanted[name])}
    assert np.median(list(far.values())) < 1e-4
    assert max(far.values()) < 0.01, max(far, key=far.get)  # type: ignore[arg-type]
    assert not any(np.any(found[name]) for name in wanted if not np.any(wanted[name]))


def distance(found: Floats, wanted: Floats) -> float:
    """How far apart, as a share; what rounding leaves of a gradient that cancels out is no distance."""
    rounding = 1e-3 * wanted.size**0.5
    return float(np.linalg.norm(found - wanted) / (np.linalg.norm(wanted) + rounding))


@pytest.mark.parametrize("layers", [20, 18])
def test_answers_by_running_statistics_are_mxnet_s(mxnet: Any, layers: int) -> None:
    shape = (3, 8, 8) if layers == 20 else (3, 40, 40)
    settings = Hyperparameters(3, num_layers=layers, image_shape=shape, mini_batch_size=4, **PLAIN)  # type: ignore[arg-type]
    images = np.random.default_rng(2).uniform(0, 255, (4, *shape)).astype(np.float32)
    first = start(settings) | {"aux:bn_data_moving_mean": np.full(3, 128, np.float32)}
    first["aux:bn_data_moving_var"] = np.full(3, 5000, np.float32)
    answers = []
    for network in (mxnet.build(settings, 0), PortableNetwork(settings, 0)):
        network.load(first, "start")
        answers.append(network.forward(images, training=False))
    np.testing.assert_allclose(*answers, rtol=1e-4, atol=1e-4)


OPTIMIZERS = {
    "sgd": {"momentum": 0.8, "weight_decay": 0.01},
    "nag": {"momentum": 0.8, "weight_decay": 0.01},
    "adam": {"beta_1": 0.8, "beta_2": 0.9, "eps": 1e-3, "weight_decay": 0.01},
    "rmsprop": {"gamma": 0.7, "eps": 1e-3, "weight_decay": 0.01},
}


@pytest.mark.parametrize("name", [*OPTIMIZERS, "sgd without momentum", "nag without momentum"])
def test_an_optimizer_s_steps_on_given_gradients_are_mxnet_s(mxnet: Any, name: str) -> None:
    word, _, without = name.partition(" ")
    settings = Hyperparameters(2, 1, optimizer=word, mini_batch_size=4, **OPTIMIZERS[word])  # type: ignore[arg-type]
    if without:
        settings = replace(settings, momentum=0.0)
    rng = np.random.default_rng(3)
    names = ["conv0_weight", "bn0_gamma", "bn0_beta", "fc1_bias"]
    theirs = [mxnet.mx.nd.array(rng.normal(size=20)) for _ in names]
    ours = np.concatenate([value.asnumpy() for value in theirs])
    update = mxnet.mx.optimizer.get_updater(mxnet.create_optimizer(settings, names))
    decayed = np.repeat(np.array([1, 1, 0, 0], np.float32), 20)
    optimizer = create_optimizer(settings, decayed)
    for rate in (0.1, 0.1, 0.05, 0.01):
        gradient = rng.normal(size=(4, 20)).astype(np.float32)
        update.optimizer.set_learning_rate(rate)
        update(list(range(4)), [mxnet.mx.nd.array(row) for row in gradient], theirs)
        optimizer.update(ours, gradient.ravel().copy(), rate)
        np.testing.assert_allclose(ours, np.concatenate([value.asnumpy() for value in theirs]), rtol=1e-5, atol=1e-6)


def test_first_values_are_spread_as_mxnet_s(mxnet: Any) -> None:
    settings = Hyperparameters(2, num_layers=20, image_shape=(3, 8, 8), mini_batch_size=2, **PLAIN)  # type: ignore[arg-type]
    theirs, ours = mxnet.build(settings, 1).parameters(), PortableNetwork(settings, 1).parameters()
    assert list(ours) == list(theirs)
    for name, value in theirs.items():
        assert ours[name].shape == value.shape
        if value.size > 2000:
            assert np.std(ours[name]) == pytest.approx(np.std(value), rel=0.1), name
        elif not name.endswith("_weight"):
            assert (ours[name] == value).all(), name


def test_a_batch_is_computed_in_the_same_way_whatever_was_computed_before() -> None:
    settings = Hyperparameters(2, num_layers=20, image_shape=(3, 12, 12), mini_batch_size=4, **PLAIN)  # type: ignore[arg-type]
    rng = np.random.default_rng(4)
    first, images = start(settings), rng.uniform(0, 255, (2, 4, 3, 12, 12)).astype(np.float32)
    gradient = rng.normal(size=(4, 2)).astype(np.float32)
    network = PortableNetwork(settings, 0)
    fresh = step(network, first, images[0], gradient)[1]
    step(network, first, images[1], 100 * gradient)
    again = step(network, first, images[0], gradient)[1]
    assert all((fresh[name] == again[name]).all() for name in fresh)

"""Training on several cores: how many replicas there are, and that together they are what each alone is."""

import signal
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import psutil
import pytest

from localaws.algorithms.image_classification import replicas
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.network import Floats, Network
from localaws.algorithms.image_classification.replicas import ReplicasError, count_replicas, share_out

from .conftest import Job

MakeJob = Callable[..., Job]
ENGINES = {"portable": "portable.network", **({"mxnet": "mxnet_network"} if find_spec("mxnet") else {})}
EVERY_ENGINE = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.parametrize(
    ("wanted", "threads", "batch", "expected"),
    [
        ("2", "1", 32, 2),
        ("3", "1", 32, 3),
        ("64", "1", 32, 4),  # eight images each
        ("2", "1", 15, 1),
        ("1", "1", 32, 1),
        ("", "1", 32, 1),  # OpenMP's number is the limit
        ("", "4", 32, 1),  # and its threads use those cores
        ("4", "2", 32, 2),
        ("", "", 256, 6),  # all that there are
        ("", "many", 256, 6),
        ("4", "2,1", 32, 2),
    ],
)
def test_there_are_no_more_threads_than_cores_and_no_fewer_than_eight_images_a_replica(
    monkeypatch: pytest.MonkeyPatch, wanted: str, threads: str, batch: int, expected: int
) -> None:
    monkeypatch.setattr(replicas, "count_usable_cores", lambda: 6)
    monkeypatch.setenv("SCONES_TRAINING_CORES", wanted)
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    assert count_replicas(batch) == expected


@pytest.mark.parametrize("wanted", ["0", "-1", "two", "1.5"])
def test_what_is_no_number_of_cores_is_refused(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv("SCONES_TRAINING_CORES", wanted)
    with pytest.raises(ReplicasError, match=f"SCONES_TRAINING_CORES is '{wanted}', and must be a whole number from 1"):
        count_replicas(32)


def test_a_job_with_no_number_of_cores_fails_with_the_reason(
    make_job: MakeJob, refuse: Callable[[Job], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCONES_TRAINING_CORES", "none")
    assert refuse(make_job()).startswith("ClientError: SCONES_TRAINING_CORES is 'none'")


@pytest.mark.parametrize(("batch", "count"), [(32, 2), (33, 4), (17, 2), (8, 1)])
def test_each_image_is_in_one_share_and_shares_differ_by_one_image_at_most(batch: int, count: int) -> None:
    shares = share_out(batch, count)
    assert [place for share in shares for place in range(batch)[share]] == list(range(batch))
    sizes = [share.stop - share.start for share in shares]
    assert len(sizes) == count
    assert max(sizes) - min(sizes) <= 1


def build(monkeypatch: pytest.MonkeyPatch, engine: str, cores: int, batch: int, **settings: float) -> Network:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("SCONES_TRAINING_CORES", str(cores))
    module = import_module(f"localaws.algorithms.image_classification.{ENGINES[engine]}")
    network: Network = module.build(
        Hyperparameters(3, 1, num_layers=20, image_shape=(3, 12, 12), mini_batch_size=batch, **settings),  # type: ignore[arg-type]
        7,
    )
    return network


def draw(batch: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(1)
    images = rng.uniform(0, 255, (batch, 3, 12, 12)).astype(np.float32)
    return images, rng.normal(size=(batch, 3)).astype(np.float32)


@EVERY_ENGINE
def test_a_step_is_the_sum_of_what_each_share_alone_would_do(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    images, gradient = draw(17)
    plain = {"momentum": 0.0, "weight_decay": 0.0}
    together = build(monkeypatch, engine, 2, 17, **plain)
    first = together.parameters()
    logits = together.forward(images, training=True)
    together.update(gradient, 1.0)
    found = together.parameters()
    wanted = {name: np.zeros_like(value) for name, value in first.items()}
    for share in share_out(17, 2):
        size = share.stop - share.start
        alone = build(monkeypatch, engine, 1, size, **plain)
        alone.load(first, "start")
        np.testing.assert_allclose(alone.forward(images[share], training=True), logits[share], rtol=1e-4, atol=1e-4)
        alone.update(gradient[share], 1.0)
        for name, value in alone.parameters().items():
            wanted[name] += (value - first[name]) * (size / 17)
    # The input's statistics may be those of the whole batch, whose variance has the shares' distance in it.
    for name in (name for name in wanted if name != "aux:bn_data_moving_var"):
        change = found[name] - first[name]
        np.testing.assert_allclose(change, wanted[name], atol=2e-3 * np.abs(wanted[name]).max() + 1e-6, err_msg=name)


@EVERY_ENGINE
def test_after_training_and_after_loading_every_replica_gives_the_same_answer(
    monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    images, gradient = draw(16)
    network, other = (build(monkeypatch, engine, 2, 16) for _ in range(2))
    for _ in range(3):
        network.forward(images, training=True)
        network.update(gradient, 0.01)
    alike = np.repeat(images[:1], 16, axis=0)
    other.load(network.parameters(), "first")
    answers = network.forward(alike, training=False)
    np.testing.assert_allclose(answers, np.repeat(answers[:1], 16, axis=0), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(other.forward(alike, training=False), answers, rtol=1e-4, atol=1e-4)


@EVERY_ENGINE
def test_each_validation_is_by_the_parameters_of_its_epoch(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    images, gradient = draw(8)
    network, other = (build(monkeypatch, engine, 1, 8) for _ in range(2))
    for _ in range(2):
        network.forward(images, training=True)
        network.update(gradient, 0.05)
        answers = network.forward(images, training=False)
    other.load(network.parameters(), "last")
    np.testing.assert_allclose(other.forward(images, training=False), answers, rtol=1e-3, atol=1e-3)


@EVERY_ENGINE
def test_the_same_seed_on_as_many_cores_gives_the_same_parameters(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    images, gradient = draw(16)
    trained = []
    for _ in range(2):
        network = build(monkeypatch, engine, 2, 16)
        for _ in range(3):
            network.forward(images, training=True)
            network.update(gradient, 0.05)
        trained.append(network.parameters())
    assert all((trained[0][name] == trained[1][name]).all() for name in trained[0])


@EVERY_ENGINE
def test_a_job_on_two_cores_has_no_process_but_its_own_and_ends_well_when_it_is_stopped(
    make_job: MakeJob, engine: str
) -> None:
    job = make_job(epochs="5000", mini_batch_size="16")
    running = job.start("train", SCONES_ENGINE=engine, SCONES_TRAINING_CORES="2")
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if "Epoch[1] Validation-accuracy=" in line:
            assert not psutil.Process(running.pid).children()
            running.send_signal(signal.SIGTERM)
            break
    rest, _ = running.communicate(timeout=30)
    assert running.returncode == 0, rest
    assert "Replicas of the net, each on a core: 2" in "".join(lines)
    assert "Stopping on request" in rest
    assert len(list((job.root / "model").glob("*.params"))) == 1

"""The ``train`` command of the container: configuration and channels in, an artifact or a failure out.

Variables of the environment stand for what AWS has no hyperparameter for: ``OPT_ML`` (the directory that stands for
/opt/ml), ``SCONES_SEED`` (default 0; the same seed gives the same parameters on the same engine with as many replicas),
``SCONES_ENGINE`` (what trains, see ``engine.py``), ``SCONES_TRAINING_CORES`` (on how many cores, see ``replicas.py``)
and ``SCONES_PRETRAINED_DIR`` (a directory with an artifact to start from when use_pretrained_model is 1).
"""

import json
import os
import signal
from pathlib import Path

from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError, write_failure
from localaws.algorithms.image_classification.artifact import read_artifact
from localaws.algorithms.image_classification.channels import Channels, read_channels
from localaws.algorithms.image_classification.dataset import Dataset
from localaws.algorithms.image_classification.engine import EngineError, choose_engine, describe_engine
from localaws.algorithms.image_classification.examples import Labels, read_examples
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters, read_hyperparameters
from localaws.algorithms.image_classification.keeping import Keeper
from localaws.algorithms.image_classification.log import log, log_error, log_warning
from localaws.algorithms.image_classification.losses import make_loss
from localaws.algorithms.image_classification.network import Network, build_network
from localaws.algorithms.image_classification.replicas import ReplicasError, count_replicas
from localaws.algorithms.image_classification.resnet import plan
from localaws.algorithms.image_classification.training import Training


def main() -> int:
    """Train as the container's environment says. Returns 0, or 1 with the reason in ``output/failure``."""
    container = Container.from_environment()
    try:
        _train(container)
    except Exception as error:
        log_error(write_failure(container, error))
        if not isinstance(error, ClientError):
            raise
        return 1
    return 0


def _train(container: Container) -> None:
    _choose_engine()
    settings = _read_settings(container)
    _count_replicas(settings)
    channels = read_channels(container)
    training = _prepare(settings, channels, int(os.environ.get("SCONES_SEED", "0")))
    signal.signal(signal.SIGTERM, lambda _signal, _frame: training.stop.set())
    _start_from_former_model(settings, channels, training.network)
    keeper = Keeper(container, settings, training.network)
    keeper.resume()
    training.run(keeper)


def _choose_engine() -> None:
    """Say which engine trains, before a mistake in its variable costs the reading of the data."""
    try:
        log(f"Training engine: {describe_engine(choose_engine())}")
    except EngineError as error:
        raise ClientError(f"{error}.") from error


def _count_replicas(settings: Hyperparameters) -> None:
    """Say on how many cores batches are computed, before a mistake in the variable costs the reading of the data."""
    try:
        log(f"Replicas of the net, each on a core: {count_replicas(settings.mini_batch_size)}")
    except ReplicasError as error:
        raise ClientError(f"{error}.") from error


def _read_settings(container: Container) -> Hyperparameters:
    texts = json.loads(container.hyperparameters.read_text(encoding="utf-8"))
    log(f"Reading provided configuration from {container.hyperparameters}: {texts}")
    settings = read_hyperparameters(texts)
    try:
        plan(settings.num_layers, settings.image_shape[1])
    except ValueError as error:
        raise ClientError(f"{error}.") from error
    log("---- Parameters ----")
    for line in settings.describe():
        log(line)
    log("--------------------")
    _warn_of_differences(settings, container)
    return settings


def _warn_of_differences(settings: Hyperparameters, container: Container) -> None:
    if settings.precision_dtype == "float16":
        log_warning("precision_dtype float16 is for GPUs: this machine trains in float32")
    hosts = json.loads(container.resource_config.read_text(encoding="utf-8")).get("hosts", [])
    if settings.kv_store is not None or len(hosts) > 1:
        log_warning("kv_store is for several hosts: each host of this job trains alone on its own data")


def _prepare(settings: Hyperparameters, channels: Channels, seed: int) -> Training:
    labels = Labels(settings.num_classes, settings.multi_label)
    train = Dataset(read_examples(channels, "train", labels), settings)
    validation = Dataset(read_examples(channels, "validation", labels), settings)
    log(f"Read {len(train)} training images and {len(validation)} validation images")
    if len(train) < settings.mini_batch_size:
        raise ClientError(
            f"The number of input images must be bigger or equal to the mini_batch_size: the train channel "
            f"has {len(train)} and mini_batch_size is {settings.mini_batch_size}."
        )
    if len(train) != settings.num_training_samples:
        log_warning(f"num_training_samples is {settings.num_training_samples}, but {len(train)} were given")
    loss = make_loss(train.targets, multi_label=settings.multi_label, weighted=settings.use_weighted_loss)
    return Training(settings, build_network(settings, seed), loss, train, validation, seed)


def _start_from_former_model(settings: Hyperparameters, channels: Channels, network: Network) -> None:
    """Take over the ``model`` channel's artifact, or the pretrained one for transfer learning."""
    if channels.former_model is not None:
        log("Using the model channel for initializing weights (incremental training)")
        artifact = read_artifact(channels.former_model)
        if artifact.input_shape != settings.image_shape:
            raise ClientError(
                f"The model channel's artifact takes {artifact.input_shape} and image_shape is "
                f"{settings.image_shape}: incremental training needs the same image_shape."
            )
        network.load(artifact.parameters, "model channel's artifact")
    elif settings.use_pretrained_model:
        log("Using pretrained model for initializing weights and transfer learning.")
        network.load(read_artifact(_pretrained(settings)).parameters, "pretrained model", keep_final_layer=False)


def _pretrained(settings: Hyperparameters) -> Path:
    given = os.environ.get("SCONES_PRETRAINED_DIR")
    if not given:
        raise ClientError(
            f"use_pretrained_model is 1 with num_layers {settings.num_layers} and image_shape "
            f"{','.join(map(str, settings.image_shape))}, but AWS's pretrained weights are not on this machine: make "
            "some for this net with `scones pretrain --profile` and a profile of it, name a directory with an artifact "
            "of it in SCONES_PRETRAINED_DIR, or set use_pretrained_model to 0."
        )
    return Path(given)

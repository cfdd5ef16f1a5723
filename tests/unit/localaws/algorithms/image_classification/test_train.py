"""Training jobs that succeed, run in this process on a small net."""

import json
import tarfile
import threading
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from common.artifact.model import load_model
from common.artifact.params import load_params
from common.recordio import write_records
from localaws.algorithms.image_classification.channels import RECORD_TYPE
from localaws.algorithms.image_classification.train import main

from .conftest import Job

MakeJob = Callable[..., Job]
ENGINES = ["portable", *(["mxnet"] if find_spec("mxnet") else [])]


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a job that must succeed and give its log."""

    def run(job: Job, **environment: str) -> str:
        job.write()
        for name, value in {"OPT_ML": str(job.root), "SCONES_SEED": "3", **environment}.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        assert main() == 0
        return capsys.readouterr().out

    return run


def artifact_files(job: Job) -> list[str]:
    return sorted(path.name for path in (job.root / "model").iterdir())


def parameters(job: Job) -> dict[str, np.ndarray]:
    (path,) = (job.root / "model").glob("*.params")
    return load_params(path)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_artifact_is_what_mxnet_loads_as_a_checkpoint(
    make_job: MakeJob, train: Callable[..., str], engine: str
) -> None:
    pytest.importorskip("localaws.algorithms.image_classification.mxnet_network")
    from localaws.algorithms.image_classification.mxnet_network import mx

    job = make_job()
    train(job, SCONES_ENGINE=engine)
    names = ["image-classification-0001.params", "image-classification-symbol.json", "model-shapes.json"]
    names.append("training-engine.json")
    assert artifact_files(job) == names
    assert load_model(job.root / "model").engine == engine
    assert json.loads((job.root / "model" / "model-shapes.json").read_text()) == [
        {"shape": [1, 3, 8, 8], "name": "data"}
    ]
    symbol, weights, statistics = mx.model.load_checkpoint(str(job.root / "model" / "image-classification"), 1)
    module = mx.mod.Module(symbol)
    module.bind([("data", (5, 3, 8, 8))], for_training=False)
    module.set_params(weights, statistics)
    answers = module.predict(mx.io.NDArrayIter(mx.nd.ones((5, 3, 8, 8)), batch_size=5)).asnumpy()
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


def test_the_log_has_the_lines_that_metrics_are_read_from(make_job: MakeJob, train: Callable[..., str]) -> None:
    lines = train(make_job(epochs="2", top_k="2", count=176)).splitlines()
    for words in (
        "Training engine: ",
        "Epoch[1] Train-accuracy=",
        "Epoch[1] Train-top_k_accuracy_2=1.000000",
        "Epoch[1] Time cost=",
        "Epoch[1] Validation-accuracy=",
        "Epoch[0] Batch [20]\tSpeed: ",
        "Storing the best model with validation accuracy: ",
        "Best epoch: ",
    ):
        assert any(words in line for line in lines), words


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_parameters_and_another_seed_others(
    make_job: MakeJob, train: Callable[..., str], engine: str
) -> None:
    jobs = [make_job(name=name, augmentation_type="crop_color_transform") for name in "abc"]
    for job, seed in zip(jobs, ("1", "1", "2"), strict=True):
        train(job, SCONES_SEED=seed, SCONES_ENGINE=engine)
    first, again, other = (parameters(job) for job in jobs)
    assert all((first[name] == again[name]).all() for name in first)
    assert any((first[name] != other[name]).any() for name in first)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", ["sgd", "nag", "adam", "rmsprop"])
def test_each_optimizer_moves_every_trained_parameter(
    make_job: MakeJob, train: Callable[..., str], optimizer: str, engine: str
) -> None:
    still, moved = make_job(name="still", learning_rate="0"), make_job(optimizer=optimizer, learning_rate="0.01")
    train(still, SCONES_ENGINE=engine)
    train(moved, SCONES_ENGINE=engine)
    before, after = parameters(still), parameters(moved)
    unmoved = {name for name in before if name.startswith("arg:") and (before[name] == after[name]).all()}
    assert unmoved == {"arg:bn_data_gamma", "arg:bn_data_beta"}


def test_the_statistics_of_the_input_are_those_of_the_images(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job(count=32, epochs="8", checkpoint_frequency="8", image_shape="3,12,12")
    train(job)
    last = load_params(job.root / "model" / "image-classification-0008.params")
    paths = sorted(job.channel("train").rglob("*.png"))
    images = np.stack([np.asarray(Image.open(path)) for path in paths]).astype(np.float32)
    means, variances = images.mean(axis=(0, 1, 2)), images.var(axis=(0, 1, 2))
    np.testing.assert_allclose(last["aux:bn_data_moving_mean"], means, rtol=0.1)
    np.testing.assert_allclose(last["aux:bn_data_moving_var"], variances, rtol=0.2)


def test_every_checkpoint_is_in_the_artifact_when_asked_for(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job(epochs="4", checkpoint_frequency="2")
    train(job)
    assert {"image-classification-0002.params", "image-classification-0004.params"} <= set(artifact_files(job))


def test_without_that_only_the_best_epoch_is(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job(epochs="5")
    log = train(job)
    best = log.rsplit("Best epoch: ", 1)[1].split(",")[0]
    assert len(list((job.root / "model").glob("*.params"))) == 1
    assert f"image-classification-{int(best) + 1:04d}.params" in artifact_files(job)


def test_a_job_goes_on_from_its_checkpoint(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job(epochs="2")
    (job.root / "checkpoints").mkdir()
    train(job)
    job.hyperparameters["epochs"] = "3"
    for path in (job.root / "model").iterdir():
        path.unlink()
    log = train(job)
    assert "Resuming from the checkpoint of epoch 2" in log
    assert "Epoch[2] Validation-accuracy=" in log
    assert "Epoch[1]" not in log
    assert len(list((job.root / "model").glob("*.params"))) == 1


def test_a_finished_job_with_its_checkpoint_has_nothing_left_to_train(
    make_job: MakeJob, train: Callable[..., str]
) -> None:
    job = make_job(epochs="1")
    (job.root / "checkpoints").mkdir()
    train(job)
    before = parameters(job)
    assert "Epoch[" not in train(job)
    assert all((before[name] == value).all() for name, value in parameters(job).items())


def test_incremental_training_starts_from_the_former_models_parameters(
    make_job: MakeJob, train: Callable[..., str]
) -> None:
    former, job = make_job(name="former"), make_job(learning_rate="0")
    train(former)
    job.channel("model").mkdir()
    with tarfile.open(job.channel("model") / "model.tar.gz", "w:gz") as archive:
        archive.add(former.root / "model", arcname=".")
    job.content_types["model"] = "application/x-sagemaker-model"
    train(job)
    before, after = parameters(former), parameters(job)
    assert all((before[name] == after[name]).all() for name in before if name.startswith("arg:"))


@pytest.mark.usefixtures("narrow")
def test_transfer_learning_draws_only_the_final_layer_anew(make_job: MakeJob, train: Callable[..., str]) -> None:
    settings = {"side": 29, "image_shape": "3,29,8", "num_layers": "18", "count": 8}
    former = make_job(name="former", **settings)
    train(former)
    job = make_job(learning_rate="0", use_pretrained_model="1", **settings)
    train(job, SCONES_PRETRAINED_DIR=str(former.root / "model"), SCONES_SEED="4")
    before, after = parameters(former), parameters(job)
    changed = {name for name in before if name.startswith("arg:") and (before[name] != after[name]).any()}
    assert changed == {"arg:fc1_weight", "arg:fc1_bias"}


def test_images_may_be_links_to_where_they_are_stored(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job()
    for path in sorted(job.channel("train").rglob("*.png")):
        path.symlink_to(path.rename(job.root / f"stored-{path.name}"))
    assert "Read 16 training images" in train(job)


def test_recordio_is_read(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job(count=10)
    for name in ("train", "validation"):
        paths = sorted(job.channel(name).rglob("*.png"))
        write_records(((int(path.parent.name), path.read_bytes()) for path in paths), job.channel(name) / "data.rec")
    job.content_types = {"train": RECORD_TYPE, "validation": RECORD_TYPE}
    assert "Read 10 training images and 10 validation images" in train(job)


@pytest.mark.parametrize("weighted", ["0", "1"])
def test_several_labels_a_image_are_trained(make_job: MakeJob, train: Callable[..., str], weighted: str) -> None:
    job = make_job(multi_label="1", use_weighted_loss=weighted)
    for name in ("train", "validation"):
        path = job.channel(f"{name}_lst") / f"{name}.lst"
        rows = [line.split("\t") for line in path.read_text().splitlines()]
        path.write_text("".join(f"{index}\t1\t{label}\t{file}\n" for index, label, file in rows))
    train(job)
    symbol = json.loads((job.root / "model" / "image-classification-symbol.json").read_text())
    assert symbol["nodes"][-1]["op"] == "LogisticRegressionOutput"


def test_early_stopping_ends_the_job(make_job: MakeJob, train: Callable[..., str]) -> None:
    job = make_job(
        epochs="9",
        learning_rate="0",
        early_stopping="True",
        early_stopping_min_epochs="2",
        early_stopping_patience="1",
    )
    log = train(job)
    assert "Early stopping after epoch 1" in log
    assert "Epoch[2]" not in log


def test_what_a_cpu_does_otherwise_is_said(make_job: MakeJob, train: Callable[..., str]) -> None:
    log = train(make_job(precision_dtype="float16", kv_store="dist_sync", num_training_samples="99"))
    assert "this machine trains in float32" in log
    assert "each host of this job trains alone" in log
    assert "num_training_samples is 99, but 16" in log


def test_a_request_to_stop_keeps_what_there_is(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    from localaws.algorithms.image_classification import training

    job = make_job(epochs="50").write()
    monkeypatch.setenv("OPT_ML", str(job.root))
    stopped = threading.Event()
    stopped.set()
    original = training.Training.run

    def run_stopped(self: training.Training, keeper: object) -> None:
        self.stop = stopped
        original(self, keeper)  # type: ignore[arg-type]

    monkeypatch.setattr(training.Training, "run", run_stopped)
    assert main() == 0
    assert "image-classification-0001.params" in artifact_files(job)

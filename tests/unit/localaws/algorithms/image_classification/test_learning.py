"""That training learns, by the real command line: a net that answers one class for everything passes elsewhere."""

import io
import re
import signal
import tarfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from common.artifact.session import Session
from localaws.algorithms.image_classification.artifact import read_artifact
from localaws.algorithms.image_classification.images import crop_centre, to_network_input

from .conftest import CHANNELS, REPOSITORY, Job

MakeJob = Callable[..., Job]
REAL = REPOSITORY.parent / "shared" / "data" / "cifar-100-binary-subset.tar.gz"
BICYCLE, MOTORCYCLE = 8, 48


def best_accuracy(log: str) -> float:
    return max(float(value) for value in re.findall(r"Validation-accuracy=([\d.]+)", log))


@pytest.mark.parametrize("engine", ["portable", *(["mxnet"] if find_spec("mxnet") else [])])
def test_red_rectangles_and_blue_discs_are_learnt(make_job: MakeJob, engine: str) -> None:
    job = make_job(count=96, side=14, image_shape="3,12,12", epochs="3", learning_rate="0.02", augmentation_type="crop")
    done = job.train(SCONES_ENGINE=engine)
    assert done.returncode == 0, done.stdout
    assert best_accuracy(done.stdout) >= 0.95
    probabilities = predict_validation(job)
    assert ((probabilities.argmax(axis=1) == [0, 1] * 48).mean()) >= 0.95
    assert np.ptp(probabilities[:, 0]) > 0.5, "answers differ from image to image"


def predict_validation(job: Job) -> np.ndarray:
    paths = sorted(job.channel("validation").rglob("*.png"), key=lambda path: int(path.stem))
    images = [crop_centre(np.asarray(Image.open(path)), 12, 12) for path in paths]
    session = Session(read_artifact(job.root / "model"))
    return np.concatenate([session.answer(to_network_input(image[np.newaxis])) for image in images])


@pytest.mark.skipif(not REAL.is_file(), reason="the subset of real images is not on this machine")
def test_real_bicycles_and_motorcycles_are_told_apart_better_than_by_chance(tmp_path: Path) -> None:
    settings = {
        "num_classes": "2",
        "num_training_samples": "400",
        "num_layers": "20",
        "image_shape": "3,20,20",
        "mini_batch_size": "20",
        "epochs": "3",
        "learning_rate": "0.02",
    }
    job = Job(tmp_path / "real", settings, dict.fromkeys(CHANNELS, "application/x-image"))
    write_real_channel(job, "train", slice(0, 200))
    write_real_channel(job, "validation", slice(200, 300))
    done = job.train()
    assert done.returncode == 0, done.stdout
    # 200 validation images: chance stays below 0.6 in 997 of 1,000 cases.
    assert best_accuracy(done.stdout) >= 0.65


def write_real_channel(job: Job, name: str, share: slice) -> None:
    with tarfile.open(REAL) as archive:
        opened = archive.extractfile("cifar-100-binary/train.bin")
        assert opened is not None
        records = np.frombuffer(io.BytesIO(opened.read()).getvalue(), np.uint8).reshape(-1, 3074)
    lines = []
    for label, fine in enumerate((BICYCLE, MOTORCYCLE)):
        for record in records[records[:, 1] == fine][share]:
            path = job.channel(name) / f"{len(lines)}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(record[2:].reshape(3, 32, 32).transpose(1, 2, 0)).save(path)
            lines.append(f"{len(lines)}\t{label}\t{path.name}\n")
    job.channel(f"{name}_lst").mkdir(parents=True)
    (job.channel(f"{name}_lst") / f"{name}.lst").write_text("".join(lines))


def test_sigterm_ends_a_job_well_with_the_best_so_far(make_job: MakeJob) -> None:
    job = make_job(epochs="5000")
    running = job.start("train", SCONES_ENGINE="portable")  # MXNet's is stopped in test_replicas.py
    assert running.stdout is not None
    for line in running.stdout:
        if "Epoch[1] Validation-accuracy=" in line:
            running.send_signal(signal.SIGTERM)
            break
    rest, _ = running.communicate(timeout=30)
    assert running.returncode == 0, rest
    assert "Stopping on request" in rest
    assert len(list((job.root / "model").glob("*.params"))) == 1
    assert not (job.root / "output" / "failure").exists()


def test_a_refused_job_ends_with_1_and_says_why_in_its_log(make_job: MakeJob) -> None:
    done = make_job(epochs="none").train()
    assert done.returncode == 1
    assert "Customer Error: The value 'none' is not valid for the 'epochs' hyperparameter" in done.stdout
    assert "Traceback" not in done.stdout

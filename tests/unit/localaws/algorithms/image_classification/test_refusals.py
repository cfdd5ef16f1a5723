"""What a job is refused for: each reason lies in output/failure, as the FailureReason that people read."""

from collections.abc import Callable

import pytest
from PIL import Image

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.channels import RECORD_TYPE
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.network import build_network
from tests.artifacts import write_artifact

from .conftest import Job

MakeJob = Callable[..., Job]
Refuse = Callable[[Job], str]


def edit_list(job: Job, line: str) -> None:
    (job.channel("train_lst") / "train.lst").write_text(line)


def test_a_reason_is_the_clients_error_in_one_line(make_job: MakeJob, refuse: Refuse) -> None:
    reason = refuse(make_job(optimizer="lbfgs"))
    assert reason.startswith("ClientError: The value 'lbfgs' is not valid for the 'optimizer' hyperparameter")
    assert len(reason.splitlines()) == 1


def test_a_20_layer_net_above_a_height_of_28(make_job: MakeJob, refuse: Refuse) -> None:
    reason = refuse(make_job(side=32, image_shape="3,32,32", num_layers="20"))
    assert reason.startswith("ClientError: num_layers 20 needs an image height of at most 28")


@pytest.mark.parametrize("name", ["train", "validation", "train_lst", "validation_lst"])
def test_a_missing_channel(make_job: MakeJob, refuse: Refuse, name: str) -> None:
    job = make_job()
    del job.content_types[name]
    # Without the training channel nobody knows which form of images the others are to have.
    needed = {"train": "give the job the channels train and validation."}.get(
        name, "training with application/x-image needs train, validation, train_lst, validation_lst."
    )
    assert refuse(job) == f"ClientError: The {name} channel is missing: {needed}"


@pytest.mark.parametrize("name", ["train", "validation_lst"])
def test_an_empty_channel(make_job: MakeJob, refuse: Refuse, name: str) -> None:
    job = make_job()
    for path in sorted(job.channel(name).rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    assert refuse(job) == f"ClientError: The {name} channel is empty: no file was found under its S3 prefix."


@pytest.mark.parametrize(("kind", "given"), [("text/csv", "'text/csv'"), ("", "no ContentType")])
def test_a_wrong_or_missing_content_type(make_job: MakeJob, refuse: Refuse, kind: str, given: str) -> None:
    job = make_job()
    job.content_types["validation"] = kind
    assert refuse(job).startswith(f"ClientError: The validation channel has {given}")


def test_pipe_mode(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    job.input_mode = "Pipe"
    assert "has the input mode Pipe, which exists on AWS only" in refuse(job)


def test_records_and_images_are_not_mixed(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    job.content_types["train"] = RECORD_TYPE
    assert "here it must be application/x-recordio" in refuse(job)


def test_two_lists_in_one_channel(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    (job.channel("train_lst") / "more.lst").write_text("0\t0\t0/0.png\n")
    assert "The train_lst channel holds 2 .lst files" in refuse(job)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0\t2\t0/0.png\n", "has the class index 2, and num_classes is 2"),
        ("0\t-1\t0/0.png\n", "has the class index -1"),
        ("0\t0.5\t0/0.png\n", "has the class index 0.5"),
        ("0 0 0/0.png\n", "Line 1 of train.lst is not index<TAB>class<TAB>relative path"),
        ("0\tbicycle\t0/0.png\n", "Line 1 of train.lst is not index<TAB>class<TAB>relative path"),
        ("\n0\t0\t0/none.png\n", "Line 2 of train.lst names '0/none.png', which is no file"),
        ("0\t0\t../../config/hyperparameters.json\n", "which is no file under the train channel"),
        ("0\t0\t1\t0/0.png\n", "has 2 labels, and with multi_label=0 each image has one"),
        ("\n", "The train channel lists no images"),
    ],
)
def test_a_line_that_names_no_image_of_a_class(make_job: MakeJob, refuse: Refuse, line: str, words: str) -> None:
    job = make_job()
    edit_list(job, line)
    assert words in refuse(job)


def test_as_many_labels_as_there_are_classes_are_needed_for_multi_label(make_job: MakeJob, refuse: Refuse) -> None:
    words = "Mismatch between number of labels in the multi-label data (1) and the num_classes parameter (2)"
    assert words in refuse(make_job(multi_label="1"))


def test_a_image_smaller_than_the_image_shape(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job(side=12)
    Image.new("RGB", (7, 20)).save(job.channel("validation") / "0" / "0.png")
    assert "0/0.png has 7 x 20 pixels, less than image_shape's 8 x 8" in refuse(job)


def test_a_file_that_is_no_image(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    (job.channel("train") / "0" / "0.png").write_text("text")
    assert refuse(job) == "ClientError: 0/0.png is not a whole PNG or JPEG image."


def test_fewer_images_than_a_batch(make_job: MakeJob, refuse: Refuse) -> None:
    assert "must be bigger or equal to the mini_batch_size" in refuse(make_job(count=6))


def test_a_file_that_is_no_recordio(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    job.content_types = {"train": RECORD_TYPE, "validation": RECORD_TYPE}
    (job.channel("train") / "a.rec").write_bytes(b"not records at all")
    assert "a.rec of train is not a whole RecordIO file" in refuse(job)


def test_pretrained_weights_that_are_not_here(
    make_job: MakeJob, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCONES_PRETRAINED_DIR", raising=False)
    reason = refuse(make_job(side=32, image_shape="3,32,32", num_layers="18", use_pretrained_model="1"))
    assert "pretrained weights are not on this machine" in reason
    assert "SCONES_PRETRAINED_DIR" in reason


def test_a_former_model_of_another_net(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    write_former_model(job, image_shape=(3, 8, 8))
    job.content_types["model"] = "application/x-sagemaker-model"
    assert "The model channel's artifact was trained with another network" in refuse(job)


def test_a_former_model_for_another_size(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    write_former_model(job, image_shape=(3, 9, 9))
    job.content_types["model"] = "application/x-sagemaker-model"
    assert "incremental training needs the same image_shape" in refuse(job)


def test_a_model_channel_without_a_model(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    job.channel("model").mkdir()
    (job.channel("model") / "model.tar.gz").write_bytes(b"no archive")
    job.content_types["model"] = "application/x-sagemaker-model"
    assert "model.tar.gz is not a whole model archive" in refuse(job)


def test_a_model_channel_of_another_content_type(make_job: MakeJob, refuse: Refuse) -> None:
    job = make_job()
    write_former_model(job, image_shape=(3, 8, 8))
    job.content_types["model"] = "application/x-image"
    assert "The model channel has 'application/x-image', and it must be application/x-sagemaker-model" in refuse(job)


def test_a_deeper_net_is_no_start_for_a_shallow_one() -> None:
    deep, shallow = (
        build_network(Hyperparameters(2, 1, num_layers=layers, image_shape=(3, 8, 8), mini_batch_size=1), 0)
        for layers in (32, 20)
    )
    with pytest.raises(ClientError, match=r"another network \(.*unit4.* differs\)"):
        shallow.load(deep.parameters(), "artifact")


def write_former_model(job: Job, image_shape: tuple[int, int, int]) -> None:
    write_artifact(job.channel("model"), shape=image_shape)


def test_an_unknown_engine_is_refused_before_anything_is_read(
    make_job: Callable[..., Job], refuse: Callable[[Job], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCONES_ENGINE", "torch")
    assert refuse(make_job()).startswith("ClientError: SCONES_ENGINE is 'torch', and there are mxnet and portable")

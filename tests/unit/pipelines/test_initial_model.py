"""What a run starts from: a registered version of the same net, kept weights of the net, or nothing."""

import json

import pytest

from common.live_model import approved_key
from pipelines.clients import Client
from pipelines.errors import PipelineError
from pipelines.initial_model import InitialModel, find_initial_model
from pipelines.profiles import PROFILES
from pipelines.run import run
from pipelines.settings import Settings

COMPACT, PRETRAINED, IMAGENET = (PROFILES[name] for name in ("compact", "pretrained", "imagenet"))


@pytest.fixture
def register(s3: Client, sagemaker: Client, settings: Settings) -> "Register":
    sagemaker.create_model_package_group(ModelPackageGroupName=settings.model_package_group)
    return Register(s3, sagemaker, settings)


class Register:
    """Registers versions as the pipeline does, as far as a start from them looks."""

    def __init__(self, s3: Client, sagemaker: Client, settings: Settings) -> None:
        self._s3, self._sagemaker, self._settings = s3, sagemaker, settings

    def __call__(self, shape: str = "3,28,28", approval: str = "Approved", **words: str) -> str:
        key = f"runs/{shape}/{approval}/{len(words)}/model.tar.gz"
        self._s3.put_object(Bucket=self._settings.bucket, Key=key, Body=b"model")
        uri = f"s3://{self._settings.bucket}/{key}"
        container = {
            "Image": "i",
            "ModelDataUrl": uri,
            "ModelInput": {"DataInputConfig": f'{{"data":[1,{shape}]}}'},
        }
        self._sagemaker.create_model_package(
            ModelPackageGroupName=self._settings.model_package_group,
            InferenceSpecification={"Containers": [container], "SupportedContentTypes": ["a"]},
            ModelApprovalStatus=approval,
            CustomerMetadataProperties=words,
        )
        return uri


def test_a_profile_without_weights_starts_from_nothing(s3: Client, sagemaker: Client, settings: Settings) -> None:
    assert find_initial_model(s3, sagemaker, settings, COMPACT, {}, None) is None


def test_a_version_of_the_same_net_is_gone_on_from(
    s3: Client, sagemaker: Client, settings: Settings, register: Register
) -> None:
    uri = register(num_layers="20", profile="compact")
    assert find_initial_model(s3, sagemaker, settings, COMPACT, {}, "1") == InitialModel(uri, "version 1")


def test_of_an_approved_version_the_copy_is_gone_on_from_which_no_job_can_have_changed(
    s3: Client, sagemaker: Client, settings: Settings, register: Register
) -> None:
    register(num_layers="20", profile="compact")
    arn = sagemaker.list_model_packages(ModelPackageGroupName=settings.model_package_group)["ModelPackageSummaryList"][
        0
    ]["ModelPackageArn"]
    key = approved_key(sagemaker.describe_model_package(ModelPackageName=arn))
    s3.put_object(Bucket=settings.bucket, Key=key, Body=b"model")
    copy = InitialModel(f"s3://{settings.bucket}/{key}", "version 1")
    assert find_initial_model(s3, sagemaker, settings, COMPACT, {}, "1") == copy
    assert find_initial_model(s3, sagemaker, settings, COMPACT, {}, "live") == copy


def test_live_is_the_approved_version_that_was_changed_last(
    s3: Client, sagemaker: Client, settings: Settings, register: Register
) -> None:
    uri = register(profile="compact")
    register(profile="compact", approval="PendingManualApproval")
    assert find_initial_model(s3, sagemaker, settings, COMPACT, {}, "live") == InitialModel(uri, "version 1")


@pytest.mark.parametrize(
    ("recorded", "sentence"),
    [
        ({"num_layers": "32"}, "Version 1 has 32 layers and the image shape 3,28,28, and this run has 20 layers"),
        ({"shape": "3,32,32", "num_layers": "20"}, "has 20 layers and the image shape 3,32,32, and this run"),
        ({"shape": "3,28,28", "profile": "reference"}, "Version 1 has 152 layers"),
    ],
)
def test_a_version_of_another_net_is_refused_before_the_start(
    s3: Client, sagemaker: Client, settings: Settings, register: Register, recorded: dict[str, str], sentence: str
) -> None:
    register(**recorded)
    with pytest.raises(PipelineError, match=sentence):
        find_initial_model(s3, sagemaker, settings, COMPACT, {}, "1")


def test_what_cannot_be_started_from_is_refused_in_words(
    s3: Client, sagemaker: Client, settings: Settings, register: Register
) -> None:
    uri = register(approval="Rejected", profile="compact")
    refused = {"UsePretrainedModel=0": IMAGENET, "give one of them": COMPACT}
    for sentence, profile in refused.items():
        with pytest.raises(PipelineError, match=sentence):
            find_initial_model(
                s3, sagemaker, settings, profile, {"ModelUri": "s3://b/k"} if profile is COMPACT else {}, "1"
            )
    with pytest.raises(PipelineError, match="There is no version 'newest' in the registry; it has 1, or say live"):
        find_initial_model(s3, sagemaker, settings, COMPACT, {}, "newest")
    with pytest.raises(PipelineError, match="No version is approved"):
        find_initial_model(s3, sagemaker, settings, COMPACT, {}, "live")
    s3.delete_object(Bucket=settings.bucket, Key=uri.removeprefix(f"s3://{settings.bucket}/"))
    with pytest.raises(PipelineError, match="The artifact of version 1 is gone"):
        find_initial_model(s3, sagemaker, settings, COMPACT, {}, "1")


def test_weights_of_the_runs_own_net_are_taken_and_their_lack_is_told_with_the_mend(
    s3: Client, sagemaker: Client, settings: Settings
) -> None:
    key = "pretrained/20-layers-3x28x28/0123456789abcdef/model.tar.gz"
    s3.put_object(Bucket=settings.bucket, Key=key, Body=b"weights")
    assert find_initial_model(s3, sagemaker, settings, PRETRAINED, {}, None) == InitialModel(
        f"s3://{settings.bucket}/{key}", "weights 20-layers-3x28x28 0123456789abcdef"
    )
    with pytest.raises(PipelineError, match=r"32 layers .* none lie under .*`scones pretrain --profile pretrained`"):
        find_initial_model(s3, sagemaker, settings, PRETRAINED, {"NumLayers": "32"}, None)
    with pytest.raises(PipelineError, match="NumLayers is 'many'"):
        find_initial_model(s3, sagemaker, settings, PRETRAINED, {"NumLayers": "many"}, None)


@pytest.mark.usefixtures("image")
def test_a_started_pipeline_has_the_artifact_as_default_so_that_a_retraining_finds_it(
    s3: Client, sagemaker: Client, settings: Settings, register: Register
) -> None:
    s3.put_object(Bucket=settings.bucket, Key="raw/a.tar.gz", Body=b"archive")
    uri = register(num_layers="20", profile="compact")
    run(settings, COMPACT, {}, from_version="1")
    definition = json.loads(sagemaker.describe_pipeline(PipelineName=settings.pipeline_name)["PipelineDefinition"])
    defaults = {entry["Name"]: entry.get("DefaultValue") for entry in definition["Parameters"]}
    assert (defaults["ModelUri"], defaults["TrainedFrom"]) == (uri, "version 1")

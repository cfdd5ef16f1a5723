"""Settings from the stack's outputs: what goes before them, and what is said where there is none."""

from collections.abc import Callable

import pytest

from pipelines.errors import PipelineError
from pipelines.stack import NEEDED, VARIABLES, find_settings, get_settings

OUTPUTS = {
    "ProjectName": "bakery",
    "ProjectId": "p-1",
    "BucketName": "p-1-123456789012-us-east-1",
    "PipelineRoleArn": "arn:aws:iam::123456789012:role/bakery-pipeline",
    "TrainingRoleArn": "arn:aws:iam::123456789012:role/bakery-training",
    "MonitoringRoleArn": "arn:aws:iam::123456789012:role/bakery-monitoring",
    "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/p-1:0123456789abcdef",
    "KeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
    "SubnetIds": "subnet-1,subnet-2",
    "SecurityGroupIds": "sg-1",
}
STACK = "SC-123456789012-pp-abc"

Deploy = Callable[..., None]


def test_all_that_the_stack_knows_is_read_from_its_outputs(deploy: Deploy) -> None:
    deploy(STACK, **OUTPUTS)

    settings = get_settings({"SCONES_STACK": STACK})

    assert (settings.project, settings.project_id, settings.account) == ("bakery", "p-1", "123456789012")
    assert settings.image_uri == OUTPUTS["ImageUri"]
    assert settings.kms_key == OUTPUTS["KeyArn"]
    assert (settings.subnets, settings.security_groups) == (("subnet-1", "subnet-2"), ("sg-1",))
    assert (settings.role_arn, settings.training_role_arn) == (OUTPUTS["PipelineRoleArn"], OUTPUTS["TrainingRoleArn"])
    assert settings.monitoring_role_arn == OUTPUTS["MonitoringRoleArn"]
    assert settings.tags == {"team": "bakery", "sagemaker:project-name": "bakery", "sagemaker:project-id": "p-1"}


def test_a_variable_that_is_set_goes_before_the_stack_s_output(deploy: Deploy) -> None:
    deploy(**OUTPUTS)
    assert OUTPUTS.keys() == VARIABLES.keys()

    given = {"SCONES_KMS_KEY": "alias/mine", "SCONES_TAGS": "team=pies", "SCONES_BUCKET": " "}
    settings = get_settings({**given, "SAGEMAKER_PROJECT_ID": "p-2"})

    assert (settings.kms_key, settings.project_id) == ("alias/mine", "p-2")
    assert settings.tags["team"] == "pies"
    assert settings.bucket == OUTPUTS["BucketName"], "an empty variable counts as unset"


@pytest.mark.usefixtures("deploy")
def test_without_a_stack_nothing_is_started_and_one_sentence_says_how_to_make_it() -> None:
    with pytest.raises(PipelineError, match=r"^There is no stack 'pies' in eu-west-1; make it with `scones up`.*\.$"):
        get_settings({"SCONES_PROJECT": "pies", "AWS_REGION": "eu-west-1"})


def test_a_stack_without_an_image_says_that_none_was_built_and_how_to(deploy: Deploy) -> None:
    deploy(**{name: value for name, value in OUTPUTS.items() if name != "ImageUri"})

    with pytest.raises(PipelineError, match=r"'scones' has no container image yet; push the code, or run `python -m s"):
        get_settings({})
    assert find_settings({}).bucket == OUTPUTS["BucketName"], "what only looks needs no image"


@pytest.mark.usefixtures("deploy")
def test_who_gives_all_that_a_start_needs_needs_no_stack() -> None:
    outputs = {variable: OUTPUTS[output] for output, variable in VARIABLES.items() if variable in NEEDED}

    assert get_settings(outputs).image_uri == OUTPUTS["ImageUri"]


@pytest.mark.usefixtures("deploy")
def test_without_a_stack_names_follow_from_the_account_of_the_credentials_or_the_one_that_is_given() -> None:
    assert find_settings({}).bucket == "scones-123456789012-us-east-1"
    assert find_settings({"SCONES_ACCOUNT_ID": "210987654321"}).bucket == "scones-210987654321-us-east-1"

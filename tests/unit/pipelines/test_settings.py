"""Settings: what follows from what, and which values are refused with which words."""

import pytest

from pipelines.errors import PipelineError
from pipelines.settings import Settings


def test_an_empty_environment_gives_the_offline_defaults() -> None:
    settings = Settings.from_environment({})

    assert settings.bucket == "scones-000000000000-us-east-1"
    assert settings.role_arn == "arn:aws:iam::000000000000:role/scones-pipeline"
    assert settings.training_role_arn == "arn:aws:iam::000000000000:role/scones-training"
    assert settings.image_uri is None, "no name follows from others: a build makes it"
    assert settings.pipeline_name == "scones-training"
    assert settings.model_package_group == "scones-vehicles"


def test_names_follow_from_project_account_and_region() -> None:
    settings = Settings.from_environment(
        {"SCONES_PROJECT": "Bakery", "SCONES_ACCOUNT_ID": "123456789012", "AWS_REGION": "cn-north-1"}
    )

    assert settings.bucket == "bakery-123456789012-cn-north-1"
    assert settings.role_arn == "arn:aws-cn:iam::123456789012:role/Bakery-pipeline"


def test_the_region_falls_back_to_the_default_region() -> None:
    assert Settings.from_environment({"AWS_DEFAULT_REGION": "eu-west-1"}).region == "eu-west-1"
    both = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "us-west-2"}
    assert Settings.from_environment(both).region == "us-west-2"


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_environment({"SCONES_BUCKET": " ", "SCONES_KMS_KEY": ""}).kms_key is None


def test_tags_come_from_the_variable_and_from_the_sagemaker_project() -> None:
    settings = Settings.from_environment(
        {"SCONES_TAGS": "team=bakery,cost=42", "SAGEMAKER_PROJECT_NAME": "s", "SAGEMAKER_PROJECT_ID": "p-1"}
    )

    assert settings.aws_tags == [
        {"Key": "cost", "Value": "42"},
        {"Key": "sagemaker:project-id", "Value": "p-1"},
        {"Key": "sagemaker:project-name", "Value": "s"},
        {"Key": "team", "Value": "bakery"},
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCONES_PROJECT", "-scones"),
        ("SCONES_PROJECT", "a" * 33),
        ("AWS_REGION", "Virginia"),
        ("AWS_DEFAULT_REGION", "us_east_1"),
        ("SCONES_ACCOUNT_ID", "1234"),
        ("SCONES_BUCKET", "My Bucket"),
        ("SCONES_ROLE_ARN", "pipeline-role"),
        ("SCONES_IMAGE_URI", "scones"),
        ("SCONES_SUBNETS", "10.0.0.0/24"),
        ("SCONES_SECURITY_GROUPS", "default"),
        ("SCONES_TAGS", "team"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_with_the_value_and_what_is_allowed(name: str, value: str) -> None:
    with pytest.raises(PipelineError) as caught:
        Settings.from_environment({name: value})

    sentence = str(caught.value)
    assert sentence.startswith(f"{name} is {value!r}; it must be ")
    assert sentence.endswith(".")


def test_subnets_without_security_groups_are_refused() -> None:
    with pytest.raises(PipelineError, match="belong together"):
        Settings.from_environment({"SCONES_SUBNETS": "subnet-1"})

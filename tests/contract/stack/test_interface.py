"""What people see of the template: parameters in groups, rules that bite, and what a deleted stack leaves."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.services.cloudformation import engine

from pipelines.settings import Settings
from pipelines.stack import Stack as Outputs
from seedcode.stack.template import load
from tests.contract.stack.resolve import ACCOUNT, Stack
from tests.contract.stack.variants import CODE, CONNECTION, VARIANTS, stacks

DOCUMENT = load().document


def test_each_parameter_has_a_label_a_description_and_a_place_in_one_group() -> None:
    interface = DOCUMENT["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(DOCUMENT["Parameters"])
    assert sorted(interface["ParameterLabels"]) == sorted(DOCUMENT["Parameters"])
    assert all(entry["Description"] for entry in DOCUMENT["Parameters"].values())


def test_everything_has_a_default_so_that_sagemaker_need_only_say_name_and_id() -> None:
    assert [name for name, entry in DOCUMENT["Parameters"].items() if "Default" not in entry] == []


@pytest.mark.parametrize(
    ("name", "fine", "refused"),
    [
        (
            "SageMakerProjectName",
            ["scones", "My-Scones-2", "bulk", "vehicles", "a-vehiclesmith"],
            ["", "-scones", "2scones", "scones-", "a" * 33, "my_scones", "a-vehicles", "a-vehicles-v2", "a-bulk"],
        ),
        ("SageMakerProjectId", ["", "p-1a2b3c4d5e6f"], ["P-1", "1", "p_1"]),
        ("GitHubRepository", ["", "bakery/scones.py"], ["scones", "https://github.com/bakery/scones", "a/b/c"]),
        ("ConnectionArn", ["", CONNECTION], ["arn:aws:s3:::bucket"]),
        ("NotificationEmail", ["", "baker@example.com"], ["baker", "a b@example.com"]),
        ("CodeVersion", ["", "0123456789abcdef"], ["../x", "main"]),
        ("ImageUri", ["", "1.dkr.ecr.eu-west-1.amazonaws.com/scones:1"], ["scones", "a b/c"]),
        ("Branch", ["main", "release/1.2"], ["-x", "a b", ""]),
    ],
)
def test_a_parameter_takes_what_it_should_and_no_more(name: str, fine: list[str], refused: list[str]) -> None:
    assert [value for value in fine if not _takes(name, value)] == []
    assert [value for value in refused if _takes(name, value)] == []


def _takes(name: str, value: str) -> bool:
    try:
        engine._resolve_parameters(DOCUMENT, [{"Key": name, "Value": value}])
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("given", VARIANTS.values(), ids=VARIANTS)
def test_no_rule_stands_in_the_way_of_a_sound_deployment(given: dict[str, str]) -> None:
    assert _refusal(given) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"SourceProvider": "GITHUB_CONNECTION", "GitHubRepository": "a/b"}, "needs ConnectionArn"),
        ({"SourceProvider": "GITHUB_CONNECTION", "ConnectionArn": CONNECTION}, "needs GitHubRepository"),
        ({"SourceProvider": "GITHUB_ACTIONS"}, "needs GitHubRepository"),
        ({"SeedBucket": "seeds"}, "needs SeedKey"),
        ({"SeedKey": "scones.zip"}, "needs SeedBucket"),
        ({"SubnetIds": "subnet-1"}, "need SecurityGroupIds"),
        ({"SecurityGroupIds": "sg-1,sg-2"}, "need SubnetIds"),
        ({"TrafficRouting": "CANARY"}, "EndpointInstanceCount to 2"),
        ({"TrafficRouting": "LINEAR", "EndpointInstanceCount": "2", "StepPercent": "100"}, "at most 50"),
    ],
)
def test_parameters_that_do_not_fit_each_other_are_refused_with_a_sentence(
    given: dict[str, str], sentence: str
) -> None:
    assert sentence in (_refusal(given) or "")


def _refusal(given: dict[str, str]) -> str | None:
    parameters = engine._resolve_parameters(DOCUMENT, [{"Key": key, "Value": value} for key, value in given.items()])
    try:
        engine._evaluate_rules(DOCUMENT, parameters, engine._evaluate_conditions(DOCUMENT, parameters))
    except ValueError as error:
        return str(error)
    return None


def test_the_template_has_plain_letters_only() -> None:
    # CloudFormation answers others as question marks, and a deployment compares what it took with what was sent.
    assert load().body.isascii()


def test_only_what_holds_data_what_deletes_the_stack_and_what_others_share_outlive_it() -> None:
    kept = {name for name, entry in DOCUMENT["Resources"].items() if "DeletionPolicy" in entry}

    data, deleting = {"Bucket", "Key", "Registry", "Repository"}, {"DeployRole", "FoundationRole"}
    attached = {"DeployData", "DeployEvents", "DeployFunctions", "DeployLogs"}
    shared = {"GitHubOidcProvider"}  # with other stacks of the account
    assert kept == data | deleting | attached | shared
    assert all(DOCUMENT["Resources"][name]["UpdateReplacePolicy"] == "Retain" for name in kept)


@pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)
def test_what_outlives_the_stack_is_named_by_it(stack: Stack) -> None:
    told: str = stack.outputs["LeftWhenDeleted"]["Value"]

    for name, entry in stack.resources.items():
        if entry.get("DeletionPolicy") == "Retain":
            reference: Any = stack.resolve({"Ref": name})
            assert str(reference) in told, name
    assert ("KMS key" in told) == ("Key" in stack.resources)


def test_the_rules_that_make_an_endpoint_go_before_it_when_the_stack_is_deleted() -> None:
    waking = [
        name
        for name, entry in stacks()["plain"].resources.items()
        if entry["Type"] == "AWS::Events::Rule"
        and any("deploy-model" in target["Arn"] for target in entry["Properties"]["Targets"])
    ]
    assert sorted(waking) == ["ApprovalRule", "EndpointAtRestRule"]
    assert all(DOCUMENT["Resources"][name]["DependsOn"] == "Endpoint" for name in waking)


def test_names_of_bucket_and_images_follow_from_the_project_id_where_there_is_one() -> None:
    plain, project = stacks()["plain"], stacks()["project"]

    assert plain.of_type("AWS::S3::Bucket")["Bucket"]["BucketName"] == "scones-123456789012-eu-west-1"
    assert project.of_type("AWS::S3::Bucket")["Bucket"]["BucketName"] == "p-1a2b3c4d5e6f-123456789012-eu-west-1"
    assert project.of_type("AWS::ECR::Repository")["ImageRepository"]["RepositoryName"] == "p-1a2b3c4d5e6f"


def test_what_sagemaker_looks_for_carries_the_projects_tags() -> None:
    wanted = [
        {"Key": "sagemaker:project-name", "Value": "scones"},
        {"Key": "sagemaker:project-id", "Value": "p-1a2b3c4d5e6f"},
    ]
    given = {**CODE, "SageMakerProjectId": "p-1a2b3c4d5e6f"}
    stack = Stack(load(), given)

    for kind in ("AWS::SageMaker::ModelPackageGroup", "AWS::CodeCommit::Repository"):
        [properties] = stack.of_type(kind).values()
        assert properties["Tags"] == wanted
    assert "Tags" not in stacks()["plain"].of_type("AWS::SageMaker::ModelPackageGroup")["Registry"]


def test_without_an_image_nothing_is_told_of_one() -> None:
    """A tag that nobody has pushed would fail each job minutes after its start."""
    plain, built = stacks()["plain"], Stack(load(), {**CODE, "ImageUri": "1.dkr.ecr.eu-west-1.amazonaws.com/scones:1"})

    assert ("ImageUri" in plain.outputs, built.outputs["ImageUri"]["Value"]) == (
        False,
        "1.dkr.ecr.eu-west-1.amazonaws.com/scones:1",
    )
    monitoring = [
        stack.of_type("AWS::Lambda::Function")["RefreshWorkflowFunction"]["Environment"]["Variables"]
        for stack in (plain, built)
    ]
    assert "MONITORING_IMAGE_URI" not in monitoring[0]
    assert monitoring[1]["MONITORING_IMAGE_URI"] == "1.dkr.ecr.eu-west-1.amazonaws.com/scones:1"


@pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)
def test_a_start_finds_in_the_outputs_all_that_the_stack_has_decided(stack: Stack) -> None:
    outputs = {name: str(entry["Value"]) for name, entry in stack.outputs.items()}
    found = Outputs(str(stack.resolve({"Ref": "AWS::StackId"})), outputs, {}).variables
    settings = Settings.from_environment({"AWS_REGION": "eu-west-1", **found})

    roles = stack.of_type("AWS::IAM::Role")
    assert settings.project == "scones"
    assert settings.account == ACCOUNT
    assert settings.bucket == stack.of_type("AWS::S3::Bucket")["Bucket"]["BucketName"]
    assert settings.role_arn.endswith(f":role/{roles['PipelineRole']['RoleName']}")
    assert settings.training_role_arn.endswith(f":role/{roles['TrainingRole']['RoleName']}")
    assert settings.monitoring_role_arn.endswith(f":role/{roles['MonitoringRole']['RoleName']}")
    assert (
        settings.kms_key
        == stack.of_type("AWS::S3::Bucket")["Bucket"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0][
            "ServerSideEncryptionByDefault"
        ]["KMSMasterKeyID"]
    )
    network = [
        (",".join(item["VpcConfig"]["SubnetIds"]), ",".join(item["VpcConfig"]["SecurityGroupIds"]))
        for item in stack.of_type("AWS::Lambda::Function").values()
        if "VpcConfig" in item
    ]
    assert {(",".join(settings.subnets), ",".join(settings.security_groups))} == set(network or [("", "")])
    assert settings.project_id == (stack.given.get("SageMakerProjectId") or None)
    assert ("sagemaker:project-id" in settings.tags) == ("SageMakerProjectId" in stack.given)

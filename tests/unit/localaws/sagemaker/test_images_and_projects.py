"""SageMaker images with their versions, and projects whose stacks CloudFormation makes of a template in S3."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api

ROLE = "arn:aws:iam::000000000000:role/images"
BASE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/own:1"


@pytest.fixture
def image(api: Api) -> str:
    arn: str = api("CreateImage", ImageName="Own", RoleArn=ROLE, DisplayName="Our own")["ImageArn"]
    return arn


def version(api: Api, base: str = BASE, token: str = "", **more: object) -> str:
    request = {"ImageName": "own", "BaseImage": base, "ClientToken": token or f"t{base[-1]}"}
    arn: str = api("CreateImageVersion", **request, **more)["ImageVersionArn"]
    return arn


def test_the_last_version_is_described_where_none_is_named_as_pipelines_code_asks(api: Api, image: str) -> None:
    first, second = version(api), version(api, f"{BASE[:-1]}2")
    assert version(api) == first
    described = api("DescribeImageVersion", ImageName="Own")
    assert (described["ImageVersionArn"], described["ContainerImage"]) == (second, f"{BASE[:-1]}2")
    assert api("DescribeImageVersion", ImageName="own", Version=1)["BaseImage"] == BASE
    assert api("DescribeImage", ImageName="own")["ImageArn"] == image
    api("DeleteImageVersion", ImageName="own", Version=2)
    assert version(api, token="again").endswith("/3")
    assert [
        item["Version"] for item in api("ListImageVersions", ImageName="own", SortOrder="ASCENDING")["ImageVersions"]
    ] == [1, 3]


@pytest.mark.usefixtures("image")
def test_an_alias_is_of_one_version(api: Api) -> None:
    version(api, Aliases=["live", "old"])
    version(api, f"{BASE[:-1]}2", Aliases=["live"])
    assert api("DescribeImageVersion", ImageName="own", Alias="live")["Version"] == 2
    assert api("DescribeImageVersion", ImageName="own", Alias="old")["Version"] == 1
    change = {"AliasesToAdd": ["old"], "AliasesToDelete": ["live"], "JobType": "TRAINING"}
    api("UpdateImageVersion", ImageName="own", Version=2, **change)
    assert api("ListAliases", ImageName="own")["SageMakerImageVersionAliases"] == ["old"]
    assert api("DescribeImageVersion", ImageName="own", Alias="old")["JobType"] == "TRAINING"
    assert api.refused("DescribeImageVersion", ImageName="own", Alias="live")[0] == "ResourceNotFound"
    assert "and not both" in api.refused("DescribeImageVersion", ImageName="own", Alias="old", Version=2)[1]


def test_images_are_changed_listed_and_deleted_with_their_versions(api: Api, image: str) -> None:
    version(api)
    api("UpdateImage", ImageName="own", Description="of ours", DeleteProperties=["DisplayName"])
    assert "DisplayName" not in api("DescribeImage", ImageName="own")
    (listed,) = api("ListImages", NameContains="ow", SortBy="IMAGE_NAME", SortOrder="DESCENDING")["Images"]
    assert (listed["ImageArn"], listed["Description"], listed["ImageStatus"]) == (image, "of ours", "CREATED")
    assert api.refused("CreateImage", ImageName="OWN", RoleArn=ROLE)[0] == "ResourceInUse"
    api("DeleteImage", ImageName="own")
    for operation in ("DescribeImage", "DescribeImageVersion", "ListImageVersions", "ListAliases", "DeleteImage"):
        assert api.refused(operation, ImageName="own")[0] == "ResourceNotFound"
    api("CreateImage", ImageName="own", RoleArn=ROLE)
    assert api("ListImageVersions", ImageName="own")["ImageVersions"] == []


@dataclass
class Cloud:
    """CloudFormation and S3 as a project sees them: one stack, whose status a test sets."""

    status: str = "CREATE_IN_PROGRESS"
    asked: dict[str, Any] = field(default_factory=dict)

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": BytesIO(f"{Bucket}/{Key}".encode())}

    def validate_template(self, **_: str) -> dict[str, Any]:
        return {"Parameters": [{"ParameterKey": "SageMakerProjectId"}, {"ParameterKey": "Size"}]}

    def create_stack(self, **request: Any) -> dict[str, Any]:
        self.asked = request
        return {"StackId": "arn:stack"}

    def update_stack(self, **request: Any) -> None:
        self.asked, self.status = request, "UPDATE_IN_PROGRESS"

    def delete_stack(self, **_: str) -> None:
        self.status = "DELETE_IN_PROGRESS"

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if not self.status:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": StackName}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": self.status}]}


@pytest.fixture
def stack(aws: Aws) -> Cloud:
    made = Cloud()
    aws.clients.known.update(s3=made, cloudformation=made)  # type: ignore[attr-defined]
    return made


TEMPLATE = {"TemplateName": "line", "TemplateURL": "https://bucket.s3.us-east-1.amazonaws.com/a/line.yaml"}
PROVIDER = {"CfnTemplateProvider": {**TEMPLATE, "RoleARN": ROLE, "Parameters": [{"Key": "Size", "Value": "3"}]}}
NAMED = {"ProjectName": "Bakery"}


def test_a_project_is_a_stack_of_its_template_and_has_its_status(api: Api, stack: Cloud) -> None:
    tag = [{"Key": "team", "Value": "bakery"}]
    made = api("CreateProject", **NAMED, TemplateProviders=[PROVIDER], Tags=tag)
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack.asked["Parameters"]}
    assert parameters == {"SageMakerProjectId": made["ProjectId"], "Size": "3"}
    assert (stack.asked["TemplateBody"], stack.asked["RoleARN"]) == ("bucket/a/line.yaml", ROLE)
    assert api("DescribeProject", **NAMED)["ProjectStatus"] == "CreateInProgress"
    assert "is CreateInProgress" in api.refused("UpdateProject", **NAMED)[1]
    stack.status = "CREATE_COMPLETE"
    described = api("DescribeProject", ProjectName="bakery")
    assert (described["ProjectStatus"], described["ProjectArn"]) == ("CreateCompleted", made["ProjectArn"])
    # What the build scripts of AWS's templates ask for.
    assert api("ListTags", ResourceArn=described["ProjectArn"])["Tags"] == tag
    found = {"Filters": [{"Name": "ProjectStatus", "Value": "CreateCompleted"}]}
    assert len(api("Search", Resource="Project", SearchExpression=found)["Results"]) == 1
    assert [item["ProjectName"] for item in api("ListProjects")["ProjectSummaryList"]] == ["Bakery"]
    assert "already exists" in api.refused("CreateProject", **NAMED, TemplateProviders=[PROVIDER])[1]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("CREATE_FAILED", "CreateFailed"), ("ROLLBACK_COMPLETE", "CreateFailed"), ("DELETE_FAILED", "DeleteFailed")],
)
def test_a_stack_that_failed_fails_its_project(api: Api, stack: Cloud, status: str, expected: str) -> None:
    api("CreateProject", **NAMED, TemplateProviders=[PROVIDER])
    stack.status = status
    assert api("DescribeProject", **NAMED)["ProjectStatus"] == expected


@pytest.mark.parametrize(
    ("status", "expected"), [("UPDATE_COMPLETE", "UpdateCompleted"), ("UPDATE_ROLLBACK_COMPLETE", "UpdateFailed")]
)
def test_a_project_is_updated_by_its_stack(api: Api, stack: Cloud, status: str, expected: str) -> None:
    api("CreateProject", **NAMED, TemplateProviders=[PROVIDER])
    stack.status = "CREATE_COMPLETE"
    api("UpdateProject", **NAMED, TemplateProvidersToUpdate=[{"CfnTemplateProvider": TEMPLATE}])
    assert api("DescribeProject", **NAMED)["ProjectStatus"] == "UpdateInProgress"
    stack.status = status
    assert api("DescribeProject", **NAMED)["ProjectStatus"] == expected


def test_a_project_goes_with_its_stack(api: Api, stack: Cloud) -> None:
    api("CreateProject", **NAMED, TemplateProviders=[PROVIDER])
    stack.status = "CREATE_COMPLETE"
    api("DeleteProject", **NAMED)
    assert api("DescribeProject", **NAMED)["ProjectStatus"] == "DeleteInProgress"
    stack.status = ""
    assert api("ListProjects")["ProjectSummaryList"] == []
    assert "does not exist" in api.refused("DescribeProject", **NAMED)[1]


@pytest.mark.usefixtures("stack")
def test_products_of_service_catalog_and_other_places_are_refused(api: Api) -> None:
    product = {"ServiceCatalogProvisioningDetails": {"ProductId": "prod-1"}}
    assert "does not emulate ServiceCatalogProvisioningDetails" in api.refused("CreateProject", **NAMED, **product)[1]
    assert "CfnTemplateProvider" in api.refused("CreateProject", **NAMED)[1]
    elsewhere = {"CfnTemplateProvider": {**TEMPLATE, "TemplateURL": "https://example.org/line.yaml"}}
    assert "no address of an object in S3" in api.refused("CreateProject", **NAMED, TemplateProviders=[elsewhere])[1]

"""What an earlier stack has left, and how it is taken over."""

from __future__ import annotations

import json
from collections.abc import Callable

from seedcode.stack.kept import find_kept, import_request
from seedcode.stack.spec import NAME_PARAMETER, Account, Spec

BUCKET = "scones-123456789012"


def _leave_everything(aws: Account) -> str:
    key = aws.client("kms").create_key()["KeyMetadata"]
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": aws.region})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="scones-vehicles")
    aws.client("ecr").create_repository(repositoryName="scones")
    aws.client("codecommit").create_repository(repositoryName="scones")
    return str(key["KeyId"])


def test_an_account_with_nothing_in_it_has_kept_nothing(aws: Account, spec: Callable[..., Spec]) -> None:
    assert find_kept(aws, spec()) == []


def test_all_that_is_retained_and_there_is_found_also_the_key_that_has_no_name(
    aws: Account, spec: Callable[..., Spec]
) -> None:
    key = _leave_everything(aws)
    found = {item.logical_id: item.identifier for item in find_kept(aws, spec(Commits="yes"))}
    assert found == {
        "Bucket": {"BucketName": BUCKET},
        "Registry": {
            "ModelPackageGroupArn": "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/scones-vehicles"
        },
        "Images": {"RepositoryName": "scones"},
        "Commits": {},
        "Key": {"KeyId": key},
    }


def test_a_key_that_waits_for_its_deletion_is_not_taken_over(aws: Account, spec: Callable[..., Spec]) -> None:
    key = _leave_everything(aws)
    aws.client("kms").schedule_key_deletion(KeyId=key)
    assert "Key" not in [item.logical_id for item in find_kept(aws, spec())]


def test_the_imports_template_has_each_as_it_is_to_be_but_for_what_is_not_there(
    aws: Account, spec: Callable[..., Spec]
) -> None:
    _leave_everything(aws)
    wanted = spec()
    request = import_request(wanted, find_kept(aws, wanted))
    template = json.loads(request["TemplateBody"])
    assert sorted(template["Resources"]) == ["Bucket", "Images", "Key", "Registry"]
    assert sorted(template["Resources"]["Bucket"]["Properties"]) == ["BucketEncryption", "BucketName"]
    assert all(resource["DeletionPolicy"] == "Retain" for resource in template["Resources"].values())
    assert not {"Outputs", "Tags"} & {*template, *request}
    assert {"ParameterKey": NAME_PARAMETER, "ParameterValue": "scones"} in request["Parameters"]
    assert [one["LogicalResourceId"] for one in request["ResourcesToImport"]] == ["Bucket", "Registry", "Images", "Key"]

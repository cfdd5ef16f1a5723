"""IAM as the local AWS enforces it: a role that may not do something fails what needs it, in AWS's words."""

from __future__ import annotations

import json
import time
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.laptop import Laptop

BUCKET = "access-of-the-tests"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/any:1"
# A job's role pulls its image before it reads anything.
PULLING = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage"]
PULLING += ["ecr:GetDownloadUrlForLayer"]


@pytest.fixture(scope="module")
def bucket(laptop: Laptop) -> str:
    s3 = laptop.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="in/data.txt", Body=b"data")
    assert laptop.push_image("any:1") == IMAGE
    return BUCKET


def processed(laptop: Laptop, name: str, role: str, program: str = "pass") -> dict[str, Any]:
    """How a processing job ended that reads in/ and writes out/ under a role."""
    sagemaker = laptop.client("sagemaker")
    place = {"S3Uri": f"s3://{BUCKET}/in/", "LocalPath": "/opt/ml/processing/in", "S3DataType": "S3Prefix"}
    output = {"S3Uri": f"s3://{BUCKET}/out/", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
    program += "; open('/opt/ml/processing/out/done', 'w').close()"
    sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=role,
        AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "-c", program]},
        ProcessingInputs=[{"InputName": "in", "S3Input": {**place, "S3InputMode": "File"}}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": output}]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    )
    while True:
        described: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=name)
        if described["ProcessingJobStatus"] != "InProgress":
            return described
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("allows", "refused"),
    [
        (["sts:GetCallerIdentity"], "s3:ListBucket"),
        (["s3:ListBucket"], "s3:GetObject"),
        (["s3:Get*", "s3:List*"], "s3:PutObject"),
    ],
)
def test_a_job_fails_by_what_its_role_may_not_do(laptop: Laptop, bucket: str, allows: list[str], refused: str) -> None:
    name = f"refused-{refused.rpartition(':')[2].lower()}"
    ended = processed(laptop, name, laptop.role(name, "sagemaker", allows=[*PULLING, *allows]))
    assert ended["ProcessingJobStatus"] == "Failed"
    assert f"assumed-role/{name}/sagemaker is not authorized to perform: {refused}" in ended["FailureReason"]
    assert f"s3://{bucket}/" in ended["FailureReason"]


def test_a_role_that_does_not_trust_sagemaker_cannot_be_taken_on(laptop: Laptop, bucket: str) -> None:
    assert bucket
    ended = processed(laptop, "untrusted", laptop.role("untrusted", "lambda"))
    assert "Could not assume role arn:aws:iam::000000000000:role/untrusted" in ended["FailureReason"]


def test_a_container_calls_under_its_jobs_role(laptop: Laptop, bucket: str) -> None:
    assert bucket
    program = (
        "import boto3; open('/opt/ml/output/message', 'w').write(boto3.client('sts').get_caller_identity()['Arn'])"
    )
    ended = processed(laptop, "who", laptop.role("who-am-i", "sagemaker"), program)
    assert ended["ExitMessage"].endswith(":assumed-role/who-am-i/sagemaker")


def test_a_person_with_a_user_of_their_own_may_do_what_its_policy_says(laptop: Laptop) -> None:
    iam = laptop.client("iam")
    iam.create_user(UserName="reader")
    policy = {"Statement": [{"Effect": "Allow", "Action": "sagemaker:List*", "Resource": "*"}]}
    iam.put_user_policy(UserName="reader", PolicyName="reader", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="reader")["AccessKey"]

    def client(secret: str) -> Any:
        return boto3.client(
            "sagemaker",
            endpoint_url=laptop.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=secret,
        )

    assert "Endpoints" in client(key["SecretAccessKey"]).list_endpoints()
    with pytest.raises(ClientError, match=r"AccessDenied.*user/reader .*sagemaker:DescribeEndpoint on"):
        client(key["SecretAccessKey"]).describe_endpoint(EndpointName="scones-vehicles")
    with pytest.raises(ClientError, match="Signature"):
        client("another").list_endpoints()


def test_what_roles_did_is_in_the_log_once_each(laptop: Laptop, bucket: str) -> None:
    assert bucket
    role = laptop.role("noted", "sagemaker", allows=[*PULLING, "s3:ListBucket"])
    for name in ("noted-once", "noted-again"):
        processed(laptop, name, role)
    noted = [one for one in laptop.access() if one["role"] == "noted"]
    assert {(one["action"], one["allowed"]) for one in noted} >= {("s3:ListBucket", True), ("s3:GetObject", False)}
    assert len(noted) == len({json.dumps(one) for one in noted})

"""Each service keeps its resources by region, also those of equal names."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localaws import keys, process
from localaws.settings import Settings
from tests.e2e.laptop import free_port
from tests.images import push_image

HOME, OTHER, THIRD = "us-east-1", "eu-west-1", "ap-southeast-2"
NAME = "regional"
ROLE = "arn:aws:iam::000000000000:role/any"
Client = Any


@dataclass(frozen=True)
class Site:
    """A local AWS and its clients."""

    settings: Settings

    def client(self, service: str, region: str) -> Client:
        key = keys.ensure(self.settings)
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.settings.endpoint,
            aws_access_key_id=key.key,
            aws_secret_access_key=key.secret,
            config=Config(retries={"max_attempts": 0}),
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(Settings(free_port(), tmp_path_factory.mktemp("regions")))
    process.start(made.settings)
    yield made
    process.stop(made.settings)


def _code() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("index.py", "import os\n\n\ndef handler(*_):\n    return os.environ['AWS_REGION']\n")
    return held.getvalue()


DEFINITION = json.dumps(
    {"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "as planned"}}]}
)
MACHINE = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
STACK = json.dumps(
    {
        "Resources": {
            "Group": {
                "Type": "AWS::SageMaker::ModelPackageGroup",
                "Properties": {"ModelPackageGroupName": f"{NAME}-of-stack"},
            },
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{NAME}-of-stack"}},
            "Code": {"Type": "AWS::CodeCommit::Repository", "Properties": {"RepositoryName": f"{NAME}-of-stack"}},
        }
    }
)
ALARM = {
    "AlarmName": NAME,
    "Namespace": "any",
    "MetricName": "any",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
PROJECT = {
    "name": NAME,
    "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: [env]}}"},
    "artifacts": {"type": "NO_ARTIFACTS"},
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    },
    "serviceRole": ROLE,
}
SCHEDULE = {
    "Name": NAME,
    "ScheduleExpression": "rate(30 days)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": f"arn:aws:sqs:{OTHER}:000000000000:any", "RoleArn": ROLE},
}
TABLE = {
    "TableName": NAME,
    "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@dataclass(frozen=True)
class Kind:
    """A kind of resource: how one is made, and the ARNs (or addresses) of those that there are."""

    service: str
    make: Callable[[Client], object]
    found: Callable[[Client], list[str]]


KINDS: Mapping[str, Kind] = {
    "alarm": Kind(
        "cloudwatch",
        lambda c: c.put_metric_alarm(**ALARM),
        lambda c: [item["AlarmArn"] for item in c.describe_alarms()["MetricAlarms"]],
    ),
    "build project": Kind(
        "codebuild",
        lambda c: c.create_project(**PROJECT),
        lambda c: [item["arn"] for item in c.batch_get_projects(names=[NAME])["projects"]],
    ),
    "function": Kind(
        "lambda",
        lambda c: c.create_function(
            FunctionName=NAME, Runtime="python3.11", Role=ROLE, Handler="index.handler", Code={"ZipFile": _code()}
        ),
        lambda c: [item["FunctionArn"] for item in c.list_functions()["Functions"]],
    ),
    "key": Kind(
        "kms",
        lambda c: c.create_alias(AliasName=f"alias/{NAME}", TargetKeyId=c.create_key()["KeyMetadata"]["KeyId"]),
        lambda c: [item["AliasArn"] for item in c.list_aliases()["Aliases"] if NAME in item["AliasName"]],
    ),
    "log group": Kind(
        "logs",
        lambda c: c.create_log_group(logGroupName=NAME),
        lambda c: [item["arn"] for item in c.describe_log_groups(logGroupNamePrefix=NAME)["logGroups"]],
    ),
    "model package group": Kind(
        "sagemaker",
        lambda c: c.create_model_package_group(ModelPackageGroupName=NAME),
        lambda c: [
            item["ModelPackageGroupArn"]
            for item in c.list_model_package_groups(NameContains=NAME)["ModelPackageGroupSummaryList"]
            if item["ModelPackageGroupName"] == NAME
        ],
    ),
    "parameter": Kind(
        "ssm",
        lambda c: c.put_parameter(Name=NAME, Value="any", Type="String"),
        lambda c: [
            c.get_parameter(Name=item["Name"])["Parameter"]["ARN"] for item in c.describe_parameters()["Parameters"]
        ],
    ),
    "pipeline": Kind(
        "sagemaker",
        lambda c: c.create_pipeline(PipelineName=NAME, PipelineDefinition=DEFINITION, RoleArn=ROLE),
        lambda c: [item["PipelineArn"] for item in c.list_pipelines()["PipelineSummaries"]],
    ),
    "queue": Kind(
        "sqs",
        lambda c: c.create_queue(QueueName=NAME),
        lambda c: [
            c.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            for url in c.list_queues(QueueNamePrefix=NAME).get("QueueUrls", [])
            if url.endswith(f"/{NAME}")
        ],
    ),
    "repository of images": Kind(
        "ecr",
        lambda c: c.create_repository(repositoryName=NAME),
        lambda c: [item["repositoryArn"] for item in c.describe_repositories()["repositories"]],
    ),
    "rule": Kind(
        "events",
        lambda c: c.put_rule(Name=NAME, EventPattern='{"source": ["any"]}'),
        lambda c: [item["Arn"] for item in c.list_rules()["Rules"]],
    ),
    "schedule": Kind(
        "scheduler",
        lambda c: c.create_schedule(**SCHEDULE),
        lambda c: [item["Arn"] for item in c.list_schedules()["Schedules"]],
    ),
    "secret": Kind(
        "secretsmanager",
        lambda c: c.create_secret(Name=NAME, SecretString="any"),
        lambda c: [item["ARN"] for item in c.list_secrets()["SecretList"]],
    ),
    "stack": Kind(
        "cloudformation",
        lambda c: (
            c.create_stack(StackName=NAME, TemplateBody=STACK),
            c.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 0.1}),
        ),
        lambda c: [item["StackId"] for item in c.describe_stacks()["Stacks"]],
    ),
    "state machine": Kind(
        "stepfunctions",
        lambda c: c.create_state_machine(name=NAME, definition=MACHINE, roleArn=ROLE),
        lambda c: [item["stateMachineArn"] for item in c.list_state_machines()["stateMachines"]],
    ),
    "table": Kind(
        "dynamodb",
        lambda c: c.create_table(**TABLE),
        lambda c: [c.describe_table(TableName=name)["Table"]["TableArn"] for name in c.list_tables()["TableNames"]],
    ),
    "topic": Kind(
        "sns",
        lambda c: c.create_topic(Name=NAME),
        lambda c: [item["TopicArn"] for item in c.list_topics()["Topics"]],
    ),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_what_is_made_in_a_region_is_there_alone(site: Site, kind: Kind) -> None:
    here, there = (site.client(kind.service, region) for region in (HOME, OTHER))
    assert kind.found(here) == kind.found(there) == []
    kind.make(there)
    [only] = kind.found(there)
    assert f":{OTHER}:" in only
    assert kind.found(here) == []
    kind.make(here)
    [own] = kind.found(here)
    assert own.split(":")[3] == HOME
    assert [own.split(":")[2], own.split(":")[5:6]] == [only.split(":")[2], only.split(":")[5:6]] or "/" in own
    assert kind.found(there) == [only]


def test_a_stack_makes_its_resources_in_its_region(site: Site) -> None:
    name = f"{NAME}-of-stack"
    for region in (HOME, OTHER):
        sagemaker, code = site.client("sagemaker", region), site.client("codecommit", region)
        group = sagemaker.describe_model_package_group(ModelPackageGroupName=name)
        assert group["ModelPackageGroupArn"].split(":")[3] == region
        repository = code.get_repository(repositoryName=name)["repositoryMetadata"]
        assert repository["Arn"].split(":")[3] == region
        assert f"git-codecommit.{region}." in repository["cloneUrlHttp"]


def test_a_function_runs_in_its_region(site: Site) -> None:
    for region in (HOME, OTHER):
        answered = site.client("lambda", region).invoke(FunctionName=NAME)["Payload"].read()
        assert json.loads(answered) == region


def test_roles_and_the_names_of_buckets_are_everywhere(site: Site) -> None:
    trust = json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": {"Service": "any"}, "Action": "sts:AssumeRole"}]}
    )
    site.client("iam", OTHER).create_role(RoleName=NAME, AssumeRolePolicyDocument=trust)
    assert site.client("iam", HOME).get_role(RoleName=NAME)["Role"]["Arn"].endswith(f"::000000000000:role/{NAME}")
    site.client("s3", OTHER).create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": OTHER})
    here = site.client("s3", HOME)
    assert here.head_bucket(Bucket=NAME)["BucketRegion"] == OTHER
    assert [bucket["Name"] for bucket in here.list_buckets()["Buckets"]] == [NAME]


def test_an_event_reaches_the_rules_of_its_region(site: Site) -> None:
    queues = {
        region: site.client("sqs", region).create_queue(QueueName="changes")["QueueUrl"] for region in (HOME, OTHER)
    }
    for region, queue in queues.items():
        sqs = site.client("sqs", region)
        arn = f"arn:aws:sqs:{region}:000000000000:changes"
        allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
        sqs.set_queue_attributes(
            QueueUrl=queue, Attributes={"Policy": json.dumps({"Statement": [allow | {"Resource": arn}]})}
        )
        events = site.client("events", region)
        pattern = {"source": ["aws.sagemaker", "aws.cloudwatch"]}
        events.put_rule(Name="changes", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="changes", Targets=[{"Id": "queue", "Arn": arn}])
    started = site.client("sagemaker", OTHER).start_pipeline_execution(PipelineName=NAME)["PipelineExecutionArn"]
    assert started.split(":")[3] == OTHER
    _await(site, OTHER, queues[OTHER], lambda event: event["detail"].get("pipelineExecutionArn") == started)
    site.client("cloudwatch", OTHER).set_alarm_state(AlarmName=NAME, StateValue="ALARM", StateReason="tried")
    changed = _await(site, OTHER, queues[OTHER], lambda event: event["source"] == "aws.cloudwatch")
    assert changed["resources"][0].split(":")[3] == changed["region"] == OTHER
    assert "Messages" not in site.client("sqs", HOME).receive_message(QueueUrl=queues[HOME])


def _await(site: Site, region: str, queue: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    sqs = site.client("sqs", region)
    for _ in range(20):
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            event: dict[str, Any] = json.loads(message["Body"])
            if wanted(event):
                return event
    raise AssertionError("the event did not come")


def test_an_arn_of_another_region_is_refused(site: Site) -> None:
    arn = f"arn:aws:sagemaker:{OTHER}:000000000000:pipeline/{NAME}"
    with pytest.raises(ClientError, match=f"scoped to correct region: {HOME}"):
        site.client("sagemaker", HOME).describe_pipeline(PipelineName=arn)


LINE = """import os, pathlib
print("begun")
pathlib.Path("/opt/ml/processing/out/region").write_text(os.environ["AWS_REGION"])
"""


def test_a_pipeline_runs_in_its_region_with_its_images_and_data(site: Site) -> None:
    (site.settings.home / "images.json").write_text(json.dumps({"own": ["python3", "-c", LINE]}))
    site.client("s3", OTHER).put_object(Bucket=NAME, Key="in/a", Body=b"a")
    image = push_image(site.client("ecr", OTHER), f"000000000000.dkr.ecr.{OTHER}.amazonaws.com/own:1")
    for region, status in ((OTHER, "Succeeded"), (HOME, "Failed")):
        sagemaker = site.client("sagemaker", region)
        sagemaker.create_pipeline(PipelineName="line", PipelineDefinition=_line(image), RoleArn=ROLE)
        arn = sagemaker.start_pipeline_execution(PipelineName="line")["PipelineExecutionArn"]
        described = _ended(sagemaker, arn)
        assert described["PipelineExecutionStatus"] == status, described
        [step] = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        if status == "Failed":
            assert f"Invalid region {OTHER} in image URI" in step["FailureReason"]
        else:
            assert step["Metadata"]["ProcessingJob"]["Arn"].split(":")[3] == OTHER
    written = site.client("s3", OTHER).get_object(Bucket=NAME, Key="out/region")["Body"].read()
    assert written.decode() == OTHER
    logs = {region: site.client("logs", region).describe_log_groups()["logGroups"] for region in (HOME, OTHER)}
    group = "/aws/sagemaker/ProcessingJobs"
    assert group in [item["logGroupName"] for item in logs[OTHER]]
    assert group not in [item["logGroupName"] for item in logs[HOME]]


def _line(image: str) -> str:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    output = {
        "OutputName": "out",
        "S3Output": {"S3Uri": f"s3://{NAME}/out", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"},
    }
    arguments = {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": image},
        "ProcessingOutputConfig": {"Outputs": [output]},
        "RoleArn": ROLE,
    }
    return json.dumps(
        {"Version": "2020-12-01", "Steps": [{"Name": "Prepare", "Type": "Processing", "Arguments": arguments}]}
    )


def _ended(sagemaker: Client, arn: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while True:
        described: dict[str, Any] = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        if described["PipelineExecutionStatus"] != "Executing" or time.monotonic() > deadline:
            return described
        time.sleep(0.1)


def test_a_training_job_takes_no_data_of_another_region(site: Site) -> None:
    job = {
        "TrainingJobName": "train",
        "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{NAME}/in"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{NAME}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }
    with pytest.raises(ClientError, match=rf"bucket exists in the selected region \({HOME}\)"):
        site.client("sagemaker", HOME).create_training_job(**job)
    site.client("sagemaker", OTHER).create_training_job(**job)


@pytest.mark.parametrize("service", ["sagemaker", "s3", "sqs", "lambda", "cloudformation"])
def test_a_region_that_aws_does_not_have_is_refused(site: Site, service: str) -> None:
    ask = {"sagemaker": "list_models", "s3": "list_buckets", "sqs": "list_queues", "lambda": "list_functions"}
    with pytest.raises(ClientError, match="valid region, not 'eu-west-9'"):
        getattr(site.client(service, "eu-west-9"), ask.get(service, "describe_stacks"))()


def test_a_region_in_which_nothing_was_done_costs_nothing(site: Site) -> None:
    assert site.client("sagemaker", THIRD).list_pipelines()["PipelineSummaries"] == []
    assert [path.name for path in (site.settings.home / "regions").iterdir()] == [OTHER]


def test_regions_are_found_again_after_a_restart(site: Site) -> None:
    before = {region: _all(site, region) for region in (HOME, OTHER)}
    process.stop(site.settings)
    process.start(site.settings)
    assert {region: _all(site, region) for region in (HOME, OTHER)} == before
    assert set(before[HOME]).isdisjoint(before[OTHER])
    executions = site.client("sagemaker", OTHER).list_pipeline_executions(PipelineName=NAME)
    assert len(executions["PipelineExecutionSummaries"]) == 1


def _all(site: Site, region: str) -> list[str]:
    return sorted(arn for kind in KINDS.values() for arn in kind.found(site.client(kind.service, region)))

"""Each service keeps its resources by region, also those of equal names."""

from __future__ import annotations

import io
import json
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import sagemaker
from botocore.config import Config
from botocore.exceptions import ClientError
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.pipeline import Pipeline

from localaws import keys, process
from localaws.keys import Credentials
from localaws.redirect import NO_TELEMETRY
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

    def client(self, service: str, region: str, key: Credentials | None = None) -> Client:
        key = key or keys.ensure(self.settings)
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.settings.endpoint,
            aws_access_key_id=key.key,
            aws_secret_access_key=key.secret,
            aws_session_token=key.token,
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
SCHEDULE: dict[str, Any] = {
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


def _target(client: Client) -> dict[str, str]:
    return {"Arn": f"arn:aws:sqs:{client.meta.region_name}:000000000000:any", "RoleArn": ROLE}


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
        lambda c: c.create_schedule(**{**SCHEDULE, "Target": _target(c)}),
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


def test_an_event_goes_to_another_region_s_bus_where_a_rule_sends_it(site: Site) -> None:
    queue = site.client("sqs", HOME).get_queue_url(QueueName="changes")["QueueUrl"]
    there, here = site.client("events", OTHER), site.client("events", HOME)
    for events, rule, arn in (
        (here, "arrived", f"arn:aws:sqs:{HOME}:000000000000:changes"),
        (there, "sent", f"arn:aws:events:{HOME}:000000000000:event-bus/default"),
    ):
        events.put_rule(Name=rule, EventPattern='{"source": ["own"]}')
        events.put_targets(Rule=rule, Targets=[{"Id": "target", "Arn": arn, "RoleArn": ROLE}])
    there.put_events(Entries=[{"Source": "own", "DetailType": "any", "Detail": "{}"}])
    _await(site, HOME, queue, lambda event: event["source"] == "own")


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


def test_the_sdk_runs_an_earlier_version_in_another_region(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.ensure(site.settings)
    for name, value in {"AWS_ENDPOINT_URL": site.settings.endpoint, **NO_TELEMETRY}.items():
        monkeypatch.setenv(name, value)
    boto_session = boto3.Session(key.key, key.secret, region_name=OTHER)
    session = sagemaker.Session(boto_session, sagemaker_client=boto_session.client("sagemaker"))
    made = Pipeline("by-sdk", steps=[FailStep("First", "as planned")], sagemaker_session=session)
    made.create(ROLE)
    assert made.latest_pipeline_version_id == 1
    made.steps = [FailStep("Second", "as planned")]
    assert made.upsert(ROLE)["PipelineVersionId"] == made.latest_pipeline_version_id == 2
    assert json.loads(made.describe(pipeline_version_id=1)["PipelineDefinition"])["Steps"][0]["Name"] == "First"
    for version, step in ((1, "First"), (None, "Second")):
        execution = made.start(pipeline_version_id=version)
        described = _ended(session.sagemaker_client, execution.arn)
        assert described["PipelineVersionId"] == (version or 2)
        assert [item["StepName"] for item in execution.list_steps()] == [step]


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


def test_a_push_is_built_in_the_region_of_its_repository(site: Site, tmp_path: Path) -> None:
    name = f"{NAME}-of-stack"
    events = site.client("events", OTHER)
    pattern = {"source": ["aws.codecommit"], "detail": {"repositoryName": [name]}}
    events.put_rule(Name="pushes", EventPattern=json.dumps(pattern))
    project = f"arn:aws:codebuild:{OTHER}:000000000000:project/{NAME}"
    target = {"Id": "build", "Arn": project, "RoleArn": ROLE, "Input": "{}"}
    events.put_targets(Rule="pushes", Targets=[target])
    repository = site.settings.in_region(OTHER).state / "repositories" / f"{name}.git"
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), (*identity, "commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    said = subprocess.run(
        ["git", "push", str(repository), "HEAD:refs/heads/main"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert f"AWS_REGION={OTHER}" in said
    [build] = site.client("codebuild", OTHER).list_builds()["ids"]
    found = site.client("codebuild", OTHER).batch_get_builds(ids=[build])["builds"][0]
    assert (found["buildStatus"], found["arn"].split(":")[3]) == ("SUCCEEDED", OTHER)
    here = site.client("codebuild", HOME)
    assert here.list_builds()["ids"] == []
    assert here.batch_get_projects(names=[project])["projectsNotFound"] == [project]
    with pytest.raises(ClientError, match=f"Project cannot be found: {project}"):
        here.start_build(projectName=project)


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        ("function", lambda c, arn: c.invoke(FunctionName=arn)),
        ("key", lambda c, arn: c.describe_key(KeyId=arn)),
        ("parameter", lambda c, arn: c.get_parameter(Name=arn)),
        ("pipeline", lambda c, arn: c.start_pipeline_execution(PipelineName=arn)),
        ("secret", lambda c, arn: c.get_secret_value(SecretId=arn)),
        ("stack", lambda c, arn: c.describe_stacks(StackName=arn)),
        ("state machine", lambda c, arn: c.start_execution(stateMachineArn=arn)),
        ("topic", lambda c, arn: c.publish(TopicArn=arn, Message="any")),
    ],
)
def test_an_arn_of_another_region_names_nothing_here(
    site: Site, kind: str, ask: Callable[[Client, str], object]
) -> None:
    known = KINDS[kind]
    [there] = [arn for arn in known.found(site.client(known.service, OTHER)) if arn.endswith(NAME) or NAME in arn][:1]
    with pytest.raises(ClientError):
        ask(site.client(known.service, HOME), there)


def test_a_schedule_calls_targets_of_its_region_alone(site: Site) -> None:
    for target in (
        SCHEDULE["Target"],
        {
            **SCHEDULE["Target"],
            "Arn": f"arn:aws:sqs:{HOME}:0:any",
            "DeadLetterConfig": {"Arn": SCHEDULE["Target"]["Arn"]},
        },
    ):
        with pytest.raises(ClientError, match=f"a schedule calls targets of its own region, {HOME}"):
            site.client("scheduler", HOME).create_schedule(**{**SCHEDULE, "Name": "across", "Target": target})


@pytest.mark.parametrize("service", ["sagemaker", "s3", "sqs", "lambda", "cloudformation"])
def test_a_region_that_aws_does_not_have_is_refused(site: Site, service: str) -> None:
    ask = {"sagemaker": "list_models", "s3": "list_buckets", "sqs": "list_queues", "lambda": "list_functions"}
    with pytest.raises(ClientError, match="valid region, not 'eu-west-9'"):
        getattr(site.client(service, "eu-west-9"), ask.get(service, "describe_stacks"))()


def test_a_region_in_which_nothing_was_done_costs_nothing(site: Site) -> None:
    assert site.client("sagemaker", THIRD).list_pipelines()["PipelineSummaries"] == []
    with pytest.raises(ClientError, match="does not emulate CreateDomain"):
        site.client("sagemaker", THIRD).create_domain(
            DomainName="any", AuthMode="IAM", DefaultUserSettings={"ExecutionRole": ROLE}
        )
    assert [path.name for path in (site.settings.home / "regions").iterdir()] == [OTHER]


def test_what_a_stop_interrupts_in_a_region_has_failed_at_the_next_start(site: Site) -> None:
    (site.settings.home / "images.json").write_text(
        json.dumps({"own": ["python3", "-c", "import time; time.sleep(60)"]})
    )
    sagemaker = site.client("sagemaker", OTHER)
    arn = sagemaker.start_pipeline_execution(PipelineName="line")["PipelineExecutionArn"]
    deadline = time.monotonic() + 20
    while not sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.stop(site.settings)
    process.start(site.settings)
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert described["PipelineExecutionStatus"] == "Failed"
    assert "was stopped while this ran" in described["FailureReason"]


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


@dataclass(frozen=True)
class Worker:
    """A role that may work in one region, on a local AWS that asks policies."""

    site: Site
    role: str
    key: Credentials

    def client(self, service: str, region: str = OTHER) -> Client:
        return self.site.client(service, region, self.key)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    made = Site(Settings(free_port(), tmp_path_factory.mktemp("enforcing"), enforce_iam=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCONES_ENFORCE_IAM", "true")
        process.start(made.settings)
    iam = made.client("iam", HOME)
    services = ["cloudformation", "events", "lambda", "sagemaker", "scheduler", "states"]
    trusted = {"Service": [f"{name}.amazonaws.com" for name in services], "AWS": "arn:aws:iam::000000000000:root"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    owned = [f"arn:aws:{service}:{OTHER}:*" for service in ("lambda", "logs", "sagemaker", "scheduler", "sqs")]
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": owned},
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole", "sagemaker:List*", "sqs:ListQueues"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": OTHER}},
        },
    ]
    iam.put_role_policy(RoleName="worker", PolicyName="own", PolicyDocument=json.dumps({"Statement": statements}))
    issued = made.client("sts", OTHER).assume_role(RoleArn=role, RoleSessionName="worker")["Credentials"]
    key = Credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
    yield Worker(made, role, key)
    process.stop(made.settings)


def _create_pipeline(client: Client, role: str) -> None:
    client.create_pipeline(PipelineName=NAME, PipelineDefinition=DEFINITION, RoleArn=role)


def test_a_role_of_one_region_may_nothing_in_another(worker: Worker) -> None:
    asked: list[tuple[str, Callable[[Client], object]]] = [
        ("sagemaker", lambda c: c.list_pipelines()),
        ("sagemaker", lambda c: _create_pipeline(c, worker.role)),
        ("sqs", lambda c: c.create_queue(QueueName="asked")),
        ("sqs", lambda c: c.list_queues()),
        ("scheduler", lambda c: c.create_schedule(**{**SCHEDULE, "Target": {**_target(c), "RoleArn": worker.role}})),
    ]
    for service, ask in asked:
        ask(worker.client(service))
        with pytest.raises(ClientError, match="AccessDenied"):
            ask(worker.client(service, HOME))


def test_what_acts_under_a_role_acts_in_its_region(worker: Worker) -> None:
    queue = worker.client("sqs").create_queue(QueueName=NAME)["QueueUrl"]
    target = {
        "Arn": f"arn:aws:sqs:{OTHER}:000000000000:{NAME}",
        "RoleArn": worker.role,
        "Input": '{"detail": "scheduled"}',
    }
    worker.client("scheduler").create_schedule(**{**SCHEDULE, "Name": "queue", "Target": target})
    _await(worker.site, OTHER, queue, lambda event: event["detail"] == "scheduled")
    sagemaker = worker.client("sagemaker")
    sagemaker.create_pipeline(PipelineName="of-rule", PipelineDefinition=DEFINITION, RoleArn=worker.role)
    events = worker.site.client("events", OTHER)
    events.put_rule(Name=NAME, EventPattern='{"source": ["own"]}')
    arn = f"arn:aws:sagemaker:{OTHER}:000000000000:pipeline/of-rule"
    events.put_targets(Rule=NAME, Targets=[{"Id": "line", "Arn": arn, "RoleArn": worker.role}])
    events.put_events(Entries=[{"Source": "own", "DetailType": "any", "Detail": "{}"}])
    deadline = time.monotonic() + 20
    while not sagemaker.list_pipeline_executions(PipelineName="of-rule")["PipelineExecutionSummaries"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_function_logs_in_its_region_under_its_role(worker: Worker) -> None:
    functions = worker.site.client("lambda", OTHER)
    functions.create_function(
        FunctionName=NAME, Runtime="python3.11", Role=worker.role, Handler="index.handler", Code={"ZipFile": _code()}
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=NAME, WaiterConfig={"Delay": 1})
    assert json.loads(functions.invoke(FunctionName=NAME)["Payload"].read()) == OTHER
    group = f"/aws/lambda/{NAME}"
    assert len(worker.site.client("logs", OTHER).describe_log_streams(logGroupName=group)["logStreams"]) == 1
    assert worker.site.client("logs", HOME).describe_log_groups()["logGroups"] == []

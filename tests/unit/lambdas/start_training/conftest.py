"""A pipeline whose executions a test begins and ends, moto's S3, SNS and ECR, and a clock that a test moves."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sns.models import sns_backends
from start_training.call import Call, parse
from start_training.settings import Settings
from start_training.training import Outcome, Trainer

from tests.images import put_image

BUCKET = "scones-bucket"
PIPELINE = "scones-training"
ALARM = "scones-vehicles-drift"
REPOSITORY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/scones"
IMAGE = f"{REPOSITORY}:0123456789abcdef"
PIPELINE_ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/{PIPELINE}"
ENVIRONMENT = {
    "BUCKET": BUCKET,
    "PIPELINE_NAME": PIPELINE,
    "MODEL_PACKAGE_GROUP": "scones-vehicles",
    "IMAGE_REPOSITORY_URI": REPOSITORY,
    "TOPIC_ARN": f"arn:aws:sns:us-east-1:{ACCOUNT}:scones-people",
    "DRIFT_ALARM_NAME": ALARM,
    "COOLDOWN_HOURS": "24",
    "MAX_RETRAININGS_PER_DAY": "2",
}
SETTINGS = Settings.from_environment(ENVIRONMENT)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Document = dict[str, Any]


def alarm_event(moment: datetime, name: str = ALARM, value: str = "ALARM") -> Document:
    """What EventBridge brings when an alarm changes."""
    state = {"value": value, "reason": "Threshold Crossed: 1 datapoint [3.0]", "timestamp": moment.isoformat()}
    return {
        "account": ACCOUNT,
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {"alarmName": name, "state": state, "previousState": {"value": "OK"}},
    }


def batch_event(batch: str = "b1") -> Document:
    stored = {"key": f"batches/pending/{batch}.json"}
    detail = {"bucket": {"name": BUCKET}, "object": stored}
    return {"account": ACCOUNT, "detail-type": "Object Created", "detail": detail}


def ended_event(status: str = "Succeeded") -> Document:
    detail = {"pipelineArn": PIPELINE_ARN, "currentPipelineExecutionStatus": status}
    kind = "SageMaker Model Building Pipeline Execution Status Change"
    return {"account": ACCOUNT, "detail-type": kind, "detail": detail}


@dataclass
class Pipelines:
    """SageMaker's part: executions, newest first, one for each client token."""

    executions: list[Document] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    missing: bool = False
    refusal: tuple[str, str] | None = None
    hidden: int = 0
    approved: list[Document] = field(default_factory=list)
    others: list[Document] = field(default_factory=list)
    ran: str = ""
    image: str = IMAGE
    profile: str = ""
    now: datetime = NOON

    def answer(self, model: Any, params: Document, **_: Any) -> Any:
        """Botocore calls this after its validation of a request."""
        try:
            found, status = getattr(self, model.name)(json.loads(params["body"])), 200
        except LookupError as error:
            code, message = error.args
            found, status = {"Error": {"Code": code, "Message": message}}, 400
        return type("Response", (), {"status_code": status, "headers": {}})(), {**found, "ResponseMetadata": {}}

    def StartPipelineExecution(self, request: Document) -> Document:
        if self.refusal:
            raise LookupError(*self.refusal)
        token = request["ClientRequestToken"]
        if token not in self.tokens:
            self.tokens[token] = self.begin(
                request["PipelineExecutionDisplayName"],
                request["PipelineExecutionDescription"],
                request["PipelineParameters"],
            )
        return {"PipelineExecutionArn": self.tokens[token]}

    def DescribePipeline(self, request: Document) -> Document:
        """A definition of two jobs: one in the project's own image, one in AWS's, which is nobody's to look for."""
        return {"PipelineName": request["PipelineName"], "PipelineDefinition": self.definition}

    @property
    def definition(self) -> str:
        own, of_aws = {"ImageUri": self.image}, {"TrainingImage": f"811284229777.{REPOSITORY[13:]}:1"}
        named = {"profile": self.profile} if self.profile else {}
        arguments = [
            {"AppSpecification": own},
            {"AlgorithmSpecification": of_aws},
            {"CustomerMetadataProperties": named},
        ]
        steps = [{"Arguments": each} for each in arguments]
        declared = [{"Name": "Threshold", "Type": "Float", "DefaultValue": 0.8}]
        return json.dumps({"Parameters": declared, "Steps": steps})

    def DescribePipelineDefinitionForExecution(self, request: Document) -> Document:
        """The definition of today, of an execution that is there."""
        if not any(each["PipelineExecutionArn"] == request["PipelineExecutionArn"] for each in self.executions):
            raise LookupError("ResourceNotFound", "The execution does not exist.")
        return {"PipelineDefinition": self.ran or self.definition}

    def DescribePipelineExecution(self, request: Document) -> Document:
        return next(each for each in self.executions if each["PipelineExecutionArn"] == request["PipelineExecutionArn"])

    def ListPipelineExecutions(self, request: Document) -> Document:
        """Two a page."""
        if self.missing:
            raise LookupError("ResourceNotFound", "Pipeline does not exist.")
        begin = int(request.get("NextToken", self.hidden))
        more = {"NextToken": str(begin + 2)} if begin + 2 < len(self.executions) else {}
        return {"PipelineExecutionSummaries": self.executions[begin : begin + 2], **more}

    def ListPipelineParametersForExecution(self, request: Document) -> Document:
        return {"PipelineParameters": self.DescribePipelineExecution(request)["Parameters"]}

    def ListModelPackages(self, request: Document) -> Document:
        """Before the first run of all there is no group."""
        known = [*self.approved, *self.others]
        if not known:
            raise LookupError("ValidationException", "ModelPackageGroup does not exist.")
        if "ModelApprovalStatus" in request:
            assert request["ModelApprovalStatus"] == "Approved"
            return {"ModelPackageSummaryList": self.approved}
        assert (request["SortBy"], request["SortOrder"]) == ("CreationTime", "Descending")
        known.sort(key=lambda each: each["CreationTime"], reverse=True)
        return {"ModelPackageSummaryList": known[: request["MaxResults"]]}

    def DescribeModelPackage(self, request: Document) -> Document:
        known = [*self.approved, *self.others]
        return next(each for each in known if each["ModelPackageArn"] == request["ModelPackageName"])

    def begin(self, name: str, description: str = "", parameters: list[Document] | None = None) -> str:
        """An execution as AWS keeps it."""
        arn = f"{PIPELINE_ARN}/execution/{len(self.executions):012d}"
        self.executions.insert(
            0,
            {
                "PipelineExecutionArn": arn,
                "PipelineExecutionDisplayName": name,
                "PipelineExecutionDescription": description,
                "PipelineExecutionStatus": "Executing",
                "StartTime": self.now,
                "Parameters": parameters or [],
            },
        )
        return arn

    def end(self, status: str = "Succeeded") -> None:
        self.executions[0]["PipelineExecutionStatus"] = status


@dataclass
class World:
    """One account. `at` is the clock."""

    trainer: Trainer
    pipelines: Pipelines
    at: datetime = NOON

    def pass_hours(self, hours: float) -> None:
        self.at += timedelta(hours=hours)
        self.pipelines.now = self.at

    def deliver(self, event: Document) -> Outcome:
        call = parse(event, self.trainer.settings)
        assert isinstance(call, Call), call
        return self.trainer.consider(call, self.at)

    def put_batch(self, batch: str = "b1") -> None:
        self.put(f"batches/pending/{batch}.json", b"{}")

    def put(self, key: str, content: bytes = b"x") -> None:
        self.trainer.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def keys(self, prefix: str) -> list[str]:
        listed = self.trainer.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"].removeprefix(prefix) for entry in listed.get("Contents", [])]

    def sent(self) -> Document:
        """The parameters of the newest execution."""
        return {entry["Name"]: entry["Value"] for entry in self.pipelines.executions[0]["Parameters"]}

    def messages(self) -> list[tuple[str, str]]:
        """Subjects and texts that people got."""
        topic = sns_backends[ACCOUNT]["us-east-1"].topics[self.trainer.settings.topic_arn]
        return [(subject, text) for _, text, subject, *_ in topic.sent_notifications]


@pytest.fixture
def world(sdk: Any) -> Iterator[World]:
    """An archive in raw/, a run by a person that ended, nothing that waits."""
    with mock_aws():
        clients = [sdk.client(name, once=True) for name in ("sagemaker", "s3", "sns", "ecr")]
        sagemaker, s3, sns, ecr = clients
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="raw/cifar-100-binary.tar.gz", Body=b"archive")
        sns.create_topic(Name="scones-people")
        put_image(ecr, IMAGE)
        pipelines = Pipelines()
        sdk.hook(sagemaker, "before-call.sagemaker", pipelines.answer)
        world = World(Trainer(SETTINGS, *clients), pipelines)
        pipelines.now = NOON - timedelta(days=3)
        pipelines.begin("execution-1", parameters=[{"Name": "CommitId", "Value": "f00d"}])
        pipelines.end()
        pipelines.now = NOON
        yield world

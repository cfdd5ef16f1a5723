"""What each type of step asks of the services: jobs, the registry, functions."""

from __future__ import annotations

import io
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localaws.records.jobs import PROCESSING, change_job, find_job
from localaws.sagemaker import jobs
from localaws.tasks import Stop

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:scones-notify"
JOB = {
    "AppSpecification": {"ImageUri": "image", "ContainerEntrypoint": ["python3", "-c", "pass"]},
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    "RoleArn": "arn:aws:iam::000000000000:role/pipeline",
}


class FakeLambda:
    """Answers every invocation with one payload."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"StatusCode": 200}
        self.payload: object = {}
        self.error: str | None = None
        self.calls: list[tuple[str, Any]] = []

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.calls.append((FunctionName, json.loads(Payload)))
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "Invoke")
        return {**self.answer, "Payload": io.BytesIO(json.dumps(self.payload).encode())}


@pytest.fixture
def function(aws: Aws) -> FakeLambda:
    made = FakeLambda()
    aws.clients.known["lambda"] = made
    return made


TICKET = {"OutputName": "ticket", "OutputType": "Integer"}


def notify(build: Build, **body: object) -> dict[str, Any]:
    return build.step("Notify", kind="Lambda", **{"FunctionArn": FUNCTION, **body})


def test_a_lambda_step_sends_its_arguments_and_hands_on_the_declared_outputs(
    runs: Runs, build: Build, function: FakeLambda
) -> None:
    function.payload = {"ticket": 7, "more": "not declared"}
    step = notify(build, Arguments={"who": "baker"}, OutputParameters=[TICKET])
    read = {"Get": "Steps.Notify.OutputParameters['ticket']"}
    fail = build.step("Tell", kind="Fail", Arguments={"ErrorMessage": {"Std:Join": {"On": "", "Values": [read]}}})
    arn = runs.run(build.text(step, fail))
    steps = runs.steps(arn)
    assert function.calls == [(FUNCTION, {"who": "baker"})]
    assert steps["Notify"]["Metadata"]["Lambda"]["OutputParameters"] == [{"Name": "ticket", "Value": "7"}]
    assert steps["Tell"]["FailureReason"] == "7"


def test_a_lambda_step_is_called_each_time_though_its_cache_is_on(
    runs: Runs, build: Build, function: FakeLambda
) -> None:
    runs.run(build.text(notify(build, CacheConfig={"Enabled": True, "ExpireAfter": "30d"})))
    again = runs.ended(runs.start())
    assert len(function.calls) == 2
    assert "CacheHitResult" not in runs.steps(again)["Notify"]


def test_the_function_of_a_lambda_step_may_be_a_parameter(runs: Runs, build: Build, function: FakeLambda) -> None:
    parameter = {"Name": "Function", "Type": "String", "DefaultValue": FUNCTION}
    arn = runs.run(build.text(notify(build, FunctionArn={"Get": "Parameters.Function"}), parameters=[parameter]))
    assert runs.status(arn) == "Succeeded"
    assert function.calls == [(FUNCTION, {})]


def test_an_answer_that_lacks_a_declared_output_fails_the_step(runs: Runs, build: Build, function: FakeLambda) -> None:
    function.payload = {"other": 1}
    arn = runs.run(build.text(notify(build, OutputParameters=[TICKET])))
    assert "lacks the declared outputs ticket" in runs.steps(arn)["Notify"]["FailureReason"]


@pytest.mark.parametrize(
    ("kind", "answered", "value"),
    [
        ("Integer", "7", 7),
        ("Float", "0.5", 0.5),
        ("Float", 2, 2.0),
        ("Boolean", "true", True),
        ("Boolean", True, True),
        ("String", 7, "7"),
        ("String", True, "true"),
        ("String", {"nested": ["a"]}, '{"nested": ["a"]}'),
    ],
)
def test_an_output_is_of_the_type_that_its_step_declares(
    runs: Runs, build: Build, script: Script, function: FakeLambda, kind: str, answered: object, value: object
) -> None:
    function.payload = {"said": answered}
    same = {"Type": "Equals", "LeftValue": {"Get": "Steps.Notify.OutputParameters['said']"}, "RightValue": value}
    gate = build.condition("Gate", same, then=[build.step("Same")], otherwise=[])
    step = notify(build, OutputParameters=[{"OutputName": "said", "OutputType": kind}])
    arn = runs.run(build.text(step, gate))
    assert (runs.status(arn), script.began) == ("Succeeded", ["Same"])


@pytest.mark.parametrize(
    ("kind", "answered"),
    [
        ("Integer", 7.5),
        ("Integer", "1_000"),
        ("Integer", "many"),
        ("Float", "fast"),
        ("Boolean", "yes"),
        ("Boolean", 1),
    ],
)
def test_an_output_of_another_type_fails_the_step(
    runs: Runs, build: Build, function: FakeLambda, kind: str, answered: object
) -> None:
    function.payload = {"said": answered}
    arn = runs.run(build.text(notify(build, OutputParameters=[{"OutputName": "said", "OutputType": kind}])))
    reason = runs.steps(arn)["Notify"]["FailureReason"]
    assert reason == f"ClientError: The output parameter 'said' is {str(answered)!r}; it must be of type {kind}."


def test_a_function_s_error_is_the_step_s_reason(runs: Runs, build: Build, function: FakeLambda) -> None:
    function.answer["FunctionError"] = "Unhandled"
    function.payload = {"errorMessage": "no flour"}
    arn = runs.run(build.text(notify(build)))
    assert "no flour" in runs.steps(arn)["Notify"]["FailureReason"]


def test_a_function_that_cannot_be_called_fails_the_step(runs: Runs, build: Build, function: FakeLambda) -> None:
    function.error = "ResourceNotFoundException"
    arn = runs.run(build.text(notify(build)))
    assert runs.steps(arn)["Notify"]["FailureReason"].startswith(f"ClientError: Failed to invoke {FUNCTION}")


def test_a_throttled_function_is_called_again_though_no_policy_says_so(
    runs: Runs, build: Build, function: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    function.error = "ThrottlingException"
    monkeypatch.setattr("localaws.tasks.Stop.wait", lambda *_: setattr(function, "error", None))
    arn = runs.run(build.text(notify(build)))
    assert runs.status(arn) == "Succeeded"
    assert len(function.calls) == 2


def completed(aws: Aws, name: str, _: Stop) -> None:
    change_job(aws, PROCESSING, name, ProcessingJobStatus="Completed", ExitMessage="done")


def test_a_processing_step_names_its_job_after_the_execution_and_waits_for_it(
    runs: Runs, api: Api, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, completed)
    arn = runs.run(build.text(build.step("Prepare" * 8, kind="Processing", Arguments=JOB)))
    step = runs.steps(arn)["Prepare" * 8]
    name = step["Metadata"]["ProcessingJob"]["Arn"].rsplit("/", 1)[1]
    assert step["StepStatus"] == "Succeeded"
    assert name.startswith(f"pipelines-{arn.rsplit('/', 1)[1]}-prepareprepare")
    assert len(name) == 63
    assert api("DescribeProcessingJob", ProcessingJobName=name)["ExitMessage"] == "done"


def test_a_steps_job_is_tracked_in_the_executions_trial_and_tagged_with_the_execution(
    runs: Runs, api: Api, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, completed)
    definition = json.loads(build.text(build.step("Prepare", kind="Processing", Arguments=JOB)))
    experiment = {"ExperimentName": {"Get": "Execution.PipelineName"}}
    arn = runs.run(json.dumps({**definition, "PipelineExperimentConfig": experiment}))
    job = runs.steps(arn)["Prepare"]["Metadata"]["ProcessingJob"]["Arn"]
    (component,) = api("ListTrialComponents", TrialName=arn.rsplit("/", 1)[1])["TrialComponentSummaries"]
    assert component["TrialComponentSource"] == {"SourceArn": job, "SourceType": "SageMakerProcessingJob"}
    assert component["Status"]["PrimaryStatus"] == "Completed"
    tags = api("ListTags", ResourceArn=job)["Tags"]
    assert tags == [{"Key": "sagemaker:pipeline-execution-arn", "Value": arn}]


def test_a_definition_may_give_the_name_of_its_jobs_as_a_prefix(
    runs: Runs, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, completed)
    text = build.text(build.step("Prepare", kind="Processing", Arguments=JOB | {"ProcessingJobName": "team-prepare"}))
    first, second = runs.run(text), runs.ended(runs.start())
    arns = [runs.steps(arn)["Prepare"]["Metadata"]["ProcessingJob"]["Arn"] for arn in (first, second)]
    assert all("processing-job/team-prepare-" in arn for arn in arns)
    assert arns[0] != arns[1]


def test_the_name_of_a_steps_own_job_may_be_in_its_arguments(
    runs: Runs, api: Api, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, completed)
    own = {"Std:Join": {"On": "/", "Values": ["jobs", {"Get": "Execution.ProcessingJobName"}]}}
    step = build.step("Prepare", kind="Processing", Arguments=JOB | {"Environment": {"PLACE": own}})
    arn = runs.steps(runs.run(build.text(step)))["Prepare"]["Metadata"]["ProcessingJob"]["Arn"]
    job = api("DescribeProcessingJob", ProcessingJobName=arn.rsplit("/", 1)[1])
    assert job["Environment"] == {"PLACE": f"jobs/{job['ProcessingJobName']}"}


def test_a_job_that_aws_would_refuse_fails_the_step_with_the_refusal(runs: Runs, build: Build) -> None:
    role = {"Name": "Role", "Type": "String", "DefaultValue": "nobody"}
    step = build.step("Prepare", kind="Processing", Arguments=JOB | {"RoleArn": {"Get": "Parameters.Role"}})
    arn = runs.run(build.text(step, parameters=[role]))
    reason = runs.steps(arn)["Prepare"]["FailureReason"]
    assert reason.startswith("ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details:")
    assert "'roleArn' failed to satisfy constraint" in reason


def test_a_failed_job_s_reason_is_the_step_s(runs: Runs, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(aws: Aws, name: str, _: Stop) -> None:
        change_job(aws, PROCESSING, name, ProcessingJobStatus="Failed", FailureReason="AlgorithmError: no archive")

    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, fail)
    arn = runs.run(build.text(build.step("Prepare", kind="Processing", Arguments=JOB)))
    assert runs.steps(arn)["Prepare"]["FailureReason"] == "AlgorithmError: no archive"


def test_a_job_that_somebody_stopped_fails_the_step(runs: Runs, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(aws: Aws, name: str, _: Stop) -> None:
        change_job(aws, PROCESSING, name, ProcessingJobStatus="Stopped")

    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, stopped)
    arn = runs.run(build.text(build.step("Prepare", kind="Processing", Arguments=JOB)))
    assert runs.status(arn) == "Failed"
    assert "was stopped before it completed" in runs.steps(arn)["Prepare"]["FailureReason"]


def test_stopping_an_execution_stops_its_job(
    runs: Runs, api: Api, aws: Aws, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def until_stopped(aws: Aws, name: str, stop: Stop) -> None:
        begun.set()
        assert stop.wait(5)
        assert (find_job(aws, PROCESSING, name) or {})["ProcessingJobStatus"] == "Stopping"
        change_job(aws, PROCESSING, name, ProcessingJobStatus="Stopped")

    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, until_stopped)
    runs.create(build.text(build.step("Prepare", kind="Processing", Arguments=JOB)))
    arn = runs.start()
    assert begun.wait(5)
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    assert runs.statuses(runs.ended(arn)) == {"Prepare": "Stopped"}
    assert runs.status(arn) == "Stopped"


PACKAGE = {
    "ModelPackageGroupName": "vehicles",
    "ModelApprovalStatus": "PendingManualApproval",
    "InferenceSpecification": {
        "Containers": [{"Image": "image:1", "ModelDataUrl": "s3://b/model.tar.gz"}],
        "SupportedContentTypes": ["application/x-image"],
        "SupportedResponseMIMETypes": ["application/json"],
    },
}


def test_a_register_step_makes_the_group_and_a_version(runs: Runs, api: Api, build: Build) -> None:
    definition = build.text(build.step("Register", kind="RegisterModel", Arguments=PACKAGE))
    arn = runs.run(definition)
    runs.ended(runs.start())
    registered = runs.steps(arn)["Register"]["Metadata"]["RegisterModel"]["Arn"]
    assert registered.endswith("model-package/vehicles/1")
    listed = api("ListModelPackages", ModelPackageGroupName="vehicles")["ModelPackageSummaryList"]
    assert [item["ModelPackageVersion"] for item in listed] == [1, 2]


def test_a_refused_registration_leaves_no_group_behind(runs: Runs, api: Api, build: Build) -> None:
    status = {"Name": "Status", "Type": "String", "DefaultValue": "Perhaps"}
    broken = PACKAGE | {"ModelApprovalStatus": {"Get": "Parameters.Status"}}
    arn = runs.run(build.text(build.step("Register", kind="RegisterModel", Arguments=broken), parameters=[status]))
    assert "sagemaker:CreateModelPackage" in runs.steps(arn)["Register"]["FailureReason"]
    assert api("ListModelPackageGroups")["ModelPackageGroupSummaryList"] == []


def test_a_model_step_makes_a_model_whose_name_later_steps_read(runs: Runs, api: Api, build: Build) -> None:
    arguments = {"ExecutionRoleArn": JOB["RoleArn"], "PrimaryContainer": {"Image": "image:1"}}
    model = build.step("Model", kind="Model", Arguments=arguments)
    read = {"Std:Join": {"On": "", "Values": [{"Get": "Steps.Model.ModelName"}]}}
    arn = runs.run(build.text(model, build.step("Tell", kind="Fail", Arguments={"ErrorMessage": read})))
    name = runs.steps(arn)["Tell"]["FailureReason"]
    assert [item["ModelName"] for item in api("ListModels")["Models"]] == [name]
    assert runs.steps(arn)["Model"]["Metadata"]["Model"]["Arn"].endswith(name)

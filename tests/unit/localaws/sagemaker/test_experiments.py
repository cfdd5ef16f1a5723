"""Experiments, trials and components: by the API, by the SDK's Run, by jobs and by executions of pipelines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sagemaker.analytics import ExperimentAnalytics
from sagemaker.experiments import Run, load_run

from localaws.records import tags
from localaws.records.jobs import TRAINING, change_job

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Wire

ARN = "arn:aws:sagemaker:us-east-1:000000000000:"


@pytest.fixture
def bakery(api: Api) -> None:
    """An experiment with a trial, and a component that is in no trial."""
    api("CreateExperiment", ExperimentName="Bakery", Description="scones", Tags=[{"Key": "team", "Value": "bakery"}])
    api("CreateTrial", TrialName="first", ExperimentName="bakery")
    api("CreateTrialComponent", TrialComponentName="dough", Parameters={"flour": {"NumberValue": 250}})


@pytest.mark.usefixtures("bakery")
def test_what_is_made_is_described_changed_and_listed(api: Api) -> None:
    described = api("DescribeExperiment", ExperimentName="bakery")
    assert (described["ExperimentArn"], described["Description"]) == (f"{ARN}experiment/bakery", "scones")
    api("UpdateExperiment", ExperimentName="Bakery", DisplayName="Scones")
    assert [item["DisplayName"] for item in api("ListExperiments")["ExperimentSummaries"]] == ["Scones"]
    assert api("DescribeTrial", TrialName="first")["ExperimentName"] == "Bakery"
    assert [item["TrialName"] for item in api("ListTrials", ExperimentName="Bakery")["TrialSummaries"]] == ["first"]
    assert api("ListTags", ResourceArn=described["ExperimentArn"])["Tags"] == [{"Key": "team", "Value": "bakery"}]


@pytest.mark.usefixtures("bakery")
@pytest.mark.parametrize(
    ("stem", "more"), [("Experiment", {}), ("Trial", {"ExperimentName": "Bakery"}), ("TrialComponent", {})]
)
def test_a_name_is_given_once_and_one_that_is_not_there_is_said(api: Api, stem: str, more: dict[str, str]) -> None:
    taken = {"Experiment": "BAKERY", "Trial": "First", "TrialComponent": "Dough"}[stem]
    code, sentence = api.refused(f"Create{stem}", **{f"{stem}Name": taken}, **more)
    # What the SDK's `_load_or_create` looks for.
    assert (code, "already exists" in sentence) == ("ValidationException", True)
    for action in ("Describe", "Update", "Delete"):
        assert api.refused(f"{action}{stem}", **{f"{stem}Name": "nothing"})[0] == "ResourceNotFound"
    assert api.refused("CreateTrial", TrialName="t", ExperimentName="nothing")[0] == "ResourceNotFound"


@pytest.mark.usefixtures("bakery")
def test_parameters_and_artifacts_of_a_component_are_added_and_removed_by_name(api: Api) -> None:
    named = {"TrialComponentName": "dough"}
    api("UpdateTrialComponent", **named, Parameters={"sugar": {"StringValue": "fine"}})
    api("UpdateTrialComponent", **named, OutputArtifacts={"scone": {"Value": "s3://b/s"}}, ParametersToRemove=["flour"])
    described = api("DescribeTrialComponent", **named)
    assert described["Parameters"] == {"sugar": {"StringValue": "fine"}}
    assert described["OutputArtifacts"] == {"scone": {"Value": "s3://b/s"}}


@pytest.mark.usefixtures("bakery")
def test_only_what_is_empty_and_apart_is_deleted(api: Api) -> None:
    pair = {"TrialName": "first", "TrialComponentName": "dough"}
    api("AssociateTrialComponent", **pair)
    for filters in ({"TrialName": "first"}, {"ExperimentName": "bakery"}):
        found = api("ListTrialComponents", **filters)["TrialComponentSummaries"]
        assert [item["TrialComponentName"] for item in found] == ["dough"]
    assert "one of" in api.refused("ListTrialComponents", TrialName="first", ExperimentName="bakery")[1]
    assert "associated with the trials first" in api.refused("DeleteTrialComponent", TrialComponentName="dough")[1]
    assert "1 trial components" in api.refused("DeleteTrial", TrialName="first")[1]
    assert "1 trials" in api.refused("DeleteExperiment", ExperimentName="bakery")[1]
    api("DisassociateTrialComponent", **pair)
    assert api.refused("DisassociateTrialComponent", **pair)[0] == "ResourceNotFound"
    api("DeleteTrialComponent", TrialComponentName="dough")
    api("DeleteTrial", TrialName="first")
    assert api("DeleteExperiment", ExperimentName="bakery") == {"ExperimentArn": f"{ARN}experiment/bakery"}
    assert api("ListExperiments")["ExperimentSummaries"] == []


def test_a_run_of_the_sdk_is_kept_loaded_and_analyzed(wire: Wire) -> None:
    session = wire.session()
    with Run(experiment_name="bakery", run_name="first", sagemaker_session=session) as run:
        run.log_parameters({"flour": 250, "oven": "hot"})
        for step in range(12):
            run.log_metric("rise", value=step / 2, step=step)
    with load_run(experiment_name="bakery", run_name="first", sagemaker_session=session) as run:
        run.log_parameter("more", 1)
    table = ExperimentAnalytics(experiment_name="bakery", sagemaker_session=session).dataframe()
    assert table["TrialComponentName"].tolist() == ["bakery-first"]
    row = table.iloc[0]
    assert (row["flour"], row["oven"], row["more"]) == (250, "hot", 1)
    statistics = [row[f"rise - {name}"] for name in ("Min", "Max", "Avg", "Last", "Count")]
    assert statistics == [0, 5.5, 2.75, 5.5, 12]
    assert (row["Trials"], row["Experiments"]) == (["Default-Run-Group-bakery"], ["bakery"])
    described = session.sagemaker_client.describe_trial_component(TrialComponentName="bakery-first")
    assert described["Status"]["PrimaryStatus"] == "Completed"


def test_points_are_read_by_step_and_by_time(wire: Wire, api: Api) -> None:
    arn = api("CreateTrialComponent", TrialComponentName="dough")["TrialComponentArn"]
    metrics = wire.boto.client("sagemaker-metrics")
    points = [(1_700_000_000, 0, 1.0), (1_700_000_001, 0, 3.0), (1_700_000_100, 1, 5.0)]
    data = [{"MetricName": "rise", "Timestamp": at, "Step": step, "Value": value} for at, step, value in points]
    metrics.batch_put_metrics(TrialComponentName="dough", MetricData=data)

    def ask(axis: str, period: str, **more: Any) -> dict[str, Any]:
        query = {"MetricName": "rise", "ResourceArn": arn, "MetricStat": "Avg", "Period": period, "XAxisType": axis}
        found: dict[str, Any] = metrics.batch_get_metrics(MetricQueries=[{**query, **more}])["MetricQueryResults"][0]
        return found

    by_step = ask("IterationNumber", "IterationNumber")
    assert (by_step["XAxisValues"], by_step["MetricValues"]) == ([0, 1], [2.0, 5.0])
    assert ask("IterationNumber", "IterationNumber", Start=1)["MetricValues"] == [5.0]
    by_time = ask("Timestamp", "OneMinute")
    assert (by_time["XAxisValues"], by_time["MetricValues"]) == ([1_699_999_980, 1_700_000_100], [2.0, 5.0])
    assert ask("Timestamp", "IterationNumber")["Status"] == "ValidationError"
    elsewhere = {"ResourceArn": arn.replace("us-east-1", "eu-west-1")}
    assert ask("Timestamp", "OneMinute", **elsewhere)["Status"] == "ValidationError"
    with pytest.raises(metrics.exceptions.ClientError, match="does not exist"):
        metrics.batch_put_metrics(TrialComponentName="nothing", MetricData=data)


def job(aws: Aws, **members: object) -> str:
    """A training job that has just been created, as its API leaves it; answers its ARN."""
    arn = aws.arn("training-job", "bake")
    document = {
        "TrainingJobName": "Bake",
        "TrainingJobArn": arn,
        "TrainingJobStatus": "InProgress",
        "HyperParameters": {"rate": "0.5", "optimizer": "sgd"},
        "AlgorithmSpecification": {"TrainingImage": "own:1"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/train"}}}],
        "ModelArtifacts": {"S3ModelArtifacts": "s3://b/out/Bake/output/model.tar.gz"},
        "CreationTime": 1.0,
        **members,
    }
    aws.store.put(TRAINING.noun, "bake", document)
    change_job(aws, TRAINING, "Bake")
    return arn


def test_a_job_has_a_component_that_follows_it(aws: Aws, api: Api) -> None:
    arn = job(aws)
    (summary,) = api("ListTrialComponents", SourceArn=arn)["TrialComponentSummaries"]
    assert summary["TrialComponentName"] == "Bake-aws-training-job"
    statistics = [{"MetricName": "rise", "Min": 0.0, "Max": 1.0, "Avg": 0.5, "StdDev": 0.5, "Count": 2, "Last": 1.0}]
    ended: dict[str, Any] = {"TrainingJobStatus": "Failed", "TrainingEndTime": 2.0, "MetricStatistics": statistics}
    change_job(aws, TRAINING, "Bake", FailureReason="AlgorithmError: burnt", **ended)
    described = api("DescribeTrialComponent", TrialComponentName="Bake-aws-training-job")
    assert described["Source"] == {"SourceArn": arn, "SourceType": "SageMakerTrainingJob"}
    assert described["Status"] == {"PrimaryStatus": "Failed", "Message": "AlgorithmError: burnt"}
    assert described["Parameters"]["rate"] == {"NumberValue": 0.5}
    assert described["Parameters"]["optimizer"] == {"StringValue": "sgd"}
    assert described["Parameters"]["SageMaker.InstanceType"] == {"StringValue": "ml.m5.large"}
    assert described["InputArtifacts"]["train"] == {"Value": "s3://b/train"}
    assert described["OutputArtifacts"]["SageMaker.ModelArtifact"]["Value"].endswith("model.tar.gz")
    assert (described["Metrics"][0]["Max"], described["EndTime"]) == (1.0, 2.0)
    found = {"Filters": [{"Name": "Metrics.rise.Max", "Operator": "GreaterThan", "Value": "0.9"}]}
    (result,) = api("Search", Resource="ExperimentTrialComponent", SearchExpression=found)["Results"]
    assert result["TrialComponent"]["SourceDetail"]["TrainingJob"]["TrainingJobName"] == "Bake"


@pytest.mark.usefixtures("bakery")
def test_a_job_is_tracked_where_its_experiment_config_says(aws: Aws, api: Api) -> None:
    arn = job(aws, ExperimentConfig={"TrialName": "first", "TrialComponentDisplayName": "Baking"})
    (placed,) = api("ListTrialComponents", TrialName="first")["TrialComponentSummaries"]
    assert (placed["DisplayName"], placed["TrialComponentSource"]["SourceArn"]) == ("Baking", arn)
    # A job of the name of one that was deleted is another, and a run counts its jobs among its sources.
    job(aws, ExperimentConfig={"RunName": "dough"}, CreationTime=5.0)
    assert api("DescribeTrialComponent", TrialComponentName="dough")["Sources"][0]["SourceArn"] == arn
    job(aws, ExperimentConfig={"ExperimentName": "bakery"}, CreationTime=9.0)
    assert len(api("ListTrials", ExperimentName="bakery")["TrialSummaries"]) == 2


@pytest.mark.parametrize("member", ["ExperimentName", "TrialName", "RunName"])
def test_a_job_of_an_experiment_that_is_not_there_is_refused(api: Api, member: str) -> None:
    request = {
        "TrainingJobName": "bake",
        "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        "RoleArn": "arn:aws:iam::000000000000:role/job",
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "ExperimentConfig": {member: "nothing"},
    }
    assert api.refused("CreateTrainingJob", **request)[0] == "ResourceNotFound"


CONFIG = {"ExperimentName": {"Get": "Execution.PipelineName"}, "TrialName": {"Get": "Execution.PipelineExecutionId"}}


def with_experiment(text: str, config: object) -> str:
    return json.dumps({**json.loads(text), "PipelineExperimentConfig": config})


@pytest.mark.usefixtures("script")
def test_an_execution_has_its_trial_in_the_experiment_of_its_pipeline(api: Api, runs: Runs, build: Build) -> None:
    definition = with_experiment(build.text(build.step("A")), CONFIG)
    first = runs.run(definition)
    second = runs.ended(runs.start())
    trials = api("ListTrials", ExperimentName="line")["TrialSummaries"]
    assert {item["TrialName"] for item in trials} == {arn.rsplit("/", 1)[1] for arn in (first, second)}
    described = api("DescribePipelineExecution", PipelineExecutionArn=first)["PipelineExperimentConfig"]
    assert described == {"ExperimentName": "line", "TrialName": first.rsplit("/", 1)[1]}


@pytest.mark.usefixtures("script")
def test_a_definition_without_an_experiment_makes_none(api: Api, runs: Runs, build: Build) -> None:
    runs.run(with_experiment(build.text(build.step("A")), None))
    assert api("ListExperiments")["ExperimentSummaries"] == []


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"TrialName": "t"}, "is an object of ExperimentName and TrialName"),
        ({"ExperimentName": "e", "Trial": "t"}, "is an object of ExperimentName and TrialName"),
        (["e"], "is an object of ExperimentName and TrialName"),
        ({"ExperimentName": 5}, "must be a text"),
        ({"ExperimentName": {"Get": "Parameters.Name"}}, "the parameter 'Name', which is not declared"),
        ({"ExperimentName": {"Get": "Steps.A.TrainingJobName"}}, "refers to a step"),
    ],
)
def test_an_experiment_config_that_names_none_is_refused(api: Api, build: Build, config: object, words: str) -> None:
    definition = with_experiment(build.text(build.step("A")), config)
    role = "arn:aws:iam::000000000000:role/pipeline"
    assert words in api.refused("CreatePipeline", PipelineName="p", PipelineDefinition=definition, RoleArn=role)[1]


def test_tags_of_a_component_go_with_it(aws: Aws, api: Api) -> None:
    arn = api("CreateTrialComponent", TrialComponentName="dough", Tags=[{"Key": "a", "Value": "b"}])[
        "TrialComponentArn"
    ]
    api("DeleteTrialComponent", TrialComponentName="dough")
    assert tags.list_tags(aws, arn) == []

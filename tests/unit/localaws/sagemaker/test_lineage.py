"""Lineage: what is written by hand, and what SageMaker writes of jobs, versions and endpoints, as the SDK reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sagemaker.lineage.action import Action
from sagemaker.lineage.artifact import Artifact, DatasetArtifact, ModelArtifact
from sagemaker.lineage.association import Association
from sagemaker.lineage.context import Context, EndpointContext
from sagemaker.lineage.lineage_trial_component import LineageTrialComponent
from sagemaker.lineage.query import LineageQuery, LineageQueryDirectionEnum
from sagemaker.lineage.visualizer import LineageTableVisualizer

from localaws.records import endpoints, tags
from localaws.records.jobs import PROCESSING, TRAINING, change_job

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Wire

MODEL = "s3://bucket/out/Bake/output/model.tar.gz"
EXECUTION = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line/execution/abcdefghijkl"


@pytest.fixture
def chain(aws: Aws, api: Api) -> dict[str, str]:
    """A job that prepared data, one that trained with it, the version of that, and an endpoint; their ARNs."""
    prepared = {
        "ProcessingJobName": "Prepare",
        "ProcessingJobArn": aws.arn("processing-job", "prepare"),
        "ProcessingJobStatus": "InProgress",
        "AppSpecification": {"ImageUri": "own:1"},
        "ProcessingInputs": [{"InputName": "raw", "S3Input": {"S3Uri": "s3://bucket/raw"}}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://bucket/train"}}]},
        "CreationTime": 1.0,
    }
    trained = {
        "TrainingJobName": "Bake",
        "TrainingJobArn": aws.arn("training-job", "bake"),
        "TrainingJobStatus": "InProgress",
        "AlgorithmSpecification": {"TrainingImage": "own:1"},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://bucket/train"}}}],
        "ModelArtifacts": {"S3ModelArtifacts": MODEL},
        "CreationTime": 2.0,
    }
    for kind, document in ((PROCESSING, prepared), (TRAINING, trained)):
        name = str(document[kind.name])
        aws.store.put(kind.noun, name.lower(), document)
        change_job(aws, kind, name)
        change_job(aws, kind, name, **{kind.status: "Completed"})
    tag = {"Key": "sagemaker:pipeline-execution-arn", "Value": EXECUTION}
    tags.add_tags(aws, str(trained["TrainingJobArn"]), [tag])
    api("CreateModelPackageGroup", ModelPackageGroupName="vehicles")
    specification = {
        "Containers": [{"Image": "own:1", "ModelDataUrl": MODEL}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    named = {"ModelPackageGroupName": "vehicles", "ModelApprovalStatus": "Approved"}
    package = api("CreateModelPackage", **named, InferenceSpecification=specification)["ModelPackageArn"]
    api("CreateModel", ModelName="Live", PrimaryContainer={"ModelPackageName": package})
    variant = {"VariantName": "all", "ModelName": "Live", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    api("CreateEndpointConfig", EndpointConfigName="live-1", ProductionVariants=[variant])
    endpoint = {
        "EndpointName": "live",
        "EndpointArn": aws.arn("endpoint", "live"),
        "EndpointConfigName": "live-1",
        "CreationTime": 3.0,
        "EndpointStatus": "Creating",
    }
    aws.store.put(endpoints.KIND, "live", endpoint)
    endpoints.change(aws, "live", EndpointStatus="InService")
    return {"training": str(trained["TrainingJobArn"]), "package": package, "endpoint": str(endpoint["EndpointArn"])}


def rows(table: Any) -> set[tuple[str, ...]]:
    return {tuple(row) for row in table.to_numpy().tolist()}


def test_the_sdks_table_shows_what_a_step_read_and_made(wire: Wire, chain: dict[str, str]) -> None:
    show = LineageTableVisualizer(wire.session()).show
    expected = {
        ("s3://bucket/train", "Input", "DataSet", "ContributedTo", "artifact"),
        ("own:1", "Input", "Image", "ContributedTo", "artifact"),
        (MODEL, "Output", "Model", "Produced", "artifact"),
    }
    step = {"Metadata": {"TrainingJob": {"Arn": chain["training"]}}}
    assert rows(show(pipeline_execution_step=step)) == expected
    assert rows(show(training_job_name="Bake")) == expected
    prepared = rows(show(processing_job_name="Prepare"))
    assert ("s3://bucket/train", "Output", "DataSet", "Produced", "artifact") in prepared


def test_the_sdks_table_shows_a_version_with_its_group_and_approvals(
    wire: Wire, api: Api, chain: dict[str, str]
) -> None:
    api("UpdateModelPackage", ModelPackageArn=chain["package"], ModelApprovalStatus="Rejected")
    step = {"Metadata": {"RegisterModel": {"Arn": chain["package"]}}}
    shown = rows(LineageTableVisualizer(wire.session()).show(pipeline_execution_step=step))
    assert (MODEL, "Input", "Model", "ContributedTo", "artifact") in shown
    assert {row[0] for row in shown if row[2] == "Approval"} == {
        "vehicles-1-Approved-aws-model-package",
        "vehicles-1-Rejected-aws-model-package",
    }
    assert ("vehicles-aws-model-group", "Output", "ModelGroup", "AssociatedWith", "context") in shown
    assert {row[2] for row in shown if row[1] == "Output"} == {"ModelGroup", "ModelDeployment"}


def test_an_endpoint_leads_back_to_its_models_jobs_data_and_execution(wire: Wire, chain: dict[str, str]) -> None:
    session = wire.session()
    (summary,) = Context.list(source_uri=chain["endpoint"], sagemaker_session=session)
    context = EndpointContext.load(context_name=summary.context_name, sagemaker_session=session)
    back = LineageQueryDirectionEnum.ASCENDANTS
    assert context.training_job_arns() == [chain["training"]]
    assert context.pipeline_execution_arn() == EXECUTION
    data = {artifact.source.source_uri for artifact in context.dataset_artifacts()}
    assert data == {"s3://bucket/train", "s3://bucket/raw"}
    assert {action.action_type for action in context.actions(back)} == {"ModelDeployment", "Approval"}
    assert [item.trial_component_name for item in context.processing_jobs()] == ["Prepare-aws-processing-job"]


def test_a_model_leads_on_to_its_endpoint_and_back_to_its_data(wire: Wire, chain: dict[str, str]) -> None:
    session = wire.session()
    (summary,) = Artifact.list(source_uri=MODEL, sagemaker_session=session)
    model = ModelArtifact.load(summary.artifact_arn, sagemaker_session=session)
    assert [context.source.source_uri for context in model.endpoint_contexts()] == [chain["endpoint"]]
    assert model.pipeline_execution_arn() == EXECUTION
    (raw,) = Artifact.list(source_uri="s3://bucket/raw", sagemaker_session=session)
    dataset = DatasetArtifact.load(raw.artifact_arn, sagemaker_session=session)
    assert [item.source.source_uri for item in dataset.downstream_datasets()] == ["s3://bucket/train"]
    component = LineageTrialComponent.load("Bake-aws-training-job", sagemaker_session=session)
    assert component.pipeline_execution_arn() == EXECUTION
    assert MODEL in {item.source.source_uri for item in component.models()}


@pytest.mark.usefixtures("chain")
def test_a_job_that_failed_has_made_nothing(aws: Aws, api: Api) -> None:
    document = {**(aws.store.get("training-job", "bake") or {}), "TrainingJobName": "Burn"}
    document |= {"TrainingJobArn": aws.arn("training-job", "burn"), "ModelArtifacts": {"S3ModelArtifacts": "s3://b/m"}}
    aws.store.put("training-job", "burn", document)
    change_job(aws, TRAINING, "Burn", TrainingJobStatus="Failed", FailureReason="AlgorithmError")
    assert api("ListArtifacts", SourceUri="s3://b/m")["ArtifactSummaries"] == []
    assert (
        api("DescribeTrialComponent", TrialComponentName="Burn-aws-training-job")["Status"]["PrimaryStatus"] == "Failed"
    )


def test_what_is_written_by_hand_is_listed_changed_and_deleted(wire: Wire) -> None:
    session = wire.session()
    made = Artifact.create("flour", "s3://bucket/flour", artifact_type="DataSet", sagemaker_session=session)
    action = Action.create("kneading", "s3://bucket/code", action_type="Prepare", sagemaker_session=session)
    Association.create(made.artifact_arn, action.action_arn, "ContributedTo", sagemaker_session=session)
    (found,) = Association.list(destination_type="Prepare", sagemaker_session=session)
    assert (found.source_name, found.source_type, found.destination_name) == ("flour", "DataSet", "kneading")
    made.properties = {"kind": "wheat"}
    made.save()
    assert Artifact.load(made.artifact_arn, session).properties == {"kind": "wheat"}
    client = session.sagemaker_client
    with pytest.raises(client.exceptions.ClientError, match="delete its associations first"):
        client.delete_artifact(ArtifactArn=made.artifact_arn)
    client.delete_association(SourceArn=made.artifact_arn, DestinationArn=action.action_arn)
    client.delete_artifact(Source={"SourceUri": "s3://bucket/flour"})
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.describe_artifact(ArtifactArn=made.artifact_arn)


def test_of_a_source_there_is_one_artifact(api: Api) -> None:
    request = {"ArtifactType": "DataSet", "Source": {"SourceUri": "s3://bucket/flour"}}
    arn = api("CreateArtifact", **request)["ArtifactArn"]
    code, sentence = api.refused("CreateArtifact", **request)
    # What the SDK's Run looks for.
    assert (code, "already exists" in sentence) == ("ValidationException", True)
    other = {"SourceUri": "s3://bucket/flour", "SourceTypes": [{"SourceIdType": "S3ETag", "Value": "1"}]}
    assert api("CreateArtifact", ArtifactType="DataSet", Source=other)["ArtifactArn"] != arn
    assert len(api("ListArtifacts", SourceUri="s3://bucket/flour")["ArtifactSummaries"]) == 2
    assert "and not both" in api.refused("DeleteArtifact")[1]


def test_entities_that_are_not_there_and_two_of_an_experiment_are_not_associated(api: Api) -> None:
    arns = [api("CreateTrialComponent", TrialComponentName=name)["TrialComponentArn"] for name in ("a", "b")]
    pair = {"SourceArn": arns[0], "DestinationArn": arns[1]}
    assert "two experiment entities" in api.refused("AddAssociation", **pair)[1]
    source = {"SourceUri": "s3://bucket/flour"}
    artifact = api("CreateArtifact", ArtifactType="DataSet", Source=source)["ArtifactArn"]
    pair = {"SourceArn": artifact, "DestinationArn": arns[0]}
    api("AddAssociation", **pair)
    assert "already exists" in api.refused("AddAssociation", **pair)[1]
    assert "with itself" in api.refused("AddAssociation", SourceArn=artifact, DestinationArn=artifact)[1]
    absent = {**pair, "SourceArn": f"{artifact[:-1]}x"}
    elsewhere = {**pair, "SourceArn": artifact.replace("us-east-1", "eu-west-1")}
    theirs = {**pair, "DestinationArn": arns[1].replace("000000000000", "111111111111")}
    for operation in ("AddAssociation", "DeleteAssociation"):
        for request in (absent, elsewhere, theirs):
            assert api.refused(operation, **request)[0] == "ResourceNotFound"
    assert api.refused("ListAssociations", SourceArn=absent["SourceArn"])[0] == "ResourceNotFound"


def test_a_query_goes_as_far_and_answers_as_little_as_it_is_asked_to(
    wire: Wire, api: Api, chain: dict[str, str]
) -> None:
    (context,) = api("ListContexts", SourceUri=chain["endpoint"])["ContextSummaries"]
    start = {"StartArns": [context["ContextArn"]]}
    near = api("QueryLineage", **start, Direction="Ascendants", MaxDepth=1)
    assert {item["LineageType"] for item in near["Vertices"]} == {"Context", "Action"}
    assert len(near["Edges"]) == 1
    assert api("QueryLineage", **start, Direction="Descendants")["Edges"] == []
    only = {"LineageTypes": ["TrialComponent"], "Types": ["TrainingJob"]}
    (found,) = api("QueryLineage", **start, Filters=only, IncludeEdges=False)["Vertices"]
    assert (found["Type"], found["LineageType"]) == ("TrainingJob", "TrialComponent")
    late = {"CreatedAfter": 4_000_000_000}
    assert api("QueryLineage", **start, Filters=late)["Vertices"] == []
    pages = api.pages("QueryLineage", "Vertices", **start, MaxResults=2)
    whole = LineageQuery(wire.session()).query(start["StartArns"])
    assert [item["Arn"] for page in pages for item in page] == [vertex.arn for vertex in whole.vertices]
    assert api.refused("QueryLineage", StartArns=[f"{context['ContextArn']}x"])[0] == "ResourceNotFound"
    assert "none was given" in api.refused("QueryLineage")[1]

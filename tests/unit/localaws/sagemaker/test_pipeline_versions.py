"""Versions of a pipeline: each changed definition is one, is described and run by its number, and goes with it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from localaws.recovery import recover

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Document, Runs, Script

ARN = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line"


@pytest.fixture
def line(runs: Runs, build: Build) -> list[str]:
    """The three definitions of a pipeline, the last of which is the latest."""
    texts = [build.text(build.step(name), parameters=[{"Name": f"P{name}", "Type": "String"}]) for name in "ABC"]
    runs.create(texts[0])
    for text in texts[1:]:
        runs.api("UpdatePipeline", PipelineName="line", PipelineDefinition=text)
    return texts


def listed(api: Api, **request: object) -> list[Document]:
    found: list[Document] = api("ListPipelineVersions", PipelineName="line", **request)["PipelineVersionSummaries"]
    return found


def test_each_changed_definition_is_a_version(api: Api, line: list[str]) -> None:
    assert [item["PipelineVersionId"] for item in listed(api)] == [3, 2, 1]
    assert [item["PipelineVersionId"] for item in listed(api, SortOrder="Ascending")] == [1, 2, 3]
    for number, text in enumerate(line, 1):
        described = api("DescribePipeline", PipelineName="line", PipelineVersionId=number)
        assert described["PipelineDefinition"] == text
    assert api("DescribePipeline", PipelineName=ARN)["PipelineDefinition"] == line[-1]


def test_an_update_of_anything_else_is_none_and_says_which_is_the_latest(api: Api, line: list[str]) -> None:
    for change in ({"PipelineDescription": "Bakes"}, {"PipelineDefinition": line[2]}):
        updated = api("UpdatePipeline", PipelineName="line", **change)
        assert updated == {"PipelineArn": ARN, "PipelineVersionId": 3}
    assert len(listed(api)) == 3
    assert api("UpdatePipeline", PipelineName="line", PipelineDefinition=line[0])["PipelineVersionId"] == 4


def test_versions_come_in_pages_and_by_their_time(api: Api, line: list[str]) -> None:
    pages = api.pages("ListPipelineVersions", "PipelineVersionSummaries", PipelineName="line", MaxResults=2)
    assert [[item["PipelineVersionId"] for item in page] for page in pages] == [[3, 2], [1]]
    assert listed(api, CreatedBefore=1) == []
    assert len(listed(api, CreatedAfter=1)) == len(line)


def test_more_than_nine_versions_are_in_the_order_of_their_numbers(api: Api, line: list[str]) -> None:
    for number in range(4, 13):
        api("UpdatePipeline", PipelineName="line", PipelineDefinition=line[number % 2])
    assert [item["PipelineVersionId"] for item in listed(api)] == list(range(12, 0, -1))


def test_an_execution_runs_the_version_that_it_names_with_its_parameters(
    api: Api, runs: Runs, script: Script, line: list[str]
) -> None:
    given = [{"Name": "PA", "Value": "one"}]
    first = runs.ended(runs.start(PipelineVersionId=1, PipelineParameters=given))
    latest = runs.ended(runs.start(PipelineParameters=[{"Name": "PC", "Value": "three"}]))
    assert script.began == ["A", "C"]
    for arn, number in ((first, 1), (latest, 3)):
        assert api("DescribePipelineExecution", PipelineExecutionArn=arn)["PipelineVersionId"] == number
    kept = api("DescribePipelineDefinitionForExecution", PipelineExecutionArn=first)["PipelineDefinition"]
    assert kept == line[0]
    last = {item["PipelineVersionId"]: item.get("LastExecutionPipelineExecutionArn") for item in listed(api)}
    assert last == {1: first, 2: None, 3: latest}
    assert (
        "Unknown parameters: PA"
        in api.refused("StartPipelineExecution", PipelineName="line", PipelineParameters=given)[1]
    )


@pytest.mark.usefixtures("line")
def test_a_version_has_a_name_and_a_description(api: Api) -> None:
    named = {"PipelineVersionDisplayName": "first", "PipelineVersionDescription": "Bakes"}
    answered = api("UpdatePipelineVersion", PipelineArn=ARN, PipelineVersionId=1, **named)
    assert answered == {"PipelineArn": ARN, "PipelineVersionId": 1}
    assert named.items() <= listed(api, SortOrder="Ascending")[0].items()
    assert named.items() <= api("DescribePipeline", PipelineName="line", PipelineVersionId=1).items()
    assert named.keys().isdisjoint(api("DescribePipeline", PipelineName="line"))
    api("UpdatePipelineVersion", PipelineArn=ARN, PipelineVersionId=1, PipelineVersionDisplayName="oldest")
    assert listed(api)[-1]["PipelineVersionDescription"] == "Bakes"


@pytest.mark.usefixtures("line")
def test_a_version_that_is_not_there_is_not_found(api: Api) -> None:
    for operation, request in (
        ("DescribePipeline", {"PipelineName": "line"}),
        ("StartPipelineExecution", {"PipelineName": "line"}),
        ("UpdatePipelineVersion", {"PipelineArn": ARN}),
        ("UpdatePipelineVersion", {"PipelineArn": f"{ARN}-2"}),
    ):
        code, sentence = api.refused(operation, PipelineVersionId=4, **request)
        assert (code, "does not exist" in sentence) == ("ResourceNotFound", True), operation
    assert api.refused("DescribePipeline", PipelineName="line", PipelineVersionId=0)[0] == "ValidationException"


def test_versions_go_with_their_pipeline(api: Api, runs: Runs, line: list[str]) -> None:
    runs.create(line[0], "line-2")
    api("DeletePipeline", PipelineName="line")
    assert api.refused("ListPipelineVersions", PipelineName="line")[0] == "ResourceNotFound"
    assert len(api("ListPipelineVersions", PipelineName="line-2")["PipelineVersionSummaries"]) == 1
    runs.create(line[1])
    assert [item["PipelineVersionId"] for item in listed(api)] == [1]


def test_versions_are_searched(api: Api, runs: Runs, script: Script, line: list[str]) -> None:
    runs.ended(
        runs.start(
            PipelineVersionId=2,
            PipelineExecutionDisplayName="second",
            PipelineParameters=[{"Name": "PB", "Value": "two"}],
        )
    )
    wanted = {"Name": "PipelineVersionId", "Operator": "Equals", "Value": "2"}
    found = api("Search", Resource="PipelineVersion", SearchExpression={"Filters": [wanted]})["Results"]
    [version] = [item["PipelineVersion"] for item in found]
    assert (version["PipelineArn"], version["LastExecutedPipelineExecutionStatus"]) == (ARN, "Succeeded")
    assert version["LastExecutedPipelineExecutionDisplayName"] == "second"
    assert script.began == ["B"]
    assert len(line) == api("Search", Resource="PipelineVersion")["TotalHits"]["Value"]


def test_a_pipeline_of_before_versions_has_one(aws: Aws, api: Api, line: list[str]) -> None:
    kept = aws.store.get("pipeline", "line")
    api("DeletePipeline", PipelineName="line")
    kept = {name: value for name, value in (kept or {}).items() if name != "PipelineVersionId"}
    aws.store.put("pipeline", "line", kept | {"PipelineDefinition": line[0]})
    recover(aws)
    recover(aws)
    assert [item["CreationTime"] for item in listed(api)] == [kept["CreationTime"]]
    assert api("DescribePipeline", PipelineName="line")["PipelineDefinition"] == line[0]
    assert api("UpdatePipeline", PipelineName="line", PipelineDefinition=line[1])["PipelineVersionId"] == 2


def test_an_execution_is_named_and_described_when_it_runs_already(
    api: Api, runs: Runs, script: Script, build: Build
) -> None:
    script.holding = {"A": threading.Event()}
    runs.create(build.text(build.step("A")))
    arn = runs.start()
    script.await_begin("A")
    changes = {"PipelineExecutionDisplayName": "night", "PipelineExecutionDescription": "Bakes"}
    assert api("UpdatePipelineExecution", PipelineExecutionArn=arn, **changes) == {"PipelineExecutionArn": arn}
    script.holding["A"].set()
    runs.ended(arn)
    described = api("DescribePipelineExecution", PipelineExecutionArn=arn)
    assert changes.items() <= described.items()
    assert described["PipelineExecutionStatus"] == "Succeeded"


def test_how_many_steps_run_at_once_changes_while_they_do(api: Api, runs: Runs, script: Script, build: Build) -> None:
    names = "ABCDEF"
    script.holding = {name: threading.Event() for name in names}
    runs.create(build.text(*(build.step(name) for name in names)))
    arn = runs.start(ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    script.await_begin("A")
    api("UpdatePipelineExecution", PipelineExecutionArn=arn, ParallelismConfiguration={"MaxParallelExecutionSteps": 4})
    script.holding["A"].set()
    script.await_begin("B", "C", "D", "E")
    assert "F" not in script.began
    api("UpdatePipelineExecution", PipelineExecutionArn=arn, ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    for event in script.holding.values():
        event.set()
    assert runs.status(runs.ended(arn)) == "Succeeded"
    assert script.most == 4


@pytest.mark.usefixtures("line")
def test_an_execution_that_is_not_there_is_not_updated(api: Api) -> None:
    arn = f"{ARN}/execution/aaaaaaaaaaaa"
    assert api.refused("UpdatePipelineExecution", PipelineExecutionArn=arn)[0] == "ResourceNotFound"

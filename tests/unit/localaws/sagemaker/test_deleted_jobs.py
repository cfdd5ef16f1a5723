"""Jobs that are deleted or changed: only what has ended goes, and nothing of it is found under its name again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localaws.records import tags
from localaws.records.jobs import PROCESSING, TRAINING, JobKind

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api


def keep(aws: Aws, kind: JobKind, status: str) -> str:
    """A job of the name `Job` as it stands in the store, with a tag and files; answers its ARN."""
    arn = aws.arn(kind.noun, "job")
    aws.store.put(kind.noun, "job", {kind.name: "Job", kind.arn: arn, kind.status: status, "CreationTime": 1})
    tags.add_tags(aws, arn, [{"Key": "team", "Value": "bakery"}])
    for folder in ("algo-1/input", "logs"):
        (aws.settings.jobs / "Job" / folder).mkdir(parents=True)
    return arn


@pytest.mark.parametrize("kind", [PROCESSING, TRAINING])
@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_a_job_that_has_ended_is_deleted_with_its_tags_and_files(
    aws: Aws, api: Api, kind: JobKind, status: str
) -> None:
    arn = keep(aws, kind, status)
    api(f"Delete{kind.stem}Job", **{kind.name: "Job"})
    assert api.refused(f"Describe{kind.stem}Job", **{kind.name: "Job"})[1] == "Requested resource not found."
    assert tags.list_tags(aws, arn) == []
    assert [place.name for place in (aws.settings.jobs / "Job").iterdir()] == ["logs"]
    assert api.refused(f"Delete{kind.stem}Job", **{kind.name: "Job"})[0] == "ResourceNotFound"


@pytest.mark.parametrize("kind", [PROCESSING, TRAINING])
@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_a_job_under_way_is_in_use(aws: Aws, api: Api, kind: JobKind, status: str) -> None:
    keep(aws, kind, status)
    code, sentence = api.refused(f"Delete{kind.stem}Job", **{kind.name: "Job"})
    assert (code, status in sentence) == ("ResourceInUse", True)
    assert api(f"List{kind.stem}Jobs")[f"{kind.stem}JobSummaries"]


def test_only_a_job_that_runs_is_updated_and_its_profile_is_kept(aws: Aws, api: Api) -> None:
    named = {"TrainingJobName": "Job"}
    assert api.refused("UpdateTrainingJob", **named)[0] == "ResourceNotFound"
    arn = keep(aws, TRAINING, "InProgress")
    off = {"DisableProfiler": True}
    assert api("UpdateTrainingJob", **named, ProfilerConfig=off) == {"TrainingJobArn": arn}
    assert api("DescribeTrainingJob", **named)["ProfilerConfig"] == off
    warm = {"KeepAlivePeriodInSeconds": 60}
    assert "does not emulate ResourceConfig" in api.refused("UpdateTrainingJob", **named, ResourceConfig=warm)[1]
    aws.store.update(TRAINING.noun, "job", TrainingJobStatus="Completed")
    assert "is Completed" in api.refused("UpdateTrainingJob", **named, ProfilerConfig=off)[1]

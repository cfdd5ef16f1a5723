"""Nothing is deployed but what the registry names, from where jobs cannot write; all else is refused in words, once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deploy_model.decision import Action

BUCKET = "scones-123456789012-us-east-1"
KEY = re.compile(r"approved/v1-\d{8}T\d{6}Z/model\.tar\.gz")


def _without_digest(arn: Any, world: Any) -> None:
    """Take the digest away: the version comes from another pipeline, or from before digests were recorded."""
    del world.backend.model_packages[arn].customer_metadata_properties["artifact_sha256"]


def test_what_was_approved_is_copied_and_served_from_the_copy(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    ((key, body),) = world.copies().items()
    assert KEY.fullmatch(key)
    assert body == b"model"
    container = world.sent("CreateModel")["PrimaryContainer"]
    assert container == {"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/{key}"}
    asked = world.sent("CopyObject")
    assert (asked["ChecksumAlgorithm"], asked["MetadataDirective"], asked["TaggingDirective"]) == (
        *("SHA256", "REPLACE", "REPLACE"),
    )


def test_the_environment_that_the_registry_names_is_kept(world: Any) -> None:
    container = {"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/runs/model.tar.gz", "Environment": {"A": "b"}}
    world.approve(world.register(InferenceSpecification={"Containers": [container]}))
    world.deliver()
    assert world.sent("CreateModel")["PrimaryContainer"]["Environment"] == {"A": "b"}


def test_an_artifact_that_a_job_changed_before_the_approval_is_refused_and_the_live_one_stays(world: Any) -> None:
    good, changed = world.register(name="good"), world.register(name="changed")
    world.approve(good)
    world.deliver()
    world.put("runs/changed.tar.gz", b"something else")
    world.approve(changed)
    world.changes()
    outcome = world.deliver()
    assert outcome.action is Action.REFUSE
    assert re.match(
        r"Version 2 is refused: its artifact has the SHA-256 [0-9a-f]{16} and the registry names the SHA-256 "
        r"[0-9a-f]{16}\. What lies at s3://scones-\S+/runs/changed\.tar\.gz is not what was evaluated: put back ",
        outcome.reason,
    )
    assert world.changes() == ["AddTags"]
    assert (world.live_version, list(world.copies().values())) == (1, [b"good"])


def test_a_refusal_is_mailed_once_and_reported_by_the_endpoint_in_a_tag_s_characters(world: Any) -> None:
    world.approve(world.register(name="good"))
    world.deliver()
    changed = world.register(name="changed")
    world.put("runs/changed.tar.gz", b"something else")
    world.approve(changed)
    refused = world.deliver()
    for _ in range(2):
        again = world.deliver()
        assert (again.action, again.reason.endswith("; approve it again to try again.")) == (Action.KEEP, True)
        assert again.reason.startswith("Version 2 is refused: its artifact has the SHA-256 ")
    ((subject, text),) = world.mail.sent
    assert subject == "scones-vehicles: version 2 was not deployed"
    assert text == f"{refused.reason}\n\nNothing was deployed; what served goes on serving."
    tags = {tag["Key"]: tag["Value"] for tag in world.client.list_tags(ResourceArn=world.endpoint.arn)["Tags"]}
    assert re.fullmatch(r"[\w .:/=+\-@]{1,256}", tags["scones:refused"])


def test_a_refused_version_is_tried_again_when_it_is_approved_again(world: Any) -> None:
    world.approve(world.register(name="good"))
    world.deliver()
    changed = world.register(name="changed")
    world.put("runs/changed.tar.gz", b"something else")
    world.approve(changed)
    world.deliver()
    world.put("runs/changed.tar.gz", b"changed")
    world.approve(changed)
    assert world.deliver().action is Action.UPDATE
    assert world.live_version == 2
    tags = {tag["Key"]: tag["Value"] for tag in world.client.list_tags(ResourceArn=world.endpoint.arn)["Tags"]}
    assert tags["scones:refused"] == ""


def test_without_an_endpoint_a_first_version_is_refused_as_well(world: Any, versions: list[str]) -> None:
    world.put("runs/model.tar.gz", b"something else")
    world.approve(versions[0])
    assert world.deliver().action is Action.REFUSE
    assert (world.backend.endpoints, world.backend._models, world.copies()) == ({}, {}, {})


def test_what_a_job_writes_after_the_approval_reaches_no_instance_and_no_rollback(
    world: Any, versions: list[str]
) -> None:
    for arn in versions[:2]:
        world.approve(arn)
        world.deliver()
    world.put("runs/model.tar.gz", b"something else")
    world.reject(versions[1])
    assert world.deliver().action is Action.UPDATE
    assert (world.live_version, set(world.copies().values())) == (1, {b"model"})


@pytest.mark.parametrize("digest", ["named", "not named"])
def test_a_copy_that_is_gone_is_made_again_from_what_the_registry_names(
    world: Any, versions: list[str], digest: str
) -> None:
    if digest == "not named":
        _without_digest(versions[0], world)
    for arn in versions[:2]:
        world.approve(arn)
        world.deliver()
    key = next(key for key in world.copies() if "/v1-" in key)
    world.s3.delete_object(Bucket=BUCKET, Key=key)
    world.approve(versions[0])
    assert world.deliver().action is Action.UPDATE
    assert world.copies()[key] == b"model"


def test_a_copy_that_was_changed_is_refused_and_deleted_so_that_no_instance_loads_it(
    world: Any, versions: list[str]
) -> None:
    for arn in versions[:2]:
        world.approve(arn)
        world.deliver()
    key = next(key for key in world.copies() if KEY.fullmatch(key))
    world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"something else", ChecksumAlgorithm="SHA256")
    world.approve(versions[0])
    refused = world.deliver()
    assert (refused.action, world.live_version, key in world.copies()) == (Action.REFUSE, 2, False)
    assert f"What lies at s3://{BUCKET}/{key} is not what was evaluated: approve the version again" in refused.reason
    world.approve(versions[0])
    assert world.deliver().action is Action.UPDATE
    assert world.copies()[key] == b"model"


def test_a_copy_without_a_checksum_is_none_of_ours(world: Any, versions: list[str]) -> None:
    _without_digest(versions[0], world)
    for arn in versions[:2]:
        world.approve(arn)
        world.deliver()
    key = next(key for key in world.copies() if KEY.fullmatch(key))
    world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"something else")
    world.approve(versions[0])
    assert (world.deliver().action, key in world.copies()) == (Action.REFUSE, False)


def test_a_version_without_a_digest_is_held_to_its_first_copy(world: Any, versions: list[str]) -> None:
    _without_digest(versions[0], world)
    world.approve(versions[0])
    assert world.deliver().action is Action.CREATE
    world.put("runs/model.tar.gz", b"something else")
    world.approve(versions[1])
    assert world.deliver().action is Action.REFUSE
    world.approve(versions[0])
    assert world.deliver().version == 1
    assert list(world.copies().values()) == [b"model"]


def test_a_copy_is_made_once_though_events_come_twice_and_at_once(
    world: Any, versions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.approve(versions[0])
    world.deliver()
    world.backend.endpoints.clear()
    world.put("runs/model.tar.gz", b"something else")
    ask, answers = world.s3.head_object, iter([_gone()])

    def head(**request: Any) -> Any:
        """Answer as S3 did before the parallel call made its copy, once."""
        for missing in answers:
            raise missing
        return ask(**request)

    monkeypatch.setattr(world.s3, "head_object", head)
    assert world.deliver().action is Action.CREATE
    assert list(world.copies().values()) == [b"model"]


def _gone() -> ClientError:
    return ClientError({"Error": {"Code": "404", "Message": "Not Found"}}, "HeadObject")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, "S3 answers NoSuchKey for s3://scones-"),
        ("AccessDenied", "S3 answers AccessDenied for s3://scones-"),
        ("InvalidRequest", "S3 answers InvalidRequest for s3://scones-"),
    ],
)
def test_an_artifact_that_cannot_be_had_is_refused(
    world: Any, versions: list[str], error: str | None, words: str
) -> None:
    world.approve(versions[0])
    if error:
        world.failing["CopyObject"] = (error, "No.")
    else:
        world.s3.delete_object(Bucket=BUCKET, Key="runs/model.tar.gz")
    outcome = world.deliver()
    assert outcome.action is Action.REFUSE
    assert outcome.reason.startswith(f"Version 1 is refused: its artifact cannot be copied. {words}")


def test_what_fails_for_a_passing_reason_is_raised_and_completed_by_the_next_event(
    world: Any, versions: list[str]
) -> None:
    world.approve(versions[0])
    world.failing["CopyObject"] = ("SlowDown", "Reduce your request rate.")
    with pytest.raises(ClientError, match="SlowDown"):
        world.deliver()
    world.failing.clear()
    assert world.deliver().action is Action.CREATE
    assert world.mail.sent == []


SOURCE = {"S3Uri": f"s3://{BUCKET}/runs/", "S3DataType": "S3Prefix", "CompressionType": "None"}
ONE = {"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/runs/model.tar.gz"}


@pytest.mark.parametrize(
    "containers",
    [
        [ONE, ONE],
        [{"Image": "image"}],
        [{**ONE, "ModelDataUrl": "https://models.example.com/model.tar.gz"}],
        [{**ONE, "ModelDataSource": {"S3DataSource": SOURCE}}],
    ],
)
def test_a_version_that_does_not_name_one_archive_in_s3_is_refused(
    world: Any, containers: list[dict[str, Any]]
) -> None:
    world.approve(world.register(InferenceSpecification={"Containers": containers}))
    outcome = world.deliver()
    assert outcome.action is Action.REFUSE
    assert outcome.reason.startswith("Version 1 is refused: it does not name one artifact. It has ")


def test_a_version_that_is_its_image_alone_has_nothing_to_copy(world: Any) -> None:
    arn = world.register(InferenceSpecification={"Containers": [{"Image": "image", "Environment": {"A": "b"}}]})
    _without_digest(arn, world)
    world.approve(arn)
    assert world.deliver().action is Action.CREATE
    assert world.sent("CreateModel")["PrimaryContainer"] == {"Image": "image", "Environment": {"A": "b"}}
    assert world.copies() == {}


def test_nothing_is_copied_for_an_event_that_deploys_nothing(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.calls.clear()
    assert world.deliver().action is Action.KEEP
    assert "CopyObject" not in [name for name, _ in world.calls]

"""Requests that are meant to do harm, over HTTP to the whole local AWS."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop

KEYS = ("../../../../escaped", "%2e%2e/%2e%2e/%2e%2e/escaped", "..%2f..%2f..%2f..%2fescaped", "a%00escaped")
pytestmark = pytest.mark.e2e


def _ask(laptop: Laptop, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """One request as it is written: no client tidies the path."""
    connection = http.client.HTTPConnection("127.0.0.1", laptop.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_no_key_or_bucket_leaves_the_folder_of_its_bucket(laptop: Laptop) -> None:
    laptop.client("s3").create_bucket(Bucket="hostile-names")
    around = laptop.home.parent
    before = {path for path in around.rglob("*escaped*") if path.is_file()}
    for key in KEYS:
        _ask(laptop, "PUT", f"/hostile-names/{key}", b"x")
    for bucket in ("..", "%2e%2e", "..%2f.."):
        assert _ask(laptop, "PUT", f"/{bucket}/escaped", b"x")[0] >= 400
    made = {path for path in around.rglob("*escaped*") if path.is_file()} - before
    within = laptop.home / "ministack/s3"
    assert all(path.is_relative_to(within) and "hostile-names" in path.parts for path in made)
    assert not list(Path("/").glob("escaped*"))


def test_a_web_page_reaches_no_service(laptop: Laptop) -> None:
    make = "/?Action=CreateStack&StackName=evil&Version=2010-05-15&TemplateBody=%7B%7D"
    target = {"X_Amz_Target": "SageMaker.ListPipelines"}
    assert _ask(laptop, "GET", make)[0] == 403
    assert _ask(laptop, "GET", "/", Sec_Fetch_Site="cross-site")[0] == 403
    assert _ask(laptop, "GET", "/", Host="rebound.example.org")[0] == 403
    for method in ("OPTIONS", "POST"):
        assert _ask(laptop, method, "/", b"{}", Origin="https://example.org", **target)[0] == 403
    assert "evil" not in [each["StackName"] for each in laptop.client("cloudformation").describe_stacks()["Stacks"]]


def test_a_hostile_workflow_is_refused_and_the_local_aws_goes_on(laptop: Laptop) -> None:
    states = laptop.client("stepfunctions")
    with pytest.raises(states.exceptions.InvalidDefinition):
        states.create_state_machine(
            name="hostile", definition=json.dumps([1]), roleArn="arn:aws:iam::000000000000:role/x"
        )
    assert states.list_state_machines()["stateMachines"]

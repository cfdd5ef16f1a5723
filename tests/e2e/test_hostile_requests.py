"""Requests that are meant to do harm, over HTTP to the whole local AWS."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop

KEYS = ("../../../../escaped", "%2e%2e/%2e%2e/%2e%2e/escaped", "..%2f..%2f..%2f..%2fescaped", "a%00escaped")
BUCKETS = ("..", "%2e%2e", "..%2f..")
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
    for path in (*(f"/hostile-names/{key}" for key in KEYS), *(f"/{bucket}/escaped" for bucket in BUCKETS)):
        status, said = _ask(laptop, "PUT", path, b"x", **laptop.signed("s3", "PUT", path, b"x"))
        assert b"SignatureDoesNotMatch" not in said
        assert status >= 400 or path.startswith("/hostile-names/")
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


STRANGER = """
import json, os, sys
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

asked = [(boto3.client(service, endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test",
                       aws_secret_access_key="test", config=Config(retries={"max_attempts": 0})), service, operation)
         for service, operation in json.loads(sys.argv[2])]

def ask():
    told = {}
    for client, service, operation in asked:
        try:
            told[service] = str(getattr(client, operation)())
        except ClientError as error:
            told[service] = error.response["Error"]["Code"]
    return told

told = ask()
if os.geteuid() == 0:
    # Only root may become somebody else: nobody. What is loaded by now may lie where nobody reads.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    told = ask()
try:
    told["key"] = open(sys.argv[3]).read()
except OSError as error:
    told["key"] = error.strerror
print(json.dumps(told))
"""
CODES = {
    ("sts", "get_caller_identity"): "InvalidClientTokenId",
    ("iam", "list_roles"): "InvalidClientTokenId",
    ("cloudformation", "list_stacks"): "InvalidClientTokenId",
    ("sns", "list_topics"): "InvalidClientTokenId",
    ("lambda", "list_functions"): "UnrecognizedClientException",
    ("sagemaker", "list_models"): "UnrecognizedClientException",
    ("s3", "list_buckets"): "InvalidAccessKeyId",
}


def test_another_user_of_the_machine_calls_no_service_and_reads_no_key(laptop: Laptop) -> None:
    key = laptop.home / "credentials"
    words = [sys.executable, "-c", STRANGER, laptop.endpoint, json.dumps(list(CODES)), str(key)]
    done = subprocess.run(words, capture_output=True, env={"PATH": os.environ["PATH"]}, cwd="/", text=True, check=True)
    told = json.loads(done.stdout)
    read = told.pop("key")
    assert told == {service: code for (service, _), code in CODES.items()}
    assert read == "Permission denied" or os.geteuid() != 0  # where nobody may become another, the modes say the same
    assert (key.stat().st_mode & 0o777, laptop.home.stat().st_mode & 0o777) == (0o600, 0o700)


def test_nothing_passes_that_nobody_has_signed(laptop: Laptop) -> None:
    for method, path in (("POST", "/_ministack/reset"), ("GET", "/latest/meta-data/"), ("POST", "/_localaws/received")):
        assert _ask(laptop, method, path, b"{}")[0] == 403
    status, said = _ask(laptop, "GET", "/_localaws/health")
    assert (status, json.loads(said)["open"]) == (200, False)


def test_a_hostile_workflow_is_refused_and_the_local_aws_goes_on(laptop: Laptop) -> None:
    states = laptop.client("stepfunctions")
    with pytest.raises(states.exceptions.InvalidDefinition):
        states.create_state_machine(
            name="hostile", definition=json.dumps([1]), roleArn="arn:aws:iam::000000000000:role/x"
        )
    assert states.list_state_machines()["stateMachines"]

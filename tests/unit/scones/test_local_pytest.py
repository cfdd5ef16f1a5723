"""The fixture of the local AWS's distribution: each test has an empty one, and what was there before comes back."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import os, subprocess, sys
import boto3, pytest

def put_and_count():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="only-of-one-test")
    boto3.client("sagemaker").create_model_package_group(ModelPackageGroupName="group")
    return len(s3.list_buckets()["Buckets"])

@pytest.mark.parametrize("turn", [1, 2])
def test_it_is_empty(localaws, turn):
    assert boto3.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    assert put_and_count() == 1

def test_a_client_of_aws_s_host_and_a_child_process_get_there(localaws):
    named = "https://sts.us-east-1.amazonaws.com"
    ask = f"import boto3; print(boto3.client('sts', endpoint_url='{named}').get_caller_identity()['Arn'])"
    mine = boto3.client("sts", endpoint_url=named).get_caller_identity()["Arn"]
    assert mine.startswith(f"arn:aws:sts::{localaws.account}:assumed-role/{localaws.role.split('/')[-1]}/")
    assert subprocess.check_output([sys.executable, "-c", ask], text=True).strip() == mine
    assert os.environ["AWS_ENDPOINT_URL"] == localaws.endpoint_url

def test_without_the_fixture_all_is_as_before():
    assert os.environ["AWS_PROFILE"] == "mine"
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert boto3.DEFAULT_SESSION is None
    named = "https://sts.us-east-1.amazonaws.com"
    os.environ.pop("AWS_PROFILE")
    os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    assert boto3.client("sts", region_name="us-east-1", endpoint_url=named).meta.endpoint_url == named
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "SCONES_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "mine")


def test_each_test_has_an_empty_local_aws_and_leaves_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.runpytest_subprocess("-p", "scones.local_pytest", "-p", "no:cacheprovider").assert_outcomes(passed=4)
    left = list(pytester.path.rglob("home"))
    assert left == []


def test_one_that_does_not_start_says_why(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ACCOUNT", "foreign")
    pytester.makepyfile("def test_it(localaws): pass")
    result = pytester.runpytest_subprocess("-p", "scones.local_pytest", "-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*The local AWS did not start: *SCONES_ACCOUNT is 'foreign'*"])

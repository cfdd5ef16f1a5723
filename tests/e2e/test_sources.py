"""Other ways in which code comes to a stack: a seed that is there before any rule, and GitHub with a signed token."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.e2e.laptop import REPOSITORY, Laptop, free_port
from tests.issuer import Issuer

pytestmark = pytest.mark.e2e

BUCKET = "scones-000000000000-us-east-1"
TEMPLATE = REPOSITORY / "seedcode" / "template.yaml"
WORKFLOW = REPOSITORY / "seedcode" / "github" / "run.yml"
GITHUB_ROLE = "arn:aws:iam::000000000000:role/scones-github"
MAIN = "repo:bakery/scones:ref:refs/heads/main"


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A local AWS whose stack is built by GitHub."""
    made = Laptop(free_port(), tmp_path_factory.mktemp("sources"))
    made.scones("up")
    made.sample()
    made.scones("deploy", "--set", "SourceProvider=GITHUB_ACTIONS", "--set", "GitHubRepository=bakery/scones")
    yield made
    made.scones("down")


def test_what_a_new_projects_repository_begins_with_is_built_once(laptop: Laptop) -> None:
    seed = io.BytesIO()
    with zipfile.ZipFile(seed, "w") as archive:
        archive.writestr("seedcode/buildspec.yml", '{version: 0.2, phases: {build: {commands: ["echo first"]}}}')
    s3, cloudformation = laptop.client("s3"), laptop.client("cloudformation")
    s3.put_object(Bucket=BUCKET, Key="templates/seed.zip", Body=seed.getvalue())
    s3.put_object(Bucket=BUCKET, Key="templates/project.yaml", Body=TEMPLATE.read_bytes())
    given = {
        "SageMakerProjectName": "seeded",
        "SageMakerProjectId": "p-1a2b3c4d5e6f",
        "SeedBucket": BUCKET,
        "SeedKey": "templates/seed.zip",
    }

    # As SageMaker does for a new project: once, without functions.
    cloudformation.create_stack(
        StackName="seeded",
        TemplateURL=f"https://s3.us-east-1.amazonaws.com/{BUCKET}/templates/project.yaml",
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="seeded", WaiterConfig={"Delay": 1})

    codebuild = laptop.client("codebuild")
    deadline = time.monotonic() + 60
    while True:
        ids = codebuild.list_builds_for_project(projectName="seeded-build")["ids"]
        builds = codebuild.batch_get_builds(ids=ids)["builds"] if ids else []
        if builds and builds[0]["buildComplete"]:
            break
        assert time.monotonic() < deadline, builds
        time.sleep(0.2)
    # The event of the first commit was delivered before that of the stack: it has started nothing.
    (build,) = builds
    assert (build["buildStatus"], build["initiator"]) == ("SUCCEEDED", "rule/seeded-first-build")


def _assume(laptop: Laptop, token: str) -> dict[str, str]:
    """What a workflow gets for its token, as variables of the environment."""
    sts = boto3.client(
        "sts", endpoint_url=laptop.endpoint, region_name="us-east-1", config=Config(signature_version=UNSIGNED)
    )
    given = {"RoleArn": GITHUB_ROLE, "RoleSessionName": "scones-1", "WebIdentityToken": token}
    made = sts.assume_role_with_web_identity(**given)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }


@pytest.mark.parametrize(
    ("claims", "refused"),
    [
        ({"sub": "repo:bakery/scones:ref:refs/heads/idea"}, "AccessDenied"),
        ({"sub": "repo:stranger/scones:ref:refs/heads/main"}, "AccessDenied"),
        ({"sub": MAIN, "aud": "sigstore"}, "InvalidIdentityToken"),
        ({"sub": MAIN, "iss": "https://other.example.com"}, "InvalidIdentityToken"),
        ({"sub": MAIN, "exp": 1}, "ExpiredTokenException"),
    ],
)
def test_a_token_that_is_not_githubs_for_this_repository_and_branch_gets_no_role(
    laptop: Laptop, claims: dict[str, Any], refused: str
) -> None:
    issuer = Issuer()
    issuer.publish(laptop.home / "issuers")
    with pytest.raises(ClientError) as error:
        _assume(laptop, issuer.token(**claims))
    assert error.value.response["Error"]["Code"] == refused


def _steps() -> list[dict[str, Any]]:
    """The workflow's steps that have credentials."""
    (job,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    steps = job["steps"]
    first = next(n for n, step in enumerate(steps) if "configure-aws-credentials" in step.get("uses", ""))
    return [{**step, "env": job["env"]} for step in steps[first + 1 :]]


def test_githubs_workflow_does_all_that_it_does_under_its_role(laptop: Laptop, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(checkout)], check=True)
    # Another version of the functions and of the image, so that stack and registry get something.
    for changed in ("lambdas/start_training/handler.py", "processing/refusal.py"):
        with (checkout / changed).open("a", encoding="utf-8") as file:
            file.write("# pushed to GitHub\n")
    issuer = Issuer()
    issuer.publish(laptop.home / "issuers")
    variables = {"AWS_REGION": "us-east-1", "SCONES_PROJECT": "scones", "SCONES_STACK": ""}
    passed_on = tmp_path / "github.env"
    environment = {
        **{name: value for name, value in laptop.environment.items() if not name.startswith(("AWS_", "SCONES_"))},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "AWS_ENDPOINT_URL": laptop.endpoint,
        "PYTHONPATH": str(checkout),
        "GITHUB_ENV": str(passed_on),
        "GITHUB_SHA": "5" * 40,
        "GITHUB_ACTOR": "baker",
        **_assume(laptop, issuer.token(sub=MAIN)),
    }
    printed = ""
    for step in _steps():
        given = {
            name: re.sub(r"\$\{\{ vars\.(\w+) \}\}", lambda found: variables.get(found[1], ""), value)
            for name, value in step["env"].items()
        }
        kept = dict(line.split("=", 1) for line in passed_on.read_text().splitlines()) if passed_on.exists() else {}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=checkout,
            env=environment | given | kept,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, (step["name"], done.stdout + done.stderr)
        printed += done.stdout
    (started,) = re.findall(r"^arn:aws:sagemaker:\S+/execution/\w+$", printed, re.MULTILINE)
    sagemaker = laptop.client("sagemaker")
    parameters = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=started)["PipelineParameters"]
    assert {"Name": "StartedBy", "Value": "baker"} in parameters
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=started, ClientRequestToken="t" * 32)
    laptop.ended(started)

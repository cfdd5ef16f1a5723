"""A removal that failed after its stack was deleted is completed by the next one."""

from __future__ import annotations

import pytest

from seedcode.removal import running
from seedcode.removal.project import Project
from seedcode.removal.removal import remove, take_inventory
from seedcode.stack.report import Silent
from seedcode.stack.spec import Account


@pytest.fixture
def project(aws: Account, monkeypatch: pytest.MonkeyPatch) -> Project:
    # Of what runs, which test_stopping.py has, moto knows half.
    monkeypatch.setattr(running, "find", lambda _: running.Running((), (), (), "", (), "", ()))
    monkeypatch.setattr(running, "stop", lambda *_: None)
    return Project(aws, "scones", "scones-data", "scones", "scones")


def test_an_account_with_nothing_of_a_project_is_empty(project: Project) -> None:
    assert take_inventory(project).empty


def test_what_goes_after_the_stack_is_found_without_it_and_removed(project: Project) -> None:
    place = {"LocationConstraint": project.aws.region}
    bucket = f"scones-templates-{project.aws.account}-{project.aws.region}"
    project.aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    project.aws.client("iam").create_role(RoleName="scones-deploy", AssumeRolePolicyDocument="{}")
    found = take_inventory(project)
    assert found.left == ("role scones-deploy", f"bucket of templates {bucket}")
    assert not found.empty
    remove(project, Silent(), delete_data=False)
    assert take_inventory(project).empty

"""The project's stack as a command deploys it: from a target to an account, a template and code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from console.target import Target
from pipelines.stack import stack_name
from seedcode.image.content import USER
from seedcode.image.publish import publish
from seedcode.image.registry import Registry
from seedcode.stack.deployment import LAPTOP, LAPTOP_RUNTIME, Consent, Deployment
from seedcode.stack.functions import Code, build_code, build_layer_of
from seedcode.stack.report import Reporter
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import UNBORN, describe
from seedcode.stack.template import load


def deploy(
    target: Target, spec: Spec, reporter: Reporter, consent: Consent, *, always_refresh: bool = True
) -> dict[str, str]:
    """Deploy the stack and answer its outputs.

    Without `always_refresh` the workflow of an unchanged stack is left alone, unless an earlier deployment to this
    local AWS did not come to its end.
    """
    with _noted(target, spec) as unfinished:
        images, refresh = _image_publisher(target, reporter.say), always_refresh or unfinished
        deployment = Deployment(account(target), spec, reporter, consent, images, refresh)
        return deployment.run(code(target, spec))


@contextmanager
def _noted(target: Target, spec: Spec) -> Iterator[bool]:
    """Note a deployment to the local AWS until it has come to its end; say whether one before had not."""
    if target.local is None:
        yield False
        return
    note = target.local.deployments / spec.stack
    unfinished = note.exists()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()
    yield unfinished  # an exception passes here, and leaves the note
    note.unlink(missing_ok=True)


def account(target: Target) -> Account:
    """Where the target's stack is."""
    project = target.project
    return Account(target.client, project.account, project.region)


def build_spec(target: Target, given: Mapping[str, str]) -> Spec:
    """The stack as the checkout has it, with what a person set."""
    project, name = target.project, stack_name(os.environ)
    return Spec(
        project=project.project,
        template=load(),
        given={**_of_laptop(target, name), **_project_id(project.project_id), **given},
        tags=project.tags,
        stack_name=name,
        role_arn=os.environ.get("SCONES_DEPLOY_ROLE_ARN") or None,
    )


def _of_laptop(target: Target, stack: str) -> dict[str, str]:
    """What a laptop decides: the functions' Python is its own; a new stack has its values for the rest."""
    if target.local is None:
        return {}
    found = describe(target.client("cloudformation"), stack)
    return LAPTOP_RUNTIME if found and found.status != UNBORN else {**LAPTOP_RUNTIME, **LAPTOP}


def _project_id(identifier: str | None) -> dict[str, str]:
    return {"SageMakerProjectId": identifier} if identifier else {}


def code(target: Target, spec: Spec) -> Code:
    """The functions; on AWS with their layer, on the laptop they run on the packages of this environment."""
    if target.local:
        return build_code()
    return build_code(build_layer_of(account(target), spec))


def _image_publisher(target: Target, say: Callable[[str], None]) -> Callable[[str], str] | None:
    """What publishes the container image into the stack's repository: a laptop does as it deploys, on AWS a build."""
    if target.local is None:
        return None
    return lambda repository: publish(Registry(target.client("ecr"), repository), USER, say)

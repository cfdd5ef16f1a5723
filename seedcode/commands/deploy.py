"""`python -m seedcode deploy`: bring the stack up to date with the functions' code, asking nothing."""

from __future__ import annotations

import os
from argparse import ArgumentParser, BooleanOptionalAction, Namespace

from pipelines.clients import make_client
from pipelines.settings import Settings
from pipelines.stack import find_settings, stack_name
from pipelines.start import parse_overrides
from seedcode.stack.deployment import Deployment
from seedcode.stack.functions import build_code, build_layer_of
from seedcode.stack.report import Lines
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import describe
from seedcode.stack.template import load


def add_arguments(parser: ArgumentParser) -> None:
    """Parameters of the template; what is not set keeps the value that the stack has."""
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a template parameter")
    # A local AWS runs the functions on the packages of its own environment.
    with_layer = "AWS_ENDPOINT_URL" not in os.environ
    parser.add_argument(
        "--layer",
        action=BooleanOptionalAction,
        default=with_layer,
        help="build and deploy the functions' layer as well",
    )


def run(options: Namespace) -> int:
    """Deploy, print the change set and the progress as lines, and then the stack's outputs."""
    settings = find_settings(os.environ)
    aws = Account(lambda service: make_client(service, settings.region), settings.account, settings.region)
    wanted = _build_spec(aws, settings, parse_overrides(options.set))
    code = build_code(build_layer_of(aws, wanted) if options.layer else None)
    outputs = Deployment(aws, wanted, Lines(), lambda _, dangers: _tell(dangers)).run(code)
    for name, value in outputs.items():
        print(f"{name}  {value}")
    return 0


def _build_spec(aws: Account, settings: Settings, given: dict[str, str]) -> Spec:
    name = stack_name(os.environ)
    stack = describe(aws.client("cloudformation"), name)
    # The build knows the image that it has pushed.
    image = {"ImageUri": os.environ["SCONES_IMAGE_URI"]} if os.environ.get("SCONES_IMAGE_URI") else {}
    return Spec(
        project=settings.project,
        stack_name=name,
        template=load(),
        given={**image, **given},
        tags=settings.tags,
        # Who runs a build may hand CloudFormation this role, and no other.
        role_arn=os.environ.get("SCONES_DEPLOY_ROLE_ARN") or (stack.outputs if stack else {}).get("DeployRoleArn"),
    )


def _tell(dangers: object) -> bool:
    for danger in dangers if isinstance(dangers, list) else []:
        print(f"Careful: {danger}", flush=True)
    return True

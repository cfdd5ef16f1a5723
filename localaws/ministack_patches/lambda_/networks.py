"""Functions in a VPC: MiniStack takes any network for any role, and a template's it forgets.

Lambda makes the network interfaces in the role's name, and refuses a function whose role may not. It asks about all
resources, so a policy that names interfaces and subnets is refused as well:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import ec2, lambda_svc

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.iam.authority import Authority
from localaws.ministack.patching import Patch

Document = dict[str, Any]
Handler = Callable[..., Any]

_FUNCTION = "AWS::Lambda::Function"
ACTIONS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
# The network of the template's function that is being provisioned: MiniStack updates it without telling of that.
_of_template: ContextVar[Document | None] = ContextVar("of_template", default=None)


class NetworkError(ValueError):
    """Why a function cannot be in a VPC, in Lambda's words."""


def patch(aws: Aws) -> Patch:
    """Check each function's network before it is made or changed, and the role's rights where IAM is enforced."""

    def check(role: str, network: Document) -> None:
        _check_members(network)
        if network.get("SubnetIds") and aws.authority:
            _check_rights(aws.authority, role)

    return Patch(
        replaces={
            lambda_svc: {
                "_create_function": lambda create: _creating(create, check),
                "_update_config": lambda update: _updating(update, check),
            }
        },
        handlers={
            (_FUNCTION, "create"): lambda create: _provisioning(create, check, 1),
            (_FUNCTION, "update"): lambda update: _provisioning(update, check, 2),
        },
        reads={
            ec2: ("_ensure_defaults_initialized", "_security_groups", "_subnets"),
            lambda_svc: ("_functions", "_vpc_config_with_id", "error_response_json"),
        },
    )


def _check_members(network: Document) -> None:
    ec2._ensure_defaults_initialized()
    for name in network.get("SubnetIds") or []:
        if ec2._subnets.get(name) is None:
            raise NetworkError(
                "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: "
                f"The subnet ID '{name}' does not exist"
            )
    for name in network.get("SecurityGroupIds") or []:
        if ec2._security_groups.get(name) is None:
            raise NetworkError(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error "
                f"Message: The security group '{name}' does not exist"
            )


def _check_rights(authority: Authority, role: str) -> None:
    for action in ACTIONS:
        try:
            authority.check(role, f"ec2:{action}", "*", service="lambda.amazonaws.com")
        except AwsError as error:
            raise NetworkError(
                f"The provided execution role does not have permissions to call {action} on EC2"
            ) from error


def _answering(error: NetworkError) -> Any:  # noqa: ANN401 - MiniStack's answer
    return lambda_svc.error_response_json("InvalidParameterValueException", str(error), 400)


def _creating(create: Handler, check: Callable[[str, Document], None]) -> Handler:
    def create_function(request: Document) -> Any:  # noqa: ANN401
        try:
            check(request.get("Role", ""), request.get("VpcConfig") or {})
        except NetworkError as error:
            return _answering(error)
        return create(request)

    return create_function


def _updating(update: Handler, check: Callable[[str, Document], None]) -> Handler:
    def update_config(name: str, request: Document) -> Any:  # noqa: ANN401
        known = (lambda_svc._functions.get(name) or {}).get("config") or {}
        if "VpcConfig" in request or "Role" in request:
            try:
                given = _of_template.get()
                network = request.get("VpcConfig", known.get("VpcConfig") if given is None else given)
                check(request.get("Role", known.get("Role", "")), network or {})
            except NetworkError as error:
                return _answering(error)
        return update(name, request)

    return update_config


def _provisioning(provision: Handler, check: Callable[[str, Document], None], at: int) -> Handler:
    """A template's function: its properties stand at the place `at` of MiniStack's arguments."""

    def provision_function(*given: Any, **more: Any) -> Any:  # noqa: ANN401
        properties = given[at]
        network = properties.get("VpcConfig") or {}
        check(properties.get("Role", ""), network)
        token = _of_template.set(network)
        try:
            made = provision(*given, **more)
        finally:
            _of_template.reset(token)
        function = lambda_svc._functions[made[0]]
        function["config"]["VpcConfig"] = lambda_svc._vpc_config_with_id(network or None)
        return made

    return provision_function

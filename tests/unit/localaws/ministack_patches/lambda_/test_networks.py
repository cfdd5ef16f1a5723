"""Functions in a VPC: Lambda looks whether the network is there and the role may make interfaces in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import ec2, iam, lambda_svc
from ministack.services.cloudformation import provisioners

from localaws.errors import AwsError
from localaws.ministack_patches.lambda_ import networks

Document = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/bake"
NEEDED = {"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"}


class Asked:
    """An authority whose role has some rights on all resources."""

    def __init__(self) -> None:
        self.allowed = set(NEEDED)

    def check(self, role: str, action: str, resource: str, *, service: str) -> None:
        assert (role, resource, service) == (ROLE, "*", "lambda.amazonaws.com")
        if action not in self.allowed:
            raise AwsError("AccessDeniedException", f"not authorized to perform: {action}")


@pytest.fixture
def asked(apply: Callable[..., None]) -> Iterator[Asked]:
    made = Asked()
    iam._roles["bake"] = {"RoleName": "bake", "Arn": ROLE}
    apply(networks, authority=made)
    yield made
    iam._roles.clear()
    lambda_svc._functions.clear()


def network() -> Document:
    """The account's first subnet and security group."""
    ec2._ensure_defaults_initialized()
    return {"SubnetIds": [next(iter(ec2._subnets))], "SecurityGroupIds": [next(iter(ec2._security_groups))]}


def create(**members: Any) -> tuple[int, Document]:
    request = {"FunctionName": "bake", "Runtime": "python3.12", "Handler": "a.b", "Role": ROLE, "Code": {}, **members}
    status, _, body = lambda_svc._create_function(request)
    return status, json.loads(body)


def update(**members: Any) -> tuple[int, Document]:
    status, _, body = lambda_svc._update_config("bake", members)
    return status, json.loads(body)


def provision(do: str, *given: Any) -> Any:
    return provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"][do](*given)


@pytest.mark.parametrize("lacking", sorted(NEEDED))
def test_a_role_that_lacks_a_right_on_all_resources_gets_no_function_in_a_vpc(asked: Asked, lacking: str) -> None:
    asked.allowed.discard(lacking)
    action = lacking.partition(":")[2]
    said = f"The provided execution role does not have permissions to call {action} on EC2"
    status, answer = create(VpcConfig=network())
    assert (status, answer["__type"], answer["message"]) == (400, "InvalidParameterValueException", said)
    assert "bake" not in lambda_svc._functions
    with pytest.raises(ValueError, match=said):
        provision("create", "Bake", {"FunctionName": "bake", "Role": ROLE, "VpcConfig": network()}, "stack")
    assert create()[0] == 201
    assert update(VpcConfig=network()) == (status, answer)
    assert lambda_svc._functions["bake"]["config"]["VpcConfig"]["SubnetIds"] == []


def test_a_function_in_a_vpc_keeps_a_role_that_may_make_interfaces(asked: Asked) -> None:
    assert create(VpcConfig=network())[0] == 201
    asked.allowed.clear()
    status, answer = update(Role=ROLE)
    assert status == 400
    assert answer["message"].endswith("to call CreateNetworkInterface on EC2")


def test_a_templates_function_is_in_its_network(asked: Asked) -> None:
    assert asked
    properties: Document = {"FunctionName": "bake", "Role": ROLE, "Runtime": "python3.12"}
    inside = {**properties, "VpcConfig": network()}
    provision("create", "Bake", inside, "stack")
    assert lambda_svc._functions["bake"]["config"]["VpcConfig"]["SubnetIds"] == network()["SubnetIds"]
    provision("update", "bake", inside, properties, "stack", "Bake")
    assert lambda_svc._functions["bake"]["config"]["VpcConfig"]["SubnetIds"] == []


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("SubnetIds", r"InvalidSubnetID.NotFound.*The subnet ID 'none' does not exist"),
        ("SecurityGroupIds", r"InvalidGroup.NotFound.*The security group 'none' does not exist"),
    ],
)
def test_a_network_that_is_not_there_is_refused(asked: Asked, member: str, said: str) -> None:
    assert asked
    with pytest.raises(ValueError, match=said):
        provision("create", "Bake", {"Role": ROLE, "VpcConfig": {**network(), member: ["none"]}}, "stack")

"""Subnets and security groups, which a stack may have or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localaws.ministack_patches.lambda_ import networks
from seedcode.stack.template import load
from tests.contract.stack.policies import as_list
from tests.contract.stack.resolve import Stack
from tests.contract.stack.variants import CODE, VARIANTS


def _selections(node: Any) -> Iterator[Any]:
    """The lists that Fn::Select selects from, in all of a template."""
    if isinstance(node, dict):
        if "Fn::Select" in node:
            yield node["Fn::Select"][1]
        for item in node.values():
            yield from _selections(item)
    elif isinstance(node, list):
        for item in node:
            yield from _selections(item)


def test_nothing_is_selected_from_a_list_that_may_be_empty() -> None:
    parameters = load().parameters
    empty = [name for name, one in parameters.items() if "List" in one["Type"] and not one.get("Default", "")]
    assert empty == ["SubnetIds", "SecurityGroupIds"]
    assert [one for one in _selections(load().document) if one in [{"Ref": name} for name in empty]] == []


def test_only_a_stack_with_subnets_has_a_network() -> None:
    for given, network in ((CODE, False), (VARIANTS["project"], True)):
        stack = Stack(load(), given)
        assert ("FunctionsNetwork" in stack.resources, "JobsNetwork" in stack.resources) == (network, network)
        for function in stack.of_type("AWS::Lambda::Function").values():
            assert ("VpcConfig" in function) == network


def test_lambda_may_make_interfaces_on_all_resources_and_the_functions_code_on_none() -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    stack = Stack(load(), VARIANTS["project"])
    allowed, denied = stack.of_type("AWS::IAM::ManagedPolicy")["FunctionsNetwork"]["PolicyDocument"]["Statement"]
    assert {f"ec2:{action}" for action in networks.ACTIONS} <= set(allowed["Action"])
    assert (allowed["Effect"], allowed["Resource"], "Condition" in allowed) == ("Allow", "*", False)
    assert (denied["Effect"], denied["Resource"], denied["Action"]) == ("Deny", "*", allowed["Action"])
    assert as_list(denied["Condition"]["ArnLike"]["lambda:SourceFunctionArn"])[0].endswith(":function:scones-*")
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        role = stack.resources[name.replace("Function", "Role")]["Properties"]
        assert function["Role"].endswith(role["RoleName"])
        assert stack.resolve({"Ref": "FunctionsNetwork"}) in role["ManagedPolicyArns"]

"""What a job's role must allow before the job begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.failures import ClientFailure
from localaws.jobs.role import check_network

ROLE = "arn:aws:iam::000000000000:role/training"
PLACE = "arn:aws:ec2:us-east-1:000000000000"
NETWORK = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


class Asked:
    """An authority that remembers what it was asked, and refuses one action."""

    def __init__(self, refused: str = "") -> None:
        self.asked: dict[str, list[str]] = {}
        self.refused = refused

    def check(self, role: str, action: str, resource: str) -> None:
        assert role == ROLE
        self.asked.setdefault(action, []).append(resource)
        if action == self.refused:
            raise AwsError("AccessDeniedException", f"not authorized to perform: {action} on resource: {resource}")


def under(aws: Aws, authority: Any) -> Aws:
    return replace(aws, authority=authority)


def test_a_job_in_a_vpc_asks_for_its_network_interfaces(aws: Aws) -> None:
    asked = Asked()
    check_network(under(aws, asked), ROLE, NETWORK)
    interfaces = f"{PLACE}:network-interface/*"
    assert asked.asked["ec2:CreateNetworkInterface"] == [
        f"{PLACE}:subnet/subnet-1",
        f"{PLACE}:security-group/sg-1",
        interfaces,
    ]
    assert asked.asked["ec2:CreateNetworkInterfacePermission"] == [interfaces]
    assert {action for action, on in asked.asked.items() if on == ["*"]} == {
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    }


@pytest.mark.parametrize("lacking", ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeVpcs"])
def test_a_job_whose_role_may_not_use_the_network_is_the_customers_failure(aws: Aws, lacking: str) -> None:
    with pytest.raises(ClientFailure, match=f"ClientError: not authorized to perform: {lacking}"):
        check_network(under(aws, Asked(lacking)), ROLE, NETWORK)


def test_a_job_without_a_network_asks_for_none(aws: Aws) -> None:
    asked = Asked()
    check_network(under(aws, asked), ROLE, None)
    check_network(aws, ROLE, NETWORK)
    assert asked.asked == {}

"""The role that a job or a model runs under."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.failures import ClientFailure
from localaws.shapes import Document

# https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html has the actions, EC2's service authorization
# reference the resources that each is asked about.
_ON_INTERFACES = ("CreateNetworkInterfacePermission", "DeleteNetworkInterface", "DeleteNetworkInterfacePermission")
_ON_NOTHING = (
    "DescribeDhcpOptions",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
)


def acting_as(aws: Aws, role: str | None) -> Aws:
    """The local AWS under the role; a role that SageMaker may not take on is the customer's failure."""
    try:
        return aws.acting_as(role)
    except AwsError as error:
        raise ClientFailure(error.message) from error


def check_network(aws: Aws, role: str, network: Document | None) -> None:
    """End a job in a VPC (its VpcConfig) as the customer's failure where its role may not make network interfaces."""
    if aws.authority is None or not network:
        return
    place = f"arn:aws:ec2:{aws.settings.region}:{aws.settings.account}"
    interfaces = f"{place}:network-interface/*"
    named = [f"{place}:subnet/{name}" for name in network["Subnets"]]
    named += [f"{place}:security-group/{name}" for name in network["SecurityGroupIds"]]
    asked = [("CreateNetworkInterface", resource) for resource in [*named, interfaces]]
    asked += [(action, interfaces) for action in _ON_INTERFACES] + [(action, "*") for action in _ON_NOTHING]
    try:
        for action, resource in asked:
            aws.authority.check(role, f"ec2:{action}", resource)
    except AwsError as error:
        raise ClientFailure(error.message) from error

"""What the local AWS leaves out of the types that it takes; `scones status` says it of those that are deployed.

A type that stands here is kept and answered for as AWS does; what its sentence names does not happen on a laptop.
"""

from __future__ import annotations

from collections.abc import Iterable

_CONNECTION = "A connection stays PENDING: nobody signs in at the other side, and no repository is read through it."
_IAM = "Policies are kept, and enforced only when the local AWS was started with SCONES_ENFORCE_IAM=true."
_NETWORK = "Networks are kept by name: jobs and endpoints run on this machine, in no network of their own."

_OMISSIONS = {
    "AWS::Budgets::Budget": "Nothing costs money here: no spending is counted, and no mail is sent.",
    "AWS::CloudWatch::Dashboard": "Dashboards are kept, not drawn; the metrics that they show are there.",
    "AWS::CodeBuild::Project": "Builds run on this machine, of local repositories: no image, no webhook, no artifacts.",
    "AWS::CodeConnections::Connection": _CONNECTION,
    "AWS::CodeStarConnections::Connection": _CONNECTION,
    "AWS::EC2::SecurityGroup": _NETWORK,
    "AWS::EC2::Subnet": _NETWORK,
    "AWS::EC2::VPC": _NETWORK,
    "AWS::EC2::VPCEndpoint": _NETWORK,
    "AWS::ECR::Repository": "No image is built, pushed or scanned: a container is a subprocess, see decision 0001.",
    "AWS::IAM::ManagedPolicy": _IAM,
    "AWS::IAM::OIDCProvider": "Tokens of issuers whose keys lie in issuers/ are taken; nothing is fetched.",
    "AWS::IAM::Policy": _IAM,
    "AWS::IAM::Role": _IAM,
    "AWS::KMS::Key": "Keys are kept and used through KMS; the objects in S3 lie on this disk unencrypted.",
    "AWS::Lambda::LayerVersion": "Layers are kept; functions run on this environment's packages.",
    "AWS::SNS::Subscription": "Mail is kept in the folder mail/, sent to nobody; queues and functions get theirs.",
}
_ENFORCED = {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role"}


def omitted(types: Iterable[str], *, iam_enforced: bool = False) -> dict[str, str]:
    """What is left out of those of the types that the local AWS does not emulate whole, a sentence a type."""
    known = set(types) & _OMISSIONS.keys()
    return {name: _OMISSIONS[name] for name in sorted(known - (_ENFORCED if iam_enforced else set()))}

"""A session of a role for a person at a shell or notebook, as AWS gives one: never the installation's own key.

The role is one that the person's jobs can be given as well, as the SageMaker SDK expects of a notebook: its
`get_execution_role()` takes the role of whoever calls. AWS makes such a role with the first domain, by the name
AmazonSageMaker-ExecutionRole-<time>, with the managed policy AmazonSageMakerFullAccess. Here it is made when somebody
first asks for it.
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from localaws.clients import Clients
from localaws.keys import Credentials
from localaws.settings import Settings

ROLE = "AmazonSageMaker-ExecutionRole-Local"
"""The role that a person has who names no other."""
_PATH = "/service-role/"
_POLICY = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
_LONGEST_SECONDS = 43_200  # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_NAME = "scones-env"


class SessionError(Exception):
    """No session was given; the message says of which role, and what to do."""


@dataclass(frozen=True)
class Session:
    """Credentials of a role until a moment; they are known to the running process of the local AWS alone."""

    role: str  # its ARN
    credentials: Credentials
    expires: datetime


def start_session(settings: Settings, root: Credentials, role: str | None = None) -> Session:
    """Ask the running local AWS for a session of a role (its name), by default of the one that is made for it.

    It lasts as long as the role allows: 12 hours for ROLE. The account's root, who asks, may take on any role here,
    whatever its trust policy says. Raises SessionError for a role that is not there.
    """
    clients = Clients(settings, root)
    try:
        found = _get(clients, role) if role else _ensure(clients, settings.account)
        answer = clients.get("sts").assume_role(
            RoleArn=found["Arn"], RoleSessionName=_NAME, DurationSeconds=found["MaxSessionDuration"]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            raise SessionError(f"There is no role {role}; `aws iam list-roles` lists those that there are.") from error
        raise
    issued = answer["Credentials"]
    credentials = Credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
    return Session(found["Arn"], credentials, issued["Expiration"].astimezone(UTC))


def _get(clients: Clients, role: str) -> dict[str, Any]:
    found: dict[str, Any] = clients.get("iam").get_role(RoleName=role)["Role"]
    return {"MaxSessionDuration": 3600, **found}


def _ensure(clients: Clients, account: str) -> dict[str, Any]:
    """The default role; one that is there keeps what its owner has made of it."""
    iam = clients.get("iam")
    try:
        return _get(clients, ROLE)
    except iam.exceptions.NoSuchEntityException:
        pass
    trusted = {"Service": "sagemaker.amazonaws.com", "AWS": f"arn:aws:iam::{account}:root"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    made: dict[str, Any] = iam.create_role(
        RoleName=ROLE,
        Path=_PATH,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        MaxSessionDuration=_LONGEST_SECONDS,
        Description="What a person at a shell or notebook of this machine has, and gives to jobs",
    )["Role"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=_POLICY)
    return {"MaxSessionDuration": _LONGEST_SECONDS, **made}

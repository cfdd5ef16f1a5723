"""The role that outlives its stack is removed with all that hangs on it."""

from __future__ import annotations

import json

import boto3
from moto import mock_aws

from seedcode.stack import deploy_role

ANY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})


@mock_aws
def test_role_and_policy_go_with_what_hangs_on_them_and_no_other() -> None:
    iam = boto3.client("iam", region_name="us-east-1")
    for name in ("scones-deploy", "scones-deployer"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=ANY)
    policy = iam.create_policy(PolicyName="scones-deploy-foundation", PolicyDocument=ANY)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=ANY, SetAsDefault=True)
    iam.attach_role_policy(RoleName="scones-deploy", PolicyArn=policy)
    iam.put_role_policy(RoleName="scones-deploy", PolicyName="deploy", PolicyDocument=ANY)

    assert deploy_role.remove(iam, "scones") == ["role scones-deploy", "policy scones-deploy-foundation"]

    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["scones-deployer"]
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert deploy_role.remove(iam, "scones") == []

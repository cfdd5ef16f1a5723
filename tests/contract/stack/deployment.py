"""Whether CloudFormation's own role suffices for an update: held to what the handlers of each type ask for."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from tests.contract.stack.policies import IDENTITY, Policy, as_list, distinct, handler_actions
from tests.contract.stack.resolve import Stack

# What handlers ask for on behalf of properties that this template does not have, of listing all that an account has, or
# of deleting what outlives the stack.
UNUSED = re.compile(
    r"elasticfilesystem:|s3files:|s3tables:|firehose:|s3:REST|iam:(Attach|Detach)(User|Group)Policy|"
    r"lambda:(\w*CodeSigning\w*|PutFunction(Concurrency|RecursionConfig|ScalingConfig)|PutRuntimeManagementConfig|"
    r"DeleteFunctionConcurrency|PassCapacityProvider|AssociateRuntimeAlias|PublishVersion)|"
    r"s3:(\w*(Website|Replication|Inventory|MetadataT|MetadataA|MetadataI|MetadataJ|ObjectLock|Accelerate|Analytics|"
    r"IntelligentTiering|Metrics|Cors|CORS|Acl|Abac|Logging)\w*|ListTagsForResource|TagResource|UntagResource|"
    r"DeleteBucket(Encryption|Lifecycle)?|DeleteObject|ListAllMyBuckets)$|"
    r"kms:(DisableKey|EnableKey|DisableKeyRotation|ScheduleKeyDeletion|ListKeys)$|"
    r"logs:(\w*(DataProtection|IndexPolic|BearerToken|DeletionProtection)\w*|DeleteResourcePolicy)$|"
    r"sns:(PutDataProtectionPolicy|ListSubscriptions|ListTopics)$|events:ListRules$|ecr:DeleteRepository$|"
    r"sagemaker:(\w*ModelPackageGroupPolicy|DeleteModelPackageGroup|ListModelPackageGroups)$|"
    r"codecommit:(DeleteRepository|ListRepositories|UpdateRepositoryEncryptionKey)$|lambda:ListFunctionEventInvokeConfigs$|"
    r"iam:(DeleteRolePermissionsBoundary|ListOpenIDConnectProviders|ListPolicies|ListRoles)$|"
    r"cloudwatch:(ListDashboards|TagResource|UntagResource|ListTagsForResource)$|lambda:List"
)
_NAMED = (
    *("AWS::IAM::Role", "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::KMS::Key"),
    *("AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup", "AWS::StepFunctions::StateMachine", "AWS::CodeBuild::Project"),
    *("AWS::CodeCommit::Repository", "AWS::ECR::Repository", "AWS::SNS::Topic", "AWS::Events::Rule"),
)


def missing(stack: Stack) -> set[str]:
    """Actions that CloudFormation needs for the stack's types and its role does not allow."""
    allowed = {action for policy in _own(stack) for one in policy.statements for action in as_list(one["Action"])}
    kinds = {entry["Type"] for entry in stack.resources.values() if entry["Type"].startswith("AWS::")}
    asked = {action for kind in kinds for action in handler_actions(kind)}
    return {action for action in asked - allowed if not UNUSED.match(action)}


def unreached(stack: Stack) -> list[str]:
    """ARNs of the stack's resources that no statement of the role names."""
    reached = [resource for policy in _own(stack) for one in policy.statements for resource in as_list(one["Resource"])]
    narrow = [resource for resource in reached if resource != "*"]
    made = [
        str(stack.resolve({"Fn::GetAtt": [name, "Arn"]}))
        for name, entry in stack.resources.items()
        if entry["Type"] in _NAMED
    ]
    return [arn for arn in made if not any(fnmatchcase(arn.removesuffix(":*"), resource) for resource in narrow)]


def _own(stack: Stack) -> list[Policy]:
    own = ("DeployRole", "DeployFoundation")
    return [policy for policy in distinct([stack]) if policy.owner in own and policy.kind == IDENTITY]

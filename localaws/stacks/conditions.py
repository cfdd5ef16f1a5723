"""Which property an action of a resource handler is for: the registry lists all that a handler may ever call.

An action that does not stand here is called for every resource of its type. https://docs.aws.amazon.com/AWSCloudFormation/
latest/TemplateReference/ has the properties.
"""

from __future__ import annotations

_KMS = "kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:RetireGrant"
_NETWORK = "ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs"
_CONNECTION = (
    "codeconnections:GetConnection codeconnections:PassConnection codeconnections:UseConnection "
    "codestar-connections:GetConnection codestar-connections:PassConnection codestar-connections:UseConnection"
)
_S3_TABLES = (
    "s3:CreateBucketMetadataTableConfiguration s3:DeleteBucketMetadataTableConfiguration s3tables:CreateNamespace "
    "s3:UpdateBucketMetadataAnnotationTableConfiguration s3:UpdateBucketMetadataInventoryTableConfiguration "
    "s3:UpdateBucketMetadataJournalTableConfiguration s3tables:CreateTable s3tables:CreateTableBucket "
    "s3tables:GetTable s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy s3tables:PutTableEncryption "
    "s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation"
)
_NO_PROPERTY = ""
"""For actions that belong to what the local AWS does not have; see `is_called`."""

# Type -> property -> the actions that are called for it alone.
ONLY_FOR: dict[str, dict[str, str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": {
        "ScheduledActions": "application-autoscaling:PutScheduledAction application-autoscaling:DeleteScheduledAction",
        # Of other services' targets; here there are SageMaker's, whose alarms come with a policy.
        _NO_PROPERTY: "lambda:GetProvisionedConcurrencyConfig lambda:PutProvisionedConcurrencyConfig "
        "lambda:DeleteProvisionedConcurrencyConfig cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms "
        "cloudwatch:DescribeAlarms",
    },
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "PredictiveScalingPolicyConfiguration": "cloudwatch:GetMetricData",
    },
    "AWS::CodeBuild::Project": {
        "Triggers/Webhook": "codebuild:CreateWebhook codebuild:UpdateWebhook codebuild:DeleteWebhook",
        "Source/Auth/Resource": _CONNECTION,
        "VpcConfig": _NETWORK,
    },
    "AWS::CodeCommit::Repository": {
        "Code": "codecommit:CreateCommit s3:GetObject",
        "Code/S3/ObjectVersion": "s3:GetObjectVersion",
        "KmsKeyId": "codecommit:UpdateRepositoryEncryptionKey",
        "RepositoryDescription": "codecommit:UpdateRepositoryDescription",
        "RepositoryName": "codecommit:UpdateRepositoryName",
        "Triggers": "codecommit:PutRepositoryTriggers",
    },
    "AWS::ECR::Repository": {
        "EncryptionConfiguration/KmsKey": _KMS,
        "ImageScanningConfiguration": "ecr:PutImageScanningConfiguration",
        "ImageTagMutability": "ecr:PutImageTagMutability",
        "LifecyclePolicy": "ecr:PutLifecyclePolicy ecr:DeleteLifecyclePolicy",
        "RepositoryPolicyText": "ecr:SetRepositoryPolicy ecr:DeleteRepositoryPolicy",
    },
    "AWS::Events::Rule": {"Targets": "events:PutTargets events:RemoveTargets"},
    "AWS::IAM::ManagedPolicy": {
        "Groups": "iam:AttachGroupPolicy iam:DetachGroupPolicy",
        "PolicyDocument": "iam:CreatePolicyVersion",
        "Roles": "iam:AttachRolePolicy iam:DetachRolePolicy",
        "Users": "iam:AttachUserPolicy iam:DetachUserPolicy",
    },
    "AWS::IAM::OIDCProvider": {
        "ClientIdList": "iam:AddClientIDToOpenIDConnectProvider iam:RemoveClientIDFromOpenIDConnectProvider",
        "ThumbprintList": "iam:UpdateOpenIDConnectProviderThumbprint",
    },
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": "iam:UpdateAssumeRolePolicy",
        "Description": "iam:UpdateRole iam:UpdateRoleDescription",
        "ManagedPolicyArns": "iam:AttachRolePolicy iam:DetachRolePolicy",
        "MaxSessionDuration": "iam:UpdateRole",
        "PermissionsBoundary": "iam:PutRolePermissionsBoundary iam:DeleteRolePermissionsBoundary",
        "Policies": "iam:PutRolePolicy iam:DeleteRolePolicy",
    },
    "AWS::KMS::Key": {
        "Description": "kms:UpdateKeyDescription",
        "EnableKeyRotation": "kms:EnableKeyRotation kms:DisableKeyRotation",
        "Enabled": "kms:EnableKey kms:DisableKey",
        "KeyPolicy": "kms:PutKeyPolicy",
    },
    "AWS::Lambda::Function": {
        "CapacityProviderConfig": "lambda:PassCapacityProvider",
        "Code": "lambda:UpdateFunctionCode",
        "Code/S3Key": "s3:GetObject",
        "Code/S3ObjectVersion": "s3:GetObjectVersion",
        "CodeSigningConfigArn": "lambda:GetCodeSigningConfig lambda:PutFunctionCodeSigningConfig "
        "lambda:DeleteFunctionCodeSigningConfig",
        "FileSystemConfigs": "elasticfilesystem:DescribeMountTargets s3files:ListMountTargets",
        "FunctionScalingConfig": "lambda:PutFunctionScalingConfig",
        "KmsKeyArn": _KMS,
        "Layers": "lambda:GetLayerVersion",
        "PublishToLatestPublished": "lambda:PublishVersion",
        "RecursiveLoop": "lambda:PutFunctionRecursionConfig",
        "ReservedConcurrentExecutions": "lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency",
        "RuntimeManagementConfig": "lambda:PutRuntimeManagementConfig lambda:AssociateRuntimeAlias",
        "VpcConfig": _NETWORK,
    },
    "AWS::Lambda::LayerVersion": {"Content/S3Key": "s3:GetObject", "Content/S3ObjectVersion": "s3:GetObjectVersion"},
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": "logs:PutBearerTokenAuthentication",
        "DataProtectionPolicy": "logs:PutDataProtectionPolicy logs:DeleteDataProtectionPolicy logs:CreateLogDelivery "
        "s3:REST.PUT.OBJECT firehose:TagDeliveryStream",
        "DeletionProtectionEnabled": "logs:PutLogGroupDeletionProtection",
        "FieldIndexPolicies": "logs:PutIndexPolicy logs:DeleteIndexPolicy",
        "KmsKeyId": "logs:AssociateKmsKey logs:DisassociateKmsKey",
        "ResourcePolicyDocument": "logs:PutResourcePolicy logs:DeleteResourcePolicy",
        "RetentionInDays": "logs:PutRetentionPolicy logs:DeleteRetentionPolicy",
    },
    "AWS::S3::Bucket": {
        "AbacStatus": "s3:PutBucketAbac s3:TagResource s3:UntagResource",
        "AccelerateConfiguration": "s3:PutAccelerateConfiguration",
        "AccessControl": "s3:PutBucketAcl s3:PutObjectAcl s3:GetBucketAcl",
        "AnalyticsConfigurations": "s3:PutAnalyticsConfiguration s3:DeleteBucketAnalyticsConfiguration",
        "BucketEncryption": "s3:PutEncryptionConfiguration s3:DeleteBucketEncryption",
        "CorsConfiguration": "s3:PutBucketCORS s3:DeleteBucketCors",
        "IntelligentTieringConfigurations": "s3:PutIntelligentTieringConfiguration",
        "InventoryConfigurations": "s3:PutInventoryConfiguration",
        "LifecycleConfiguration": "s3:PutLifecycleConfiguration s3:DeleteBucketLifecycle",
        "LoggingConfiguration": "s3:PutBucketLogging",
        "MetadataConfiguration": _S3_TABLES,
        "MetadataTableConfiguration": _S3_TABLES,
        "MetricsConfigurations": "s3:PutMetricsConfiguration s3:DeleteBucketMetricsConfiguration",
        "NotificationConfiguration": "s3:PutBucketNotification",
        "ObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration s3:PutObjectLockConfiguration",
        "OwnershipControls": "s3:PutBucketOwnershipControls",
        "PublicAccessBlockConfiguration": "s3:PutBucketPublicAccessBlock",
        "ReplicationConfiguration": "s3:PutReplicationConfiguration s3:PutBucketReplication s3:DeleteBucketReplication "
        "s3:DeleteObject",
        "VersioningConfiguration": "s3:PutBucketVersioning",
        "WebsiteConfiguration": "s3:PutBucketWebsite s3:DeleteBucketWebsite",
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": "iam:GetRole"},
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": "sns:PutDataProtectionPolicy",
        "DeliveryStatusLogging": "iam:GetRole",
        "Subscription": "sns:Subscribe sns:Unsubscribe",
    },
    "AWS::SageMaker::EndpointConfig": {"KmsKeyId": "kms:DescribeKey"},
    "AWS::SageMaker::ModelPackageGroup": {
        "ModelPackageGroupPolicy": "sagemaker:PutModelPackageGroupPolicy sagemaker:DeleteModelPackageGroupPolicy",
    },
    "AWS::SageMaker::Pipeline": {"PipelineDefinition/PipelineDefinitionS3Location": "s3:GetObject"},
    "AWS::StepFunctions::StateMachine": {
        "DefinitionS3Location": "s3:GetObject",
        "DefinitionS3Location/Version": "s3:GetObjectVersion",
        "EncryptionConfiguration/KmsKeyId": _KMS,
    },
}

# Type -> the service that takes its roles, and the properties that name them.
PASSED: dict[str, tuple[str, tuple[str, ...]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ("application-autoscaling", ("RoleARN",)),
    "AWS::CodeBuild::Project": ("codebuild", ("ServiceRole",)),
    "AWS::Events::Rule": ("events", ("RoleArn", "Targets/*/RoleArn")),
    "AWS::Lambda::Function": ("lambda", ("Role",)),
    "AWS::S3::Bucket": ("s3", ("ReplicationConfiguration/Role",)),
    "AWS::SNS::Subscription": ("sns", ("SubscriptionRoleArn",)),
    "AWS::SNS::Topic": (
        "sns",
        ("DeliveryStatusLogging/*/SuccessFeedbackRoleArn", "DeliveryStatusLogging/*/FailureFeedbackRoleArn"),
    ),
    "AWS::SageMaker::EndpointConfig": ("sagemaker", ("ExecutionRoleArn",)),
    "AWS::SageMaker::Model": ("sagemaker", ("ExecutionRoleArn",)),
    "AWS::SageMaker::MonitoringSchedule": (
        "sagemaker",
        ("MonitoringScheduleConfig/MonitoringJobDefinition/RoleArn",),
    ),
    "AWS::SageMaker::Pipeline": ("sagemaker", ("RoleArn",)),
    "AWS::Scheduler::Schedule": ("scheduler", ("Target/RoleArn",)),
    "AWS::StepFunctions::StateMachine": ("states", ("RoleArn",)),
}

# Types whose handlers AWS does not document: what their services' own pages say that these calls need.
# https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-permissions-reference.html
# https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
UNTOLD: dict[str, dict[str, str]] = {
    "AWS::CodeBuild::Project": {
        "create": f"codebuild:CreateProject codebuild:CreateWebhook iam:PassRole {_CONNECTION} {_NETWORK}",
        "read": "codebuild:BatchGetProjects",
        "update": "codebuild:UpdateProject codebuild:CreateWebhook codebuild:UpdateWebhook codebuild:DeleteWebhook "
        f"iam:PassRole {_CONNECTION} {_NETWORK}",
        "delete": "codebuild:DeleteProject codebuild:DeleteWebhook",
    },
}

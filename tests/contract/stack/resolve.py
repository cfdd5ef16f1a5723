"""The template as CloudFormation would see it under one set of parameters: conditions decided, intrinsics replaced.

What only AWS knows, such as the ARN of a key, becomes a value of the right form, so that policies and patterns can be
held to the rules that AWS holds them to.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seedcode.stack.resolve import Resolver, pseudo_parameters
from seedcode.stack.template import Template

ACCOUNT, REGION, STACK = "123456789012", "eu-west-1", "scones"
NO_VALUE = object()
_ARNS = {
    "AWS::S3::Bucket": "arn:{partition}:s3:::{name}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{name}",
    "AWS::IAM::ManagedPolicy": "arn:{partition}:iam::{account}:policy/{name}",
    "AWS::IAM::OIDCProvider": "arn:{partition}:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/11111111-2222-3333-4444-555555555555",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "AWS::ECR::Repository": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    "AWS::Lambda::LayerVersion": "arn:{partition}:lambda:{region}:{account}:layer:{name}:1",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "AWS::StepFunctions::StateMachine": "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    "AWS::CodeBuild::Project": "arn:{partition}:codebuild:{region}:{account}:project/{name}",
    "AWS::CodeCommit::Repository": "arn:{partition}:codecommit:{region}:{account}:{name}",
    "AWS::CloudWatch::Alarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{name}",
}
# Types whose Ref is their ARN; the others' is their name.
_REF_IS_ARN = {
    *("AWS::SNS::Topic", "AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider", "AWS::StepFunctions::StateMachine"),
    "AWS::Lambda::LayerVersion",
}
_NAMES = (
    *("BucketName", "RoleName", "ManagedPolicyName", "QueueName", "TopicName", "RepositoryName", "FunctionName"),
    *("StateMachineName", "AlarmName", "LogGroupName", "Name", "DashboardName", "ModelPackageGroupName"),
    "LayerName",
)


@dataclass(frozen=True)
class Stack:
    """A template under parameters."""

    template: Template
    given: Mapping[str, str]
    region: str = REGION

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources that would be made, resolved."""
        found = {name: entry for name, entry in self.template.resources.items() if self._resolver.exists(entry)}
        return {name: self.resolve(entry) for name, entry in found.items()}

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The outputs that would be shown, resolved."""
        declared: dict[str, Any] = self.template.document["Outputs"]
        return {name: self.resolve(entry) for name, entry in declared.items() if self._resolver.exists(entry)}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties of the resources of a type, by logical id."""
        return {name: entry["Properties"] for name, entry in self.resources.items() if entry["Type"] == kind}

    def resolve(self, node: Any) -> Any:
        """A node with every intrinsic replaced by what it stands for."""
        if isinstance(node, list):
            return [item for item in map(self.resolve, node) if item is not NO_VALUE]
        if not isinstance(node, dict):
            return copy.copy(node)
        if len(node) == 1 and (function := next(iter(node))) in self._functions:
            return self._functions[function](node[function])
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    @cached_property
    def _values(self) -> dict[str, str]:
        return {**self.template.values(self.given), **pseudo_parameters(ACCOUNT, self.region, STACK)}

    @property
    def partition(self) -> str:
        """The partition of the region: what comes second in every ARN."""
        return self._values["AWS::Partition"]

    @property
    def domain(self) -> str:
        """What the names of AWS's own addresses end with in the region."""
        return self._values["AWS::URLSuffix"]

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.template.document, self._values)

    @property
    def _functions(self) -> dict[str, Any]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": lambda given: self.resolve(given[1] if self._resolver.holds(given[0]) else given[2]),
            "Fn::Split": lambda given: str(self.resolve(given[1])).split(given[0]),
            "Fn::Join": lambda given: str(given[0]).join(self.resolve(given[1])),
            "Fn::Select": lambda given: self.resolve(given[1])[int(given[0])],
            "Fn::FindInMap": self._find_in_map,
        }

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name == "AWS::StackId":
            place = f"arn:{self.partition}:cloudformation:{self.region}:{ACCOUNT}"
            return f"{place}:stack/{STACK}/11111111-2222-3333-4444-555555555555"
        if name in self.template.resources:
            kind = self.template.resources[name]["Type"]
            if kind == "AWS::KMS::Key":
                return self._arn(name).rpartition("/")[2]
            return self._arn(name) if kind in _REF_IS_ARN else self._name(name)
        value = self._values[name]
        if self.template.parameters.get(name, {}).get("Type") == "CommaDelimitedList":
            return value.split(",") if value else []
        return value

    def _get_att(self, given: list[str]) -> str:
        name, attribute = given
        if attribute == "Arn":
            return self._arn(name)
        if attribute in ("QueueName", "Name"):
            return self._name(name)
        if attribute == "RepositoryUri":
            return f"{ACCOUNT}.dkr.ecr.{self.region}.{self.domain}/{self._name(name)}"
        if attribute == "CloneUrlHttp":
            return f"https://git-codecommit.{self.region}.{self.domain}/v1/repos/{self._name(name)}"
        raise KeyError(f"The attribute {attribute} of {name} has no value here; add one.")

    def _sub(self, given: Any) -> str:
        text, own = (given, {}) if isinstance(given, str) else given
        for name, node in own.items():
            text = text.replace(f"${{{name}}}", str(self.resolve(node)))
        while "${" in text:
            before, _, rest = text.partition("${")
            place, _, after = rest.partition("}")
            value = self._get_att(place.split(".", 1)) if "." in place else self._ref(place)
            text = f"{before}{value}{after}"
        return str(text)

    def _find_in_map(self, given: list[Any]) -> Any:
        table, first, second = given[0], self.resolve(given[1]), self.resolve(given[2])
        return self.template.document["Mappings"][table][first][second]

    def _arn(self, name: str) -> str:
        form = _ARNS[self.template.resources[name]["Type"]]
        return form.format(name=self._name(name), account=ACCOUNT, region=self.region, partition=self.partition)

    def _name(self, name: str) -> str:
        properties = self.template.resources[name].get("Properties", {})
        for key in _NAMES:
            if key in properties:
                return str(self.resolve(properties[key]))
        return name

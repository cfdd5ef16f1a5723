"""How an operation of a service is declared: one function, and above it all that is known of the operation.

    @SAGEMAKER.operation("CreateModel", on=(MODEL,), checks=MODEL_RULES, members=members("ModelName", kept="Tags"))
    def create_model(aws: Aws, request: Document) -> Document: ...

`on` says which resources policies are asked about, as AWS's service authorization reference has them, `emits` the
detail type of the event of the change, `closed` what of a request is closed to an account that is new to
SageMaker, `checks` what AWS refuses in a request beyond its shape, and `members` which of its members are honoured (by
default all) and which only kept: all others are refused as not emulated. Nothing else has to be written for an
operation; localaws.services finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from botocore.model import Shape

from localaws import errors
from localaws.aws import Aws
from localaws.iam.checks import Check
from localaws.refusals import Members, all_but, check_members
from localaws.shapes import Document, service_model, validate

Handler = Callable[[Aws, Document], Document]
Resources = Callable[[Aws, Document], Iterable[str]]
Closed = Callable[[Document], str | None]


_ARN_PARTS = 6


@dataclass(frozen=True)
class Named:
    """The SageMaker resource that a member of a request names, by its name or its ARN; none where it is not given."""

    member: str
    kind: str
    keeps_case: bool = False  # in its ARN

    def __call__(self, aws: Aws, request: Document) -> Iterator[str]:
        name = request.get(self.member)
        if name:
            bare = name if self.keeps_case else name.lower()
            yield name if name.startswith("arn:") else aws.arn(self.kind, bare)

    def check(self, aws: Aws, action: str, request: Document) -> None:
        """Refuse an ARN that is none of the kind, of another account's or of another region's resource."""
        given = request.get(self.member)
        if not isinstance(given, str) or not given.startswith("arn:"):
            return
        parts = given.split(":", 5)
        service = action.partition(":")[0]
        if len(parts) < _ARN_PARTS or parts[2] != service or not parts[5].startswith(f"{self.kind}/".lstrip("/")):
            noun = self.kind or f"resource of {service}"
            raise errors.validation(f"{self.member} {given!r} is not the ARN of a {noun}.")
        if parts[4] != aws.settings.account:
            raise errors.AwsError(
                "AccessDeniedException",
                f"User is not authorized to perform: {action} on resource: {given} because no resource-based policy "
                f"allows the {action} action",
            )
        if parts[3] != aws.settings.region:
            # https://github.com/aws/amazon-sagemaker-examples/issues/1438
            raise errors.validation(f"ARN should be scoped to correct region: {aws.settings.region}")


@dataclass(frozen=True)
class Operation:
    """One operation as it is declared."""

    service: Service
    name: str
    handler: Handler
    on: Sequence[Resources]
    emits: str | None
    closed: Closed
    checks: Sequence[Callable[[Document], None]]
    members: Members

    @property
    def shape(self) -> Shape | None:
        """The shape of its request, by botocore's model."""
        found: Shape | None = service_model(self.service.name).operation_model(self.name).input_shape
        return found

    def permissions(self, aws: Aws, request: Document) -> Iterator[Check]:
        """All that a policy must allow for a call."""
        resources = [resource for find in self.on for resource in find(aws, request)] or ["*"]
        tags = _tag_context(request)
        for resource in resources:
            yield Check(f"{self.service.actions}:{self.name}", resource, tags)
        if self.service.tagging and self.name.startswith("Create") and request.get("Tags"):
            yield Check(f"{self.service.actions}:{self.service.tagging}", resources[0], tags)
        for role in sorted(set(_roles(request, self.service.roles))):
            yield Check("iam:PassRole", role, {"iam:PassedToService": f"{self.service.name}.amazonaws.com"})

    def check(self, request: Document) -> None:
        """Refuse what AWS or the local AWS does not take, as far as the request alone shows it."""
        for check in self.checks:
            check(request)
        check_members(self.members, self.shape, request, self.service.unsupported)

    def run(self, aws: Aws, request: Document) -> Document:
        """Answer a request that has the operation's shape."""
        closed = None if aws.settings.existing_customer else self.closed(request)
        if closed:
            raise errors.validation(f"{closed} is in maintenance mode and is not available to new customers.")
        self.check(request)
        for named in self.on:
            if isinstance(named, Named):
                named.check(aws, f"{self.service.actions}:{self.name}", request)
        return self.handler(aws, request)


Authorize = Callable[[Operation, Document], None]


@dataclass(frozen=True, eq=False)
class Service:
    """A service as botocore names it, with the operations that are declared for it.

    `target` is the prefix of its header X-Amz-Target; empty where its protocol is REST. `prefix` is that of its actions
    in policies, and `signing` the name that requests are signed for, where they are not the service's own. `roles` are
    the members that hand it a role, and `tagging` is the action that tags of a new resource take; `unsupported` is the
    code for members that are not emulated.
    """

    title: str
    name: str
    target: str
    roles: tuple[str, ...] = ()
    tagging: str | None = None
    unsupported: str = "ValidationException"
    prefix: str = ""
    signing: str = ""
    operations: dict[str, Operation] = field(default_factory=dict)

    @property
    def actions(self) -> str:
        """What its actions begin with in policies."""
        return self.prefix or self.name

    @property
    def signed_for(self) -> str:
        """What a request's signature names."""
        return self.signing or self.name

    def operation(
        self,
        name: str,
        *,
        on: Sequence[Resources] = (),
        emits: str | None = None,
        closed: Closed = lambda _: None,
        checks: Sequence[Callable[[Document], None]] = (),
        members: Members | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the function below as an operation; see the module."""

        def declare(handler: Handler) -> Handler:
            self.operations[name] = Operation(self, name, handler, on, emits, closed, checks, members or all_but())
            return handler

        return declare

    def call(self, aws: Aws, name: str, request: Document, authorize: Authorize | None = None) -> Document:
        """Run an operation; members that its shape does not have are for who calls from within."""
        validate(name, request, self.name)
        operation = self.operations[name]
        if authorize:
            authorize(operation, request)
        return operation.run(aws, request)


def _tag_context(request: Document) -> dict[str, str | list[str]]:
    tags = request.get("Tags") or []
    listed = tags if isinstance(tags, list) else []
    keys = [tag["Key"] for tag in listed] + request.get("TagKeys", [])
    named: dict[str, str | list[str]] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in listed}
    return named | ({"aws:TagKeys": keys} if keys else {})


def _roles(value: object, members: Sequence[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in members and isinstance(item, str) and item:
                yield item
            yield from _roles(item, members)
    elif isinstance(value, list):
        for item in value:
            yield from _roles(item, members)


SAGEMAKER = Service("SageMaker", "sagemaker", "SageMaker", roles=("RoleArn", "ExecutionRoleArn"), tagging="AddTags")
AUTOSCALING = Service("Application Auto Scaling", "application-autoscaling", "AnyScaleFrontendService")
CODEBUILD = Service(
    "AWS CodeBuild", "codebuild", "CodeBuild_20161006", roles=("serviceRole",), unsupported="UnsupportedOperation"
)
CODECOMMIT = Service("AWS CodeCommit", "codecommit", "CodeCommit_20150413")
TAGGING = Service(
    "Resource Groups Tagging",
    "resourcegroupstaggingapi",
    "ResourceGroupsTaggingAPI_20170126",
    unsupported="InvalidParameterException",
    prefix="tag",
    signing="tagging",
)
# Those whose protocol is REST.
SCHEDULER = Service("Scheduler", "scheduler", "", roles=("RoleArn",))
METRICS = Service("SageMaker Metrics", "sagemaker-metrics", "", prefix="sagemaker", signing="sagemaker")

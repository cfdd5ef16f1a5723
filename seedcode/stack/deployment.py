"""Brings the project's stack to what is wanted, by change sets that are shown before they are executed.

The functions' code lies in the bucket that the stack makes, so a new project is deployed twice: for the bucket, and
then with the code in it. What a deleted stack has left is taken over first; see kept.py. What refresh_workflow
publishes, CloudFormation does not know: the function is asked to publish it with the stack's parameters, also where
nothing has changed, for an earlier deployment may have ended between its update and that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.stack import changes, foundation, identity_provider, kept, service_roles, spec
from seedcode.stack.follow import Operation
from seedcode.stack.functions import Code, upload_code
from seedcode.stack.location import locate
from seedcode.stack.refresh import NoFunctionError, refresh
from seedcode.stack.report import Change, Reporter
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import READY, UNBORN, Stack, describe, find_obstacle

# On a laptop the functions run on this Python, with the packages of its environment; in a new stack a version bakes
# briefly.
LAPTOP_RUNTIME = {"PythonRuntime": f"python3.{sys.version_info.minor}"}
LAPTOP = {"BakeSeconds": "5"}
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
# Whether a change set is to be executed, having been shown; it is given what is dangerous in it.
Consent = Callable[[Sequence[Change], Sequence[str]], bool]


@dataclass
class Deployment:
    """One deployment: who is notified of it, and who is asked."""

    aws: Account
    spec: Spec
    reporter: Reporter
    consent: Consent
    # Publishes the container image to a repository (its URI) and answers the image's URI: on a laptop, where an image
    # is made in a moment. On AWS a build pushes it before it deploys.
    publish_image: Callable[[str], str] | None = None
    # Whether the workflow is published again where nothing has changed, which costs a call of a function.
    always_refresh: bool = True

    def run(self, code: Code) -> dict[str, str]:
        """Create or update the stack and answer its outputs; a stack that is up to date stays untouched.

        Raises StackError where it cannot be deployed, failed, or was not consented to.
        """
        stack = found = self._find()
        code = self._with_image(stack, code)
        if stack and self._is_up_to_date(stack, code):
            self.reporter.say(f"The stack {stack.name} is up to date: there is nothing to change.")
            if self.always_refresh:
                self._refresh()
            return stack.outputs
        self._check(stack)
        own_bucket = stack.outputs.get("BucketName") if stack else None
        location = locate(self.spec.template, self.aws, self.spec.project, own_bucket)
        self._validate(location)
        stack = stack or self._begin(location)
        upload_code(self.aws.client("s3"), self._bucket(stack), code)
        updated = self._update(stack, location, self._with_image(stack, code))
        named = self._with_image(updated, code)
        if named.image_uri != updated.parameters.get("ImageUri", named.image_uri):
            # An imported stack has its repository since this update.
            updated = self._update(updated, location, named)
        if found:  # a new project has no endpoint that a workflow could ask
            self._refresh()
        return updated.outputs

    def _refresh(self) -> None:
        with suppress(NoFunctionError):  # a stack without code, or of another template, has no workflow either
            self.reporter.say(refresh(self.aws.client("lambda"), f"{self.spec.project}-refresh-workflow"))

    def _with_image(self, stack: Stack | None, code: Code) -> Code:
        """Publish the image once the stack has a repository for it; without one, or a publisher, nothing is done."""
        repository = stack.outputs.get("ImageRepositoryUri") if stack and stack.status in READY else None
        if self.publish_image is None or repository is None:
            return code
        return replace(code, image_uri=self.publish_image(repository))

    def _find(self) -> Stack | None:
        """The stack; what an unexecuted change set left of one is removed, it holds nothing."""
        cloudformation = self.aws.client("cloudformation")
        stack = describe(cloudformation, self.spec.stack)
        if stack is None or stack.status != UNBORN:
            return stack
        cloudformation.delete_stack(StackName=stack.id)
        while (left := describe(cloudformation, stack.id)) and left.status != "DELETE_COMPLETE":
            time.sleep(0.2)
        return None

    def _check(self, stack: Stack | None) -> None:
        faults = spec.find_faults(self.spec.template, self.spec.values(stack))
        obstacle = find_obstacle(stack)
        if obstacle or faults:
            raise StackError(" ".join([*([obstacle] if obstacle else []), *faults]))

    def _validate(self, location: Mapping[str, str]) -> None:
        """Let CloudFormation read the template before it is asked for anything."""
        try:
            self.aws.client("cloudformation").validate_template(**location)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            raise StackError(f"CloudFormation refuses the template: {error.response['Error']['Message']}") from error

    def _is_up_to_date(self, stack: Stack, code: Code) -> bool:
        """Whether template, parameters, tags and code are those of the deployed stack; nothing is created to know."""
        # What is not given stays as it is; so, with the same template, it is enough to compare what is given.
        other = self.spec.parameters(code.parameters).items() - stack.parameters.items()
        if stack.status not in READY or other or self.spec.tags.items() - stack.tags.items():
            return False
        cloudformation = self.aws.client("cloudformation")
        deployed = cloudformation.get_template(StackName=stack.id, TemplateStage="Original")["TemplateBody"]
        return bool(deployed == self.spec.template.body)

    def _begin(self, location: Mapping[str, str]) -> Stack:
        """Make the stack: from what an earlier one has left, else new and without code."""
        self._clear()
        left = [item for item in kept.find_kept(self.aws, self.spec) if item.identifier]
        if left:
            self.reporter.say(f"Taken over from an earlier stack: {', '.join(item.name for item in left)}.")
            return self._apply(kept.import_request(self.spec, left)) or self._existing()
        request = self.spec.request(location) | {
            "ChangeSetType": "CREATE",
            "OnStackFailure": "DELETE",
            "Parameters": spec.build_parameters(self.spec.template, self._given(None), {}),
        }
        return self._apply(request) or self._existing()

    def _clear(self) -> None:
        """Take away the roles that an earlier stack has left; the stack makes them, as they stand in the template."""
        if service_roles.is_own(self.spec.role_arn, self.spec.project):
            raise StackError(
                f"There is no stack {self.spec.stack} yet, and it makes the role {self.spec.role_arn} itself: deploy "
                "it the first time without SCONES_DEPLOY_ROLE_ARN."
            )
        for sentence in service_roles.remove(self.aws.client("iam"), self.spec.project):
            self.reporter.say(f"Removed the {sentence}, which an earlier stack has left.")

    def _update(self, stack: Stack, location: Mapping[str, str], code: Code) -> Stack:
        # Without a role CloudFormation would take the one of the last update, which may be that of a push.
        role = service_roles.find_of_people(self.aws, self.spec.project, stack)
        request = self.spec.request(location, role) | {
            "ChangeSetType": "UPDATE",
            "Parameters": spec.build_parameters(self.spec.template, self._given(stack, code), stack.parameters),
        }
        updated = self._apply(request, bounded=bool(stack.parameters.get("PermissionsBoundaryArn")))
        if updated is None:
            self.reporter.say(f"The stack {stack.name} is up to date: there is nothing to change.")
        return updated or self._existing()

    def _given(self, stack: Stack | None, code: Code | None = None) -> dict[str, str]:
        """The parameters that are sent; a push asks nothing of IAM, whose provider a person has named before."""
        given = self.spec.parameters(code.parameters if code else None)
        if service_roles.is_of_pushes(self.spec.role_arn, self.spec.project):
            return given
        return {**identity_provider.find(self.aws, self.spec, stack), **given}

    def _apply(self, request: Mapping[str, Any], *, bounded: bool = False) -> Stack | None:
        """Create, show and execute a change set; None where there is nothing to change.

        `bounded` says whether the stack's roles have a permissions boundary, within which a push may change some.
        """
        cloudformation = self.aws.client("cloudformation")
        pushed = service_roles.is_of_pushes(request.get("RoleARN"), self.spec.project)
        change_set = changes.create(cloudformation, request, "push" if pushed else "scones")
        if change_set is None:
            return None
        if "TemplateURL" in request and not changes.has_template(cloudformation, change_set, self.spec.template.body):
            changes.discard(cloudformation, change_set)
            raise StackError(
                f"Nothing was changed: {request['TemplateURL']} holds another template than the one that was uploaded "
                "to it. Somebody else writes there; find out who, and deploy again."
            )
        self.reporter.changes(change_set.changes)
        if pushed and (left := foundation.find(change_set.changes, bounded=bounded)):
            changes.discard(cloudformation, change_set)
            raise StackError(foundation.refusal(left, self.spec.project))
        if not self.consent(change_set.changes, changes.find_dangers(change_set.changes)):
            changes.discard(cloudformation, change_set)
            raise StackError("Nothing was changed: the change set was not agreed to, and has been deleted.")
        changing = {change.logical_id for change in change_set.changes}
        operation = Operation(cloudformation, change_set.stack_id, changing)
        changes.execute(cloudformation, change_set)
        stack = operation.follow(self.reporter)
        if stack.status not in GOOD:
            raise StackError(f"The stack {stack.name} ended as {stack.status}{_told(stack)}: {operation.reason()}")
        return stack

    def _existing(self) -> Stack:
        stack = describe(self.aws.client("cloudformation"), self.spec.stack)
        if stack is None:
            raise StackError(f"The stack {self.spec.stack} is not there any more; deploy again.")
        return stack

    def _bucket(self, stack: Stack) -> str:
        """The stack's bucket; an imported stack has no outputs yet, there it is worked out."""
        known = stack.outputs.get("BucketName")
        properties = self.spec.template.resources["Bucket"]["Properties"]
        return known or self.spec.resolver(self.aws, stack).text(properties["BucketName"]) or ""


def _told(stack: Stack) -> str:
    if stack.status == "DELETE_COMPLETE":
        return " (what had been created was removed again)"
    return " (everything is as it was before)" if stack.status.endswith("ROLLBACK_COMPLETE") else ""

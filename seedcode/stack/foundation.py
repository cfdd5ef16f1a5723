"""The foundation of a stack: who may do what, and what pushes are built by. A person changes it, and no push.

The role that CloudFormation has for a push may not change it, whatever a change set says; this says so before anything
is begun. See docs/decisions/0028-a-push-changes-no-role.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from seedcode.stack.report import Change

# What these begin is of the foundation.
TYPES = ("AWS::IAM::", "AWS::CodeBuild::", "AWS::SNS::Subscription")
# What a push may change of it where a permissions boundary limits what it can give: the roles that do the project's
# work and what is attached to them, and none by which pushes are built or deployed.
WITHIN_A_BOUNDARY = frozenset(
    {
        *("PipelineRole", "TrainingRole", "EndpointRole", "MonitoringRole", "SchedulerRole", "WorkflowRole"),
        *("IngestImageRole", "StartTrainingRole", "DeployModelRole", "RefreshWorkflowRole"),
        *("SerializeImageRole", "ClassifyImageRole", "FilterConfidenceRole"),
        *("FunctionsTracing", "FunctionsNetwork", "JobsNetwork"),
    }
)


def find(changes: Sequence[Change], *, bounded: bool) -> list[Change]:
    """Those of a change set's changes that are not for a push; `bounded` says whether roles have a boundary.

    What is listed only because it refers to something that changes, as a role does to a function, is none of them:
    CloudFormation does not touch it where the value stays, and its role may not where it does not.
    """
    free = WITHIN_A_BOUNDARY if bounded else frozenset()
    return [
        change
        for change in changes
        if change.type.startswith(TYPES) and change.logical_id not in free and not change.follows
    ]


def refusal(changes: Sequence[Change], project: str) -> str:
    """Why a push goes no further, and who does."""
    named = ", ".join(f"{change.logical_id} ({change.type})" for change in changes)
    return (
        f"Nothing was changed: this commit changes {named}, and a push is deployed as the role {project}-deploy, which "
        "changes no roles, policies, builds or subscriptions. Somebody with the rights of docs/permissions.md (who "
        "deploys again) deploys the commit once, by `scones --target aws deploy` without SCONES_DEPLOY_ROLE_ARN (on "
        "the local AWS by `scones deploy`); then start the build again."
    )

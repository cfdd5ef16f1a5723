"""Builds as CodeBuild describes them, written down before anybody can see them, and their events.

https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
"""

from __future__ import annotations

import time
import uuid

from localaws.aws import Aws, now
from localaws.builds.errors import BuildError
from localaws.errors import AwsError
from localaws.shapes import Document

KIND = "build"
RUNNING = "IN_PROGRESS"
_STATE_CHANGE = "CodeBuild Build State Change"


def create(aws: Aws, project: Document, request: Document, initiator: str) -> Document:
    """Write a new build down, as a project and the overrides of a request say."""
    build_id = f"{project['name']}:{uuid.uuid4()}"
    source = {**project["source"]}
    for member, override in (("buildspec", "buildspecOverride"), ("gitCloneDepth", "gitCloneDepthOverride")):
        if override in request:
            source[member] = request[override]
    version = request.get("sourceVersion") or project.get("sourceVersion")
    with aws.store.transaction():
        build = {
            "id": build_id,
            "arn": f"arn:aws:codebuild:{aws.settings.region}:{aws.settings.account}:build/{build_id}",
            "buildNumber": 1 + max((each["buildNumber"] for each in of_project(aws, project["name"])), default=0),
            "startTime": now(),
            "currentPhase": "SUBMITTED",
            "buildStatus": RUNNING,
            "buildComplete": False,
            **({"sourceVersion": version} if version else {}),
            "projectName": project["name"],
            "phases": [{"phaseType": "SUBMITTED", "startTime": now()}],
            "source": source,
            "artifacts": {"location": ""},
            "cache": project["cache"],
            "environment": _environment(project, request),
            "serviceRole": project["serviceRole"],
            "logs": _logs(project, build_id),
            "timeoutInMinutes": request.get("timeoutInMinutesOverride", project["timeoutInMinutes"]),
            "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
            "initiator": initiator,
            "encryptionKey": project["encryptionKey"],
            "Token": request.get("idempotencyToken"),
            "Request": request,
        }
        aws.store.put(KIND, build_id, build)
        _send_event(aws, build)
    return build


def get(aws: Aws, build_id: str) -> Document:
    """A build by id or ARN; raises CodeBuild's error where there is none."""
    build = find(aws, build_id)
    if build is None:
        raise AwsError("ResourceNotFoundException", f"Build {build_id} does not exist")
    return build


def find(aws: Aws, name: str) -> Document | None:
    """A build by its id or its own ARN; another region's or account's is none of the same id."""
    build = aws.store.get(KIND, name.rpartition(":build/")[2])
    return build if build and name in (build["id"], build["arn"]) else None


def of_project(aws: Aws, project: str) -> list[Document]:
    """The builds of a project, in the order of their ids."""
    return aws.store.all(KIND, f"{project}:")


def enter(aws: Aws, build_id: str, phase: str) -> None:
    """End the phase that a build is in, well, and begin the next."""
    with aws.store.transaction():
        build = get(aws, build_id)
        _end_phase(build, "SUCCEEDED")
        build["currentPhase"] = phase
        build["phases"].append({"phaseType": phase, "startTime": now()})
        aws.store.put(KIND, build_id, build)


def leave(aws: Aws, build_id: str, status: str, error: BuildError | None = None) -> None:
    """End the phase that a build is in."""
    with aws.store.transaction():
        build = get(aws, build_id)
        _end_phase(build, status, error)
        aws.store.put(KIND, build_id, build)


def resolve(aws: Aws, build_id: str, commit: str) -> None:
    """Write down which commit is built."""
    aws.store.update(KIND, build_id, resolvedSourceVersion=commit)


def complete(aws: Aws, build_id: str, status: str) -> None:
    """End a build, once; the first status stays."""
    with aws.store.transaction():
        build = get(aws, build_id)
        if build["buildComplete"]:
            return
        _end_phase(build, status)
        build["phases"].append({"phaseType": "COMPLETED", "startTime": now()})
        build.update(currentPhase="COMPLETED", buildStatus=status, buildComplete=True, endTime=now())
        aws.store.put(KIND, build_id, build)
        _send_event(aws, build)


def _end_phase(build: Document, status: str, error: BuildError | None = None) -> None:
    phase = build["phases"][-1]
    if "phaseStatus" not in phase and phase["phaseType"] != "COMPLETED":
        phase.update(phaseStatus=status, endTime=now(), durationInSeconds=int(now() - phase["startTime"]))
        phase["contexts"] = [{"statusCode": error.code, "message": str(error)}] if error else []


def _environment(project: Document, request: Document) -> Document:
    """The project's environment, with the variables that a request overrides."""
    overrides = request.get("environmentVariablesOverride", [])
    kept = project["environment"].get("environmentVariables") or []
    named = {variable["name"]: {"type": "PLAINTEXT", **variable} for variable in [*kept, *overrides]}
    return {**project["environment"], "environmentVariables": list(named.values())}


def _logs(project: Document, build_id: str) -> Document:
    given = (project.get("logsConfig") or {}).get("cloudWatchLogs") or {"status": "ENABLED"}
    identifier = build_id.rpartition(":")[2]
    stream = f"{given['streamName']}/{identifier}" if given.get("streamName") else identifier
    group = given.get("groupName") or f"/aws/codebuild/{project['name']}"
    return {"groupName": group, "streamName": stream, "cloudWatchLogs": given}


def _send_event(aws: Aws, build: Document) -> None:
    detail = {
        "build-status": build["buildStatus"],
        "project-name": build["projectName"],
        "build-id": build["arn"],
        "additional-information": {
            "cache": build["cache"],
            "build-number": build["buildNumber"],
            "timeout-in-minutes": build["timeoutInMinutes"],
            "build-complete": build["buildComplete"],
            "initiator": build["initiator"],
            "build-start-time": time.strftime("%b %d, %Y %I:%M:%S %p", time.gmtime(build["startTime"])),
            "source": build["source"],
            **({"source-version": build["sourceVersion"]} if "sourceVersion" in build else {}),
            "environment": build["environment"],
            "logs": {"group-name": build["logs"]["groupName"], "stream-name": build["logs"]["streamName"]},
            "phases": [
                {
                    "phase-context": [f"{one['statusCode']}: {one['message']}" for one in phase.get("contexts", [])],
                    "phase-type": phase["phaseType"],
                    **({"phase-status": phase["phaseStatus"]} if "phaseStatus" in phase else {}),
                }
                for phase in build["phases"]
            ],
        },
        "current-phase": build["currentPhase"],
        "current-phase-context": "[]",
        "version": "1",
    }
    aws.events.send(_STATE_CHANGE, detail, [build["arn"]], source="aws.codebuild")

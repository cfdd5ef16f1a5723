"""A state machine, its published versions, and the alias under which executions are started.

An execution keeps the version that it began with, so publishing and moving the alias disturbs nobody.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, get_code
from refresh_workflow.aws import Client
from refresh_workflow.errors import RefreshError
from refresh_workflow.settings import Settings

# A published version keeps these of the moment of its publication; after a stack update they may be out of date.
SNAPSHOT = ("roleArn", "loggingConfiguration", "tracingConfiguration")


def refresh_state_machine(states: Client, arn: str, alias: str, definition: str, description: str) -> bool:
    """Bring what the alias runs to a definition; False when it runs that already, and nothing was changed."""
    running = _running_version(states, f"{arn}:{alias}")
    if running and _is_up_to_date(states, running, arn, definition):
        return False
    published = states.update_state_machine(
        stateMachineArn=arn, definition=definition, publish=True, versionDescription=description
    )
    _point(states, arn, alias, published["stateMachineVersionArn"])
    return True


def delete_old_versions(states: Client, arn: str, alias: str, keep: int) -> list[str]:
    """Delete published versions beyond the newest few, but none that an alias runs; return their ARNs."""
    running = _running_version(states, f"{arn}:{alias}")
    old = [version for version in _list_versions(states, arn)[keep:] if version != running]
    return [version for version in old if _delete_version(states, version)]


def _running_version(states: Client, alias_arn: str) -> str | None:
    """Return the version that gets all of an alias's executions; None without an alias, or when it splits them."""
    found = find_resource(states.describe_state_machine_alias, stateMachineAliasArn=alias_arn)
    if found is None:
        return None
    routes = found["routingConfiguration"]
    version: str = routes[0]["stateMachineVersionArn"]
    return version if len(routes) == 1 else None


def _is_up_to_date(states: Client, version: str, arn: str, definition: str) -> bool:
    published = find_resource(states.describe_state_machine, stateMachineArn=version)
    if not published or json.loads(published["definition"]) != json.loads(definition):
        return False
    current = find_resource(states.describe_state_machine, stateMachineArn=arn) or {}
    return all(published[name] == current[name] for name in SNAPSHOT if name in published and name in current)


def _point(states: Client, arn: str, alias: str, version: str) -> None:
    """Send all executions of an alias to a version; create the alias where it is missing."""
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    updated = find_resource(
        states.update_state_machine_alias, stateMachineAliasArn=f"{arn}:{alias}", routingConfiguration=routes
    )
    if updated is None:
        states.create_state_machine_alias(name=alias, routingConfiguration=routes)


def _list_versions(states: Client, arn: str) -> list[str]:
    """List published versions, newest first; boto3 has no paginator for them."""
    found: list[str] = []
    page: dict[str, Any] = {"nextToken": None}
    while "nextToken" in page:
        more = {"nextToken": page["nextToken"]} if page["nextToken"] else {}
        page = states.list_state_machine_versions(stateMachineArn=arn, **more)
        found += [version["stateMachineVersionArn"] for version in page["stateMachineVersions"]]
    return sorted(found, key=lambda version: int(version.rpartition(":")[2]), reverse=True)


def _delete_version(states: Client, version: str) -> bool:
    """Delete a version; False when somebody's alias runs it."""
    try:
        states.delete_state_machine_version(stateMachineVersionArn=version)
    except ClientError as error:
        if get_code(error) == "ConflictException":
            return False
        raise
    return True


# The packaging copies workflow/*.asl.json here; a checkout has them in workflow/ only.
PACKAGED = Path(__file__).with_name("asl")
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def read_template(name: str, folder: Path = PACKAGED) -> str:
    """Read the ASL file of a state machine, `inference` or `bulk`."""
    path = folder / f"{name}.asl.json"
    if not path.is_file():
        raise RefreshError(f"The function's package has no {path.name}; build it again with `scones package`.")
    return path.read_text(encoding="utf-8")


def render(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of `${Name}`; raise RefreshError for a name without a value, or for what is no JSON."""
    unknown = sorted(set(PLACEHOLDER.findall(template)) - set(values))
    if unknown:
        raise RefreshError(f"The template asks for {', '.join(unknown)}; it may ask for {', '.join(sorted(values))}.")
    # Placeholders stand inside JSON strings: a quote in a value must not end the string.
    text = PLACEHOLDER.sub(lambda match: json.dumps(values[match[1]])[1:-1], template)
    try:
        json.loads(text)
    except ValueError as error:
        raise RefreshError(f"The template is not JSON: {error}.") from error
    return text


def collect_values(settings: Settings, version: str, threshold: float, image_size: int) -> dict[str, str]:
    """Return what the placeholders stand for, now that a version of the model is live."""
    return {
        "SerializeFunctionArn": settings.serialize_function_arn,
        "ClassifyFunctionArn": settings.classify_function_arn,
        "FilterFunctionArn": settings.filter_function_arn,
        "EndpointName": settings.endpoint_name,
        "ModelVersion": version,
        "ConfidenceThreshold": str(threshold),
        "ImageSize": str(image_size),
        "Bucket": settings.bucket,
        "Partition": settings.partition,
        "InferenceStateMachineArn": settings.inference_state_machine_arn,
    }

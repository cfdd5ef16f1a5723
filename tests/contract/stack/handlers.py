"""What CloudFormation's own resource handlers call, from the registry's schemas as cfn-lint ships them.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
"""

from __future__ import annotations

from typing import Any

_VERBS = ("create", "read", "update", "delete")


def read_schema(kind: str) -> dict[str, Any]:
    """The schema that CloudFormation publishes of a resource type."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # half a second, for two tests

    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return schema


def extract(kind: str) -> dict[str, Any]:
    """A type's entry of localaws/stacks/handlers.json: actions by handler, tagging, and what makes it anew."""
    schema = read_schema(kind)
    handlers, tagging = schema.get("handlers", {}), schema.get("tagging", {})
    return {
        "create_only": [path.removeprefix("/properties/") for path in schema.get("createOnlyProperties", [])],
        # `tagging` says whether CloudFormation itself tags such a resource, and with which actions.
        "system_tags": bool(tagging.get("taggable") and tagging.get("cloudFormationSystemTags", True)),
        "tags": tagging.get("tagProperty", "/properties/Tags").removeprefix("/properties/"),
        "tag_actions": sorted(tagging.get("permissions", [])),
        **{verb: sorted(set(handlers[verb]["permissions"])) for verb in _VERBS if verb in handlers},
    }

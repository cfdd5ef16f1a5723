"""Associations between lineage's entities, and what an entity came of and led to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localaws import errors, listing
from localaws.aws import Aws
from localaws.operations import SAGEMAKER
from localaws.records import lineage
from localaws.records.lineage import Entity
from localaws.refusals import members
from localaws.shapes import Document, project_as

_ORDER = listing.Order(
    {name: name for name in ("SourceArn", "DestinationArn", "SourceType", "DestinationType", "CreationTime")}
)
_VERTICES = listing.Order({"Arn": "Arn"}, by="Arn", direction="Ascending")
_DEEPEST = 10
_MOST_VERTICES = 50
_EXPERIMENTS = ("Experiment", "Trial", "TrialComponent")


def _find_both(_: Aws, request: Document) -> Iterator[str]:
    """The two entities of a request."""
    for member in ("SourceArn", "DestinationArn"):
        if request.get(member):
            yield request[member]


def _get_entity(aws: Aws, arn: str) -> Entity:
    found = lineage.find_entity(aws, arn)
    if found is None:
        raise errors.not_found(f"The lineage entity {arn} does not exist.")
    return found


@SAGEMAKER.operation("AddAssociation", on=(_find_both,))
def add_association(aws: Aws, request: Document) -> Document:
    """Associate two entities."""
    with aws.store.transaction():
        source, destination = (_get_entity(aws, request[member]) for member in ("SourceArn", "DestinationArn"))
        # https://github.com/aws/sagemaker-experiments/issues/157
        if source.lineage_type in _EXPERIMENTS and destination.lineage_type in _EXPERIMENTS:
            raise errors.validation("Associations cannot be created between two experiment entities.")
        if source.arn == destination.arn:
            raise errors.validation(f"{source.arn} cannot be associated with itself.")
        if lineage.is_associated(aws, source.arn, destination.arn):
            raise errors.validation(f"The association from {source.arn} to {destination.arn} already exists.")
        lineage.associate(aws, source.arn, destination.arn, request.get("AssociationType", "AssociatedWith"))
    return request


@SAGEMAKER.operation("DeleteAssociation", on=(_find_both,))
def delete_association(aws: Aws, request: Document) -> Document:
    """Take an association away."""
    with aws.store.transaction():
        if not lineage.is_associated(aws, request["SourceArn"], request["DestinationArn"]):
            raise errors.not_found(
                f"The association from {request['SourceArn']} to {request['DestinationArn']} does not exist."
            )
        lineage.dissociate(aws, request["SourceArn"], request["DestinationArn"])
    return request


@SAGEMAKER.operation("ListAssociations")
def list_associations(aws: Aws, request: Document) -> Document:
    """Associations from or to an entity, or of types, newest first."""
    for member in ("SourceArn", "DestinationArn"):
        if member in request:
            _get_entity(aws, request[member])
    found = lineage.list_associations(aws, request.get("SourceArn", ""), request.get("DestinationArn", ""))
    whole = [
        {**item, **_describe_ends(aws, item), "Key": f"{item['SourceArn']} {item['DestinationArn']}"} for item in found
    ]
    equals = {name: name for name in ("SourceType", "DestinationType", "AssociationType")}
    chosen, more = listing.page(request, whole, _ORDER, "Key", equals)
    return {"AssociationSummaries": [project_as("AssociationSummary", item) for item in chosen], **more}


def _describe_ends(aws: Aws, association: Document) -> Document:
    described: Document = {}
    for end in ("Source", "Destination"):
        entity = lineage.find_entity(aws, association[f"{end}Arn"])
        if entity:
            described[f"{end}Type"] = entity.type
            described |= {f"{end}Name": entity.name} if entity.name else {}
    return described


@SAGEMAKER.operation(
    "QueryLineage", members=members("StartArns Direction IncludeEdges Filters MaxDepth MaxResults NextToken")
)
def query_lineage(aws: Aws, request: Document) -> Document:
    """What the start came of (Ascendants), what it led to (Descendants), or both, as far as the depth allows."""
    start = (request.get("StartArns") or [""])[0]
    if not start:
        raise errors.validation("StartArns names the entity to start from; none was given.")
    _get_entity(aws, start)
    walk = _walk(aws, start, request.get("Direction", "Both"), min(request.get("MaxDepth", _DEEPEST), _DEEPEST))
    filters = request.get("Filters") or {}
    entities = [lineage.find_entity(aws, arn) for arn in sorted(walk.reached)]
    # The start itself is answered where all is asked for.
    kept = [item for item in entities if item and (_passes(item, filters) if filters else True)]
    vertices = [_vertex(item) for item in kept if not filters or item.arn != start]
    paged: Document = {"MaxResults": min(request.get("MaxResults", _MOST_VERTICES), _MOST_VERTICES)}
    paged |= {"NextToken": request["NextToken"]} if "NextToken" in request else {}
    chosen, more = listing.page(paged, vertices, _VERTICES, "Arn")
    edges = walk.edges if request.get("IncludeEdges", True) and "NextToken" not in request else []
    return {"Vertices": chosen, "Edges": [project_as("Edge", edge) for edge in edges], **more}


@dataclass
class _Walk:
    """What was reached on the way, and by which associations."""

    reached: set[str]
    edges: list[Document]


def _walk(aws: Aws, start: str, direction: str, depth: int) -> _Walk:
    found = _Walk({start}, [])
    associations = lineage.list_associations(aws)
    for wanted, here, there in (
        ("Ascendants", "DestinationArn", "SourceArn"),
        ("Descendants", "SourceArn", "DestinationArn"),
    ):
        if direction not in (wanted, "Both"):
            continue
        leading: dict[str, list[Document]] = {}
        for item in associations:
            leading.setdefault(item[here], []).append(item)
        level, seen = {start}, {start}
        for _ in range(depth):
            passed = [item for arn in sorted(level) for item in leading.get(arn, [])]
            found.edges.extend(passed)
            level = {item[there] for item in passed} - seen
            seen |= level
        found.reached |= seen
    return found


def _vertex(entity: Entity) -> Document:
    # The SDK reads the type TrainingJob here, and SageMakerTrainingJob in associations.
    return {"Arn": entity.arn, "Type": entity.type.removeprefix("SageMaker"), "LineageType": entity.lineage_type}


def _passes(entity: Entity, filters: Document) -> bool:
    vertex, document = _vertex(entity), entity.document
    bounds = (
        ("CreationTime", "CreatedBefore", "CreatedAfter"),
        ("LastModifiedTime", "ModifiedBefore", "ModifiedAfter"),
    )
    properties = document.get("Properties", {})
    return (
        vertex["Type"] in filters.get("Types", [vertex["Type"]])
        and vertex["LineageType"] in filters.get("LineageTypes", [vertex["LineageType"]])
        and all(
            filters.get(after, 0) <= document[member] <= filters.get(before, document[member])
            for member, before, after in bounds
        )
        and all(properties.get(name) == value for name, value in filters.get("Properties", {}).items())
    )

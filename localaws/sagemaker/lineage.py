"""Lineage's artifacts, actions and contexts: Create, Describe, List, Update and Delete, alike but for their names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.names import bare
from localaws.operations import SAGEMAKER, Named, Resources
from localaws.records import lineage
from localaws.records.lineage import ACTION, ARTIFACT, CONTEXT, KINDS, LineageKind
from localaws.refusals import members
from localaws.shapes import Document, project_as

_KEPT = {
    ARTIFACT.noun: "ArtifactName MetadataProperties",
    ACTION.noun: "Description Status MetadataProperties",
    CONTEXT.noun: "Description",
}
_UPDATED = {ARTIFACT.noun: "ArtifactName", ACTION.noun: "Description Status", CONTEXT.noun: "Description"}


def _known_by(kind: LineageKind) -> str:
    """The member by which a request names one that is there."""
    return kind.arn if kind is ARTIFACT else kind.name


def _find_by_source(aws: Aws, request: Document) -> Iterator[str]:
    """The artifact of a request's source."""
    if "SourceUri" in request.get("Source", {}):
        yield aws.arn(ARTIFACT.noun, lineage.key(ARTIFACT, request))


def create(kind: LineageKind, aws: Aws, request: Document) -> Document:
    """Store a new one."""
    with aws.store.transaction():
        return lineage.create(aws, kind, request)


def describe(kind: LineageKind, aws: Aws, request: Document) -> Document:
    """It as it stands."""
    return lineage.get(aws, kind, request[_known_by(kind)])


def list_all(kind: LineageKind, aws: Aws, request: Document) -> Document:
    """Those of a type or a source where the request names one, newest first."""
    found = [
        item
        for item in aws.store.all(kind.noun)
        if request.get("SourceUri", item["Source"]["SourceUri"]) == item["Source"]["SourceUri"]
        and request.get(kind.type, item[kind.type]) == item[kind.type]
    ]
    order = listing.Order({"Name": kind.name, "CreationTime": "CreationTime"})
    chosen, more = listing.page(request, found, order, kind.arn)
    return {f"{kind.stem}Summaries": [project_as(f"{kind.stem}Summary", item) for item in chosen], **more}


def update(kind: LineageKind, aws: Aws, request: Document) -> Document:
    """Change members; of properties those that are given or removed."""
    with aws.store.transaction():
        document = lineage.get(aws, kind, request[_known_by(kind)])
        changes = {name: request[name] for name in _UPDATED[kind.noun].split() if name in request}
        merged = {**document.get("Properties", {}), **request.get("Properties", {})}
        removed = request.get("PropertiesToRemove", [])
        changes["Properties"] = {name: value for name, value in merged.items() if name not in removed}
        return aws.store.update(kind.noun, bare(document[kind.arn]), **changes, LastModifiedTime=now())


def delete(kind: LineageKind, aws: Aws, request: Document) -> Document:
    """Remove one that is associated with nothing."""
    with aws.store.transaction():
        if kind is ARTIFACT and ("ArtifactArn" in request) == ("Source" in request):
            raise errors.validation("Give either ArtifactArn or Source, and not both.")
        name = next(_find_by_source(aws, request), "") if "Source" in request else request[_known_by(kind)]
        document = lineage.get(aws, kind, name)
        arn = document[kind.arn]
        if lineage.list_associations(aws, source=arn) or lineage.list_associations(aws, destination=arn):
            raise errors.validation(f"{kind.stem} {arn} cannot be deleted: delete its associations first.")
        lineage.forget(aws, kind, document)
    return document


for _kind in KINDS:
    _named: tuple[Resources, ...] = (Named(_known_by(_kind), _kind.noun),)
    _own = "Source" if _kind is ARTIFACT else f"{_kind.name} Source"
    SAGEMAKER.operation(
        f"Create{_kind.stem}",
        on=(_find_by_source,) if _kind is ARTIFACT else _named,
        members=members(f"{_own} {_kind.type}", kept=f"{_KEPT[_kind.noun]} Properties Tags"),
    )(partial(create, _kind))
    SAGEMAKER.operation(f"Describe{_kind.stem}", on=_named)(partial(describe, _kind))
    SAGEMAKER.operation(f"List{_kind.stem}s")(partial(list_all, _kind))
    SAGEMAKER.operation(
        f"Update{_kind.stem}",
        on=_named,
        members=members(f"{_known_by(_kind)} PropertiesToRemove", kept=f"{_UPDATED[_kind.noun]} Properties"),
    )(partial(update, _kind))
    SAGEMAKER.operation(
        f"Delete{_kind.stem}",
        on=(*_named, _find_by_source) if _kind is ARTIFACT else _named,
        members=members("ArtifactArn Source" if _kind is ARTIFACT else _kind.name),
    )(partial(delete, _kind))

"""Lineage in the store: artifacts, actions and contexts, and the associations between them and trial components.

Of one URI there is one artifact, whoever writes it:
https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-entities.html
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from localaws import errors
from localaws.aws import Aws, now
from localaws.names import bare
from localaws.records import experiments, tags
from localaws.records.kinds import Kind, store_new
from localaws.shapes import Document

_ASSOCIATION = "lineage-association"


@dataclass(frozen=True)
class LineageKind(Kind):
    """One of the three; artifacts need not have a name."""

    @property
    def type(self) -> str:
        """The member that holds its type, such as DataSet or ModelDeployment."""
        return f"{self.prefix}Type"


ARTIFACT = LineageKind("artifact", "Artifact")
ACTION = LineageKind("action", "Action")
CONTEXT = LineageKind("context", "Context")
KINDS = (ARTIFACT, ACTION, CONTEXT)


@dataclass(frozen=True)
class Entity:
    """What an association leads from or to."""

    arn: str
    lineage_type: str
    type: str
    name: str | None
    document: Document


def key(kind: LineageKind, request: Document) -> str:
    """What an entity is stored under, and the end of its ARN: its name, or the digest of an artifact's source."""
    if kind is not ARTIFACT:
        return bare(str(request[kind.name])).lower()
    source = [request["Source"]["SourceUri"], request["Source"].get("SourceTypes") or []]
    return hashlib.sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()[:32]


def get(aws: Aws, kind: LineageKind, name_or_arn: str) -> Document:
    """One by its name or its ARN, or the error that AWS answers."""
    document = aws.store.get(kind.noun, bare(name_or_arn).lower())
    if document is None:
        raise errors.not_found(f"{kind.stem} '{bare(name_or_arn)}' does not exist.")
    return document


def create(aws: Aws, kind: LineageKind, request: Document) -> Document:
    """Store a new one with the members and tags of a request."""
    place = key(kind, request)
    if aws.store.get(kind.noun, place):
        what = f"source URI {request['Source']['SourceUri']}" if kind is ARTIFACT else f"name {request[kind.name]}"
        # The SDK's Run goes on where it reads `already exists`.
        raise errors.validation(f"{kind.stem} with the {what} already exists.")
    return store_new(aws, kind, place, request)


def ensure(aws: Aws, kind: LineageKind, request: Document) -> str:
    """The ARN of an entity, which is made where it is not there."""
    found = aws.store.get(kind.noun, key(kind, request)) or create(aws, kind, request)
    return str(found[kind.arn])


def forget(aws: Aws, kind: LineageKind, document: Document) -> None:
    """Remove one with its tags."""
    aws.store.delete(kind.noun, bare(document[kind.arn]))
    tags.forget(aws, document[kind.arn])


def find_entity(aws: Aws, arn: str) -> Entity | None:
    """What an association's ARN names; None where it is gone, or is another region's or account's."""
    noun = arn.split(":", 5)[-1].partition("/")[0]
    for kind in KINDS:
        document = aws.store.get(noun, bare(arn).lower()) if kind.noun == noun else None
        if document and document[kind.arn] == arn:
            return Entity(arn, kind.stem, document[kind.type], document.get(kind.name), document)
    for named in experiments.KINDS:
        document = experiments.find(aws, named, arn) if named.noun == noun else None
        if document and document[named.arn] == arn:
            # As SageMakerTrainingJob of a job's component.
            own = f"SageMakerExperiment{named.stem.removeprefix('Experiment')}"
            source = document.get("Source", {}).get("SourceType", own)
            return Entity(arn, named.stem, source, document[named.name], document)
    return None


def associate(aws: Aws, source: str, destination: str, association: str) -> None:
    """Associate two entities, unless they are."""
    if not is_associated(aws, source, destination):
        document = {"SourceArn": source, "DestinationArn": destination, "CreationTime": now(), "CreatedBy": {}}
        aws.store.put(_ASSOCIATION, _pair(source, destination), {**document, "AssociationType": association})


def is_associated(aws: Aws, source: str, destination: str) -> bool:
    """Whether one entity leads to another."""
    return aws.store.get(_ASSOCIATION, _pair(source, destination)) is not None


def dissociate(aws: Aws, source: str, destination: str) -> None:
    """Take an association away."""
    aws.store.delete(_ASSOCIATION, _pair(source, destination))


def list_associations(aws: Aws, source: str = "", destination: str = "") -> list[Document]:
    """All associations, or those that lead from or to an entity."""
    found = aws.store.all(_ASSOCIATION, f"{source} " if source else "")
    return [item for item in found if not destination or item["DestinationArn"] == destination]


def _pair(source: str, destination: str) -> str:
    return f"{source} {destination}"

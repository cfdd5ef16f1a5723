"""What the records of named resources start with: a kind's words, and the document of a new one."""

from __future__ import annotations

from dataclasses import dataclass

from localaws.aws import Aws, now
from localaws.records import tags
from localaws.shapes import Document


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its word in ARNs, which is its kind in the store, and the stem of its members' names."""

    noun: str
    stem: str

    @property
    def prefix(self) -> str:
        """What the names of its own members begin with."""
        return self.stem

    @property
    def name(self) -> str:
        """The member that holds its name."""
        return f"{self.prefix}Name"

    @property
    def arn(self) -> str:
        """The member that holds its ARN."""
        return f"{self.prefix}Arn"


def store_new(aws: Aws, kind: Kind, place: str, request: Document, **defaults: object) -> Document:
    """Store a new resource under `place`, the end of its ARN, with the members and tags of a request."""
    document = {
        **defaults,
        **{member: value for member, value in request.items() if member != "Tags"},
        kind.arn: aws.arn(kind.noun, place),
        "CreationTime": now(),
        "LastModifiedTime": now(),
        "CreatedBy": {},
        "LastModifiedBy": {},
    }
    aws.store.put(kind.noun, place, document)
    tags.tag_new(aws, document[kind.arn], request)
    return document

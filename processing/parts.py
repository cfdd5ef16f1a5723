"""What an instance tells the others: the images of its share, or why it failed. JSON, as it travels."""

import json
from collections.abc import Iterable

from common.jobs import Refusal
from processing.image import LabelledImage


def dump(images: Iterable[LabelledImage]) -> str:
    """A part of the listing, one image an object."""
    described = [
        {
            "origin": each.origin,
            "name": each.name,
            "path": each.path(),
            "class": each.label,
            "digest": each.digest,
        }
        for each in images
    ]
    return json.dumps({"pictures": described})


def failure(sentence: str) -> str:
    """The part of an instance that could not prepare its share."""
    return json.dumps({"failure": sentence})


def load(text: str, host: str) -> list[LabelledImage]:
    """Read another instance's part; its failure becomes ours."""
    part = json.loads(text)
    if "failure" in part:
        raise Refusal(f"instance {host} failed: {part['failure']}")
    return [LabelledImage(each["origin"], each["name"], each["class"], each["digest"]) for each in part["pictures"]]

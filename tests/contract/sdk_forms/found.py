"""The classes of an SDK's packages, and a session of it that no request leaves; imports what both environments have."""

from __future__ import annotations

import importlib
import inspect
import io
import json
import pkgutil
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

BUCKET = "bucket"
ROLE = "arn:aws:iam::000000000000:role/pipeline"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/any:1"
REGION = "us-east-1"


class _Body(io.BytesIO):
    """As urllib3 answers."""

    def stream(self, **_: object) -> Any:
        yield self.read()


def _answer(request: Any, event_name: str, **_: object) -> AWSResponse:
    """Nothing, in the form of the service's protocol."""
    xml = event_name.split(".")[1] in ("s3", "sts")
    return AWSResponse(request.url, 200, {}, _Body(b"<none/>" if xml else b"{}"))


def open_session(kind: type) -> Any:
    """A session of the SDK's class whose every request is answered, by nobody."""
    core = boto3.Session("none", "none", region_name=REGION)
    core.events.register("before-send", _answer)
    session = kind(boto_session=core, default_bucket=BUCKET)
    session._default_bucket = BUCKET  # as if it had been made
    return session


def list_classes(*packages: str) -> dict[str, type]:
    """All classes that the modules of some packages define themselves, by name."""
    found: dict[str, type] = {}
    for package in map(importlib.import_module, packages):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, item in vars(importlib.import_module(module.name)).items():
                if inspect.isclass(item) and item.__module__ == module.name:
                    found[name] = item
    return found


def list_subclasses(classes: dict[str, type], *bases: str) -> list[str]:
    """The names of the classes below some others, without those."""
    above = tuple(classes[base] for base in bases)
    return sorted(name for name, item in classes.items() if issubclass(item, above) and name not in bases)


def write(pipeline: Any) -> str:
    """A pipeline's definition, in one form for both SDKs."""
    return json.dumps(json.loads(pipeline.definition()), sort_keys=True)

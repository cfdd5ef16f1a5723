"""Any request of botocore's models: answered as the model says, or refused in words, and nothing of it is dropped.

Requests are drawn from the input shapes with a seed, most of them as AWS would take them and about resources that are
there. REQUESTS=100000 draws more of them.
"""

from __future__ import annotations

import json
import os
import random
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser

from localaws.operations import Operation, Service
from localaws.refusals import _NOTHING, _leaves
from localaws.rest import answer
from localaws.services import ALL
from localaws.shapes import _problems, service_model
from localaws.tasks import Tasks

if TYPE_CHECKING:
    from botocore.model import Shape

    from localaws.aws import Aws

REQUESTS = int(os.environ.get("REQUESTS", "10000"))
SEED = 19
ARN = "arn:aws:sagemaker:us-east-1:000000000000:"
TEXTS = (
    *("one", "two", "One", "live", "s3://bucket/one", "https://example.org/", "1", "0.5", "5", "ml.m5.large", "File"),
    *("arn:aws:iam::000000000000:role/pipeline", f"{ARN}pipeline/one", f"{ARN}endpoint/one"),
    *(f"{ARN}model-package-group/one", f"{ARN}model-package/one/1", f"{ARN}pipeline/one/execution/abcdefghijkl"),
    *("000000000000.dkr.ecr.us-east-1.amazonaws.com/own:1", "endpoint/one/variant/live", "sagemaker", "text/csv"),
    *("sagemaker:variant:DesiredInstanceCount", "cron(0 * ? * * *)", "rate(1 hour)", "UTC", "-PT1H", "$", "2026-01-01"),
    *("/opt/ml/processing/in", "subnet-1", "sg-1", "x" * 32, "refs/heads/main", "", "Größe", "a" * 300),
)
DEFINITION = json.dumps(
    {
        "Version": "2020-12-01",
        "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "so it is"}}],
    }
)
# Of members whose text has a form of its own, what AWS would take.
NAMED = {"PipelineDefinition": DEFINITION, "buildspec": "version: 0.2", "Input": "{}"}
RARE, OFTEN = 0.15, 0.6
# What AWS answers though its models say otherwise: CodeBuild's empty lists, and a version, which has no name.
UNLIKE_THE_MODEL = ("Member must have length greater than or equal to 1", "Value null at 'modelPackageName'")


class Idle(Tasks):
    """Takes tasks and begins none: what a request starts is another test's."""

    def start(self, key: str, work: object) -> None:
        """Begin nothing."""


@dataclass
class Draw:
    """Draws requests."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - repeatable

    def request(self, operation: Operation) -> dict[str, Any]:
        """One request, of whose optional members some are left out."""
        return (
            self._structure(operation.shape, RARE if self.chance.random() < OFTEN else OFTEN) if operation.shape else {}
        )

    def _structure(self, shape: Shape, some: float) -> dict[str, Any]:
        return {
            name: self._named(name, member, some)
            for name, member in shape.members.items()
            if name in shape.required_members or self.chance.random() < some
        }

    def _named(self, name: str, shape: Shape, some: float) -> Any:
        if name in NAMED and self.chance.random() < OFTEN:
            return NAMED[name]
        return self._value(shape, some * 0.8)

    def _value(self, shape: Shape, some: float) -> Any:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, some)
        if kind == "list":
            least = shape.metadata.get("min", 0)
            return [self._value(shape.member, some) for _ in range(max(least, self.chance.randint(0, 2)))]
        if kind == "map":
            return {self._text(shape.key): self._value(shape.value, some) for _ in range(self.chance.randint(0, 2))}
        return self._number(shape) if kind in ("integer", "long") else self._single(shape)

    def _single(self, shape: Shape) -> Any:
        known = {
            "boolean": (True, True, False),
            "float": (0.0, 0.5, 1.0),
            "double": (0.0, 0.5, 70.0),
            "timestamp": (0,),
        }
        return self.chance.choice(known[shape.type_name]) if shape.type_name in known else self._text(shape)

    def _number(self, shape: Shape) -> int:
        least = shape.metadata.get("min", 0)
        most = shape.metadata.get("max", least + 100)
        return self.chance.choice([least, most, min(most, least + 1), self.chance.randint(least, most)])

    def _text(self, shape: Shape) -> str:
        enum = shape.metadata.get("enum")
        if enum:
            return str(self.chance.choice(enum))
        fitting = [text for text in TEXTS if not list(_problems(shape, text, ""))]
        return self.chance.choice(fitting or TEXTS) if self.chance.random() > 0.02 else self.chance.choice(TEXTS)


class Objects:
    """An S3 that says that all is there, and hands out none of it."""

    def head_bucket(self, **_: object) -> dict[str, Any]:
        return {}

    def list_objects_v2(self, **_: object) -> dict[str, Any]:
        return {"KeyCount": 1}

    def head_object(self, **_: object) -> dict[str, Any]:
        return {}

    def get_object(self, **_: object) -> None:
        raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "It is not there."}}, "GetObject")


@pytest.fixture
def idle(aws: Aws) -> Aws:
    aws.clients.known["s3"] = Objects()  # type: ignore[attr-defined]
    return replace(aws, tasks=Idle())


def problems_of(service: Service, name: str, status: int, body: bytes) -> list[str]:
    """What is wrong with an answer: by botocore's parser, by the output's shape, or by the words of a refusal."""
    model = service_model(service.name).operation_model(name)
    protocol = str(service_model(service.name).metadata["protocol"])
    parsed = create_parser(protocol).parse({"status_code": status, "headers": {}, "body": body}, model.output_shape)
    if status >= 500:
        return [parsed["Error"]["Message"]]
    if status >= 400:
        code, words = parsed["Error"]["Code"], parsed["Error"]["Message"]
        return [] if re.fullmatch(r"\w+", code) and words.strip() else [f"{code}: {words!r}"]
    found = list(_problems(model.output_shape, json.loads(body), "")) if model.output_shape else []
    return [each for each in found if not any(word in each for word in UNLIKE_THE_MODEL)]


def dropped(operation: Operation, request: dict[str, Any]) -> list[str]:
    """The members of a request that was taken which no declaration names."""
    return [
        path
        for path, value in _leaves(operation.shape, request, "")
        if (value not in _NOTHING and operation.members.side(path) == "refused")
        or (operation.members.side(path) == "only" and value not in (*_NOTHING, *operation.members.only[path]))
    ]


def test_no_request_of_the_models_breaks_anything_or_is_dropped_in_part(idle: Aws) -> None:
    draw = Draw()
    operations = [(service, operation) for service in ALL for operation in service.operations.values()]
    found: dict[str, str] = {}
    taken = 0
    for number in range(REQUESTS):
        service, operation = operations[number % len(operations)]
        request = draw.request(operation)
        status, body = answer(service, idle, operation.name, json.dumps(request).encode())
        wrong = problems_of(service, operation.name, status, body)
        if status == 200:
            taken += 1
            wrong += [f"{path} was dropped" for path in dropped(operation, request)]
        if wrong:
            found.setdefault(f"{service.name}:{operation.name}", f"{wrong[0]}: {json.dumps(request)[:600]}")
    assert found == {}, json.dumps(found, indent=1)
    assert taken > REQUESTS / 10

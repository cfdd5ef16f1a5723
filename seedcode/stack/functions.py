"""The functions' code and their layer, under names that follow from their content, where the template looks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import ClientError

from seedcode.packaging.function import build_function, list_functions
from seedcode.packaging.layer import build_layer
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import Client, describe

_NAME_LENGTH = 16


@dataclass(frozen=True)
class Code:
    """What the functions run: a zip each, their layer where they need one, and the image of the jobs they start."""

    zips: dict[str, bytes]
    layer: bytes | None = None
    image_uri: str | None = None

    @property
    def version(self) -> str:
        """A name for all the zips together."""
        digest = hashlib.sha256()
        for name, content in sorted(self.zips.items()):
            digest.update(name.encode() + hashlib.sha256(content).digest())
        return digest.hexdigest()[:_NAME_LENGTH]

    @property
    def layer_key(self) -> str | None:
        """The layer's key in the bucket."""
        if self.layer is None:
            return None
        return f"code/layers/{hashlib.sha256(self.layer).hexdigest()[:_NAME_LENGTH]}.zip"

    @property
    def parameters(self) -> dict[str, str]:
        """The template's parameters that name this code."""
        named = {"LayerKey": self.layer_key, "ImageUri": self.image_uri}
        return {"CodeVersion": self.version} | {name: value for name, value in named.items() if value}

    @property
    def objects(self) -> dict[str, bytes]:
        """What lies in the bucket, by key."""
        found = {f"code/{self.version}/{name}.zip": content for name, content in self.zips.items()}
        return found | ({self.layer_key: self.layer} if self.layer_key and self.layer else {})


def build_code(layer: bytes | None = None) -> Code:
    """Pack every function."""
    with TemporaryDirectory() as folder:
        return Code({name: build_function(name, folder=Path(folder)).read_bytes() for name in list_functions()}, layer)


def build_layer_of(aws: Account, spec: Spec) -> bytes:
    """Build the layer for the Python that the stack's functions run on: given, or as the stack has it."""
    runtime = spec.values(describe(aws.client("cloudformation"), spec.stack))["PythonRuntime"]
    with TemporaryDirectory() as folder:
        return build_layer(runtime.removeprefix("python"), folder=Path(folder)).read_bytes()


def upload_code(s3: Client, bucket: str, code: Code) -> None:
    """Upload what is not in the bucket yet."""
    for key, content in code.objects.items():
        try:
            s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
                raise
            s3.put_object(Bucket=bucket, Key=key, Body=content)

"""Builds the definitions: the SageMaker SDK is imported only here, offline and without its output.

The import takes two seconds, so a definition can be kept: it follows from arguments, our code and the SDK's version.
"""

import functools
import gc
import hashlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import boto3

from pipelines.code import CodeLocations
from pipelines.errors import PipelineError
from pipelines.initial_model import InitialModel
from pipelines.profiles import Profile
from pipelines.settings import Settings

# While it is imported, the SDK makes sessions and clients of its own, which would ask the network for credentials, want
# a region and may read a configuration from S3. What is in the environment comes first; none of it is used to sign.
OFFLINE = {
    "AWS_ACCESS_KEY_ID": "offline",
    "AWS_SECRET_ACCESS_KEY": "offline",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": os.devnull,
    "SAGEMAKER_USER_CONFIG_OVERRIDE": os.devnull,
    "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    # SDK 3 asks IAM whether a role is good enough, when a trainer is described.
    "SAGEMAKER_VALIDATE_ROLE": "false",
}
_KEPT = 50


def define(
    settings: Settings,
    profile: Profile,
    code: CodeLocations,
    initial: InitialModel | None = None,
    *,
    tuned: bool = False,
    cache: Path | None = None,
) -> str:
    """Return the pipeline's definition as canonical JSON, without a network call.

    `cache` is a folder that keeps definitions. Raises PipelineError where the settings name no image.
    """
    _require_image(settings)
    return _build(cache, "build_definition", settings, profile, code, initial, tuned)


def define_monitoring(settings: Settings, cache: Path | None = None) -> str:
    """Return the monitoring pipeline's definition, as `define` does that of the training pipeline."""
    _require_image(settings)
    return _build(cache, "build_monitoring_definition", settings)


def import_sdk() -> None:
    """Import what builds a definition, for who waits for something else meanwhile."""
    with _environment(OFFLINE), _own_session(), _quiet(), _uncollected():
        import_module("pipelines.definition")


def _build(cache: Path | None, function: str, *arguments: object) -> str:
    """Call the SDK's part, unless the cache has what it wrote for the same arguments, code and version."""
    kept = cache / f"{_digest(function, arguments)}.json" if cache else None
    if kept and kept.is_file():
        return kept.read_text(encoding="utf-8")
    with _environment(OFFLINE), _own_session(), _quiet(), _uncollected():
        definition = str(getattr(import_module("pipelines.definition"), function)(*arguments))
    if kept:
        _keep(kept, definition)
    return definition


def _digest(function: str, arguments: tuple[object, ...]) -> str:
    digest = hashlib.sha256(repr((function, arguments, version("sagemaker"), sys.version)).encode())
    root = Path(__file__).parents[1]
    for path in sorted(path for package in ("pipelines", "common") for path in (root / package).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _keep(kept: Path, definition: str) -> None:
    """Write the file as a whole, and remove the oldest ones."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(f".{os.getpid()}.part")
    draft.write_text(definition, encoding="utf-8")
    draft.replace(kept)
    for old in sorted(kept.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        old.unlink(missing_ok=True)


def _require_image(settings: Settings) -> None:
    if settings.image_uri is None:
        raise PipelineError(
            "No container image is named; give one in SCONES_IMAGE_URI, or deploy a stack that has one."
        )


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _own_session() -> Iterator[None]:
    """Give the SDK a default session of its own: all later clients would have the credentials that it was made with."""
    before, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, _make_session()
    try:
        yield
    finally:
        boto3.DEFAULT_SESSION = before


@functools.cache
def _make_session() -> boto3.Session:
    return boto3.Session(region_name=OFFLINE["AWS_DEFAULT_REGION"])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage for a while: among all that the SDK imports, that takes a third of the time of both."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the SDK's notices off both outputs, and its hands off the root logger.

    It prints on standard output where it looked for its configuration, sets up logging for the whole process,
    and warns that no job is started.
    """
    root = logging.getLogger()
    handlers, level, disabled = root.handlers[:], root.level, root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.disable(disabled)

"""The door to the definition: the SageMaker SDK is loaded only here, offline, and does not get a word in."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from pipelines.code import CodeLocations
from pipelines.errors import PipelineError
from pipelines.former_model import FormerModel
from pipelines.profiles import Profile
from pipelines.settings import Settings

# While it is imported, the SDK makes a session of its own, which would ask the network for credentials and may
# read a configuration from S3. Credentials in the environment come first; these are never used to sign.
OFFLINE = {
    "AWS_ACCESS_KEY_ID": "offline",
    "AWS_SECRET_ACCESS_KEY": "offline",
    "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": os.devnull,
    "SAGEMAKER_USER_CONFIG_OVERRIDE": os.devnull,
    "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
}


def define(
    settings: Settings,
    profile: Profile,
    code: CodeLocations,
    former: FormerModel | None = None,
    *,
    tuned: bool = False,
) -> str:
    """Return the pipeline's definition as canonical JSON, without a network call.

    The SDK takes two seconds to import: nothing that answers quickly may do so at its own import.
    Raises PipelineError where the settings name no image.
    """
    _require_image(settings)
    with _environment(OFFLINE), _quiet():
        return str(import_module("pipelines.definition").build_definition(settings, profile, code, former, tuned))


def define_monitoring(settings: Settings) -> str:
    """Return the monitoring pipeline's definition, as `define` does that of the training pipeline."""
    _require_image(settings)
    with _environment(OFFLINE), _quiet():
        return str(import_module("pipelines.monitoring").build_monitoring_definition(settings))


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

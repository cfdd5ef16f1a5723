"""The door to the definition: the SageMaker SDK is loaded only here, and does not get a word in."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from pipelines.code import CodeLocations
from pipelines.profiles import Profile
from pipelines.settings import Settings


def define(settings: Settings, profile: Profile, code: CodeLocations) -> str:
    """Return the pipeline's definition as canonical JSON, without a network call.

    The SDK takes two seconds to import: nothing that answers quickly may do so at its own import.
    """
    with _quiet_sdk():
        return str(import_module("pipelines.definition").build_definition(settings, profile, code))


@contextmanager
def _quiet_sdk() -> Iterator[None]:
    """Keep the SDK's notices off both outputs, and its hands off the root logger.

    While it is imported it prints where it looked for its configuration, on standard output, and sets up
    logging for the whole process. While it builds it warns that no job is started.
    """
    os.environ.setdefault("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
    for name in ("sagemaker", "sagemaker.config"):
        logging.getLogger(name).setLevel(logging.ERROR)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)

"""Runs at each start of a Python that has this folder on PYTHONPATH, before anything else; it imports nothing big.

Where AWS_ENDPOINT_URL is set, a client of botocore that is made for one of AWS's hosts is made for that address
instead: before anything is signed, so that what is sent is signed for where it goes. The SageMaker SDK validates once
the file that keeps its telemetry off. Both are changed when somebody imports them, and only then. The `sitecustomize`
that this one stands before, as Debian and conda have one, runs as well.
https://docs.python.org/3/library/site.html#module-sitecustomize
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

import os
import sys

# Nothing else is imported here: importlib.abc alone would triple the time that a Python takes to start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BOTOCORE = "botocore.session"
_CONFIGURATIONS = ("sagemaker.config.config", "sagemaker.core.config.config")
"""Of SDK 2 and SDK 3."""
_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


class _Finder:
    """Finds modules where the other finders do, and changes each once it has been executed."""

    def __init__(self, changes: dict[str, Any]) -> None:
        self._changes = changes

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401 - as Python asks
        """The spec of a module that is changed; None for every other one."""
        change = self._changes.pop(name, None)
        if change is None:
            return None
        spec = _find(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:  # noqa: ANN401
                execute(module)
                change(module)

            spec.loader.exec_module = exec_module
        return spec


def _find(name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401
    found = (finder.find_spec(name, path, target) for finder in sys.meta_path)
    return next((spec for spec in found if spec is not None), None)


def redirect(session: Any) -> None:  # noqa: ANN401
    """Let botocore's class of sessions make clients for AWS_ENDPOINT_URL that are asked for at a host of AWS."""
    create = session.create_client

    def create_client(self: Any, service_name: str, *others: Any, **named: Any) -> Any:  # noqa: ANN401
        if named.get("endpoint_url"):
            named["endpoint_url"] = find_endpoint(service_name, named["endpoint_url"])
        return create(self, service_name, *others, **named)

    session.create_client = create_client


def find_endpoint(service: str, given: str) -> str:
    """The address of a service's client that was asked for at `given`: the local AWS's in the place of AWS's."""
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return given
    host = given.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    if not host.endswith(_HOSTS):
        return given
    own = os.environ.get("AWS_ENDPOINT_URL_" + service.upper().replace("-", "_"))
    return own or os.environ.get("AWS_ENDPOINT_URL") or given


def validate_once(module: Any) -> None:  # noqa: ANN401
    """Let the SDK validate a configuration that is the same as before no more: it does at each look-up, for 0.1 s."""
    validate, valid = getattr(module, "validate_sagemaker_config", None), set()
    if validate is None:  # another SDK's; a slow look-up is no reason to break it
        return

    def validate_sagemaker_config(sagemaker_config: Any = None) -> None:  # noqa: ANN401
        text = repr(sagemaker_config)
        if text not in valid:
            validate(sagemaker_config)
            valid.add(text)

    module.validate_sagemaker_config = validate_sagemaker_config


def install() -> None:
    """Change each module now where it has been imported, and else when it is."""
    changes = {_BOTOCORE: lambda module: redirect(module.Session), **dict.fromkeys(_CONFIGURATIONS, validate_once)}
    for name in [name for name in changes if name in sys.modules]:
        changes.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, _Finder(changes))  # no subclass of a class that is slow to import


def _run_the_next() -> None:
    """Run the `sitecustomize` that Python would have found without this folder."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow to import
    others = [path for path in sys.path if os.path.abspath(path or ".") != here]  # noqa: PTH100
    spec = _find("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = type(sys)(spec.name)
        module.__file__, module.__spec__ = spec.origin, spec
        spec.loader.exec_module(module)


if __name__ == "sitecustomize":
    install()
    _run_the_next()

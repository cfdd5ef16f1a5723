"""The one place that knows MiniStack from inside.

MiniStack (pinned exactly) answers for every service but SageMaker. We use its ASGI application as a whole, and
these private names, each asserted at start-up so that another version fails with a sentence instead of strangely:
publishing events under `aws.*`, registering a CloudFormation type, reading an object, and saving its state.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

from localaws.settings import HOST, Settings

PINNED = "1.5.33"

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]
Delete = Callable[[str, dict[str, Any]], None]
Update = Callable[[str, dict[str, Any], dict[str, Any], str], tuple[str, dict[str, Any]]]


class MiniStackError(RuntimeError):
    """The MiniStack that is installed is not the one that this project was built on."""


def configure(settings: Settings) -> None:
    """Set MiniStack's environment; it reads most of it when it is imported, so this comes first."""
    state = settings.home / "ministack"
    os.environ.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": settings.region,
            "MINISTACK_ACCOUNT_ID": settings.account,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        }
    )


def load() -> AsgiApp:
    """Import MiniStack's application, having checked that it is the version and has the names we lean on."""
    installed = version("ministack")
    if installed != PINNED:
        raise MiniStackError(f"MiniStack {installed} is installed; {PINNED} is needed: run `make install`.")
    from ministack import app  # noqa: PLC0415 - after configure()
    from ministack.services import eventbridge, s3  # noqa: PLC0415
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    for module, name in (
        (app, "app"),
        (app, "save_all"),
        (app, "_build_persistence_save_dict"),
        (eventbridge, "_put_events"),
        (s3, "_get_object_data"),
        (provisioners, "_RESOURCE_HANDLERS"),
    ):
        if not hasattr(module, name):
            raise MiniStackError(f"MiniStack {installed} has no {module.__name__}.{name}, which localaws leans on.")
    application: AsgiApp = app.app
    return application


def deliver_event(event: dict[str, Any]) -> None:
    """Put an event with an `aws.*` source on the default bus, which PutEvents refuses to clients."""
    from ministack.services import eventbridge  # noqa: PLC0415

    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def add_resource_type(name: str, create: Create, delete: Delete, update: Update | None = None) -> None:
    """Teach CloudFormation a type: `create(logical_id, properties, stack)` answers physical id and attributes.

    `update(physical_id, old_properties, new_properties, stack)` answers the same; without it a change makes it anew.
    """
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    handlers: dict[str, Any] = {"create": create, "delete": delete}
    if update:
        handlers["update"] = update
    provisioners._RESOURCE_HANDLERS[name] = handlers


def read_object(bucket: str, key: str, version: str | None = None) -> bytes | None:
    """An object of S3, for who is called inside MiniStack's own loop, where a request would wait for itself."""
    from ministack.services import s3  # noqa: PLC0415

    content: bytes | None = s3._get_object_data(bucket, key, version)
    return content


def add_import(name: str, adopt: Callable[[dict[str, str]], tuple[str, dict[str, Any]]]) -> None:
    """Let CloudFormation import resources of a type: `adopt(identifier)` answers physical id and attributes."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    provisioners._RESOURCE_HANDLERS[name]["import"] = adopt


def replace(module: object, name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(what stands there)` in the place of a private name, which must be there; see gaps/."""
    if not hasattr(module, name):
        raise MiniStackError(f"MiniStack {PINNED} has no {getattr(module, '__name__', module)}.{name} to be replaced.")
    setattr(module, name, make(getattr(module, name)))


def save() -> None:
    """Write MiniStack's own state (not S3's objects, which are on disk at each write) to its directory."""
    from ministack import app  # noqa: PLC0415

    app.save_all(app._build_persistence_save_dict())

"""botocore's descriptions of services: MiniStack makes a session for each service that it answers for the first time.

It wants to know how a service writes its answers; a session takes longer to make than to read what it is made for, and
reads anew what the local AWS's own clients have read. For a service that it does not have, it even reads all of them,
for four seconds, to know whether AWS has it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel
from ministack.core import responses, router
from ministack.services import stepfunctions

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.shapes import model_loader, service_model


def patch(_: Aws) -> Patch:
    """Read each description once for all of the local AWS, and none to know a service by its name."""
    return Patch(
        replaces={
            **{module: {"_service_model": lambda _: _find_model} for module in (responses, stepfunctions)},
            router: {"_is_aws_service_name": _knowing},
        },
        reads={responses: ("_BOTOCORE_NAME",)},
    )


def _knowing(search: Callable[[str], bool]) -> Callable[[str], bool]:
    def is_service(name: str) -> bool:
        """Whether a name that a request is signed for is a service's; `search` knows the few that the lists do not."""
        return name in _list_services() or search(name)

    return is_service


@cache
def _list_services() -> frozenset[str]:
    loader = model_loader()
    (aws, *_) = loader.load_data("endpoints")["partitions"]
    return frozenset([*loader.list_available_services("service-2"), *aws["services"]])


def _find_model(service: str) -> ServiceModel | None:
    try:
        return service_model(responses._BOTOCORE_NAME.get(service, service))
    except UnknownServiceError:
        return None

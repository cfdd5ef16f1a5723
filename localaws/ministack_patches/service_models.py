"""botocore's descriptions of services: MiniStack makes a session for each service that it answers for the first time.

It wants to know how a service writes its answers; a session takes longer to make than to read what it is made for, and
reads anew what the local AWS's own clients have read.
"""

from __future__ import annotations

from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel
from ministack.core import responses
from ministack.services import stepfunctions

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.shapes import service_model


def patch(_: Aws) -> Patch:
    """Read each description once for all of the local AWS."""
    return Patch(
        replaces={module: {"_service_model": lambda _: _find_model} for module in (responses, stepfunctions)},
        reads={responses: ("_BOTOCORE_NAME",)},
    )


def _find_model(service: str) -> ServiceModel | None:
    try:
        return service_model(responses._BOTOCORE_NAME.get(service, service))
    except UnknownServiceError:
        return None

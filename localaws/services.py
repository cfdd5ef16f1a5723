"""The services that are emulated here, with their operations: importing this finds all that are declared."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from localaws import autoscaling, builds, push, sagemaker, scheduler, tagging
from localaws.operations import AUTOSCALING, CODEBUILD, CODECOMMIT, METRICS, SAGEMAKER, SCHEDULER, TAGGING

for _package in (autoscaling, builds, push, sagemaker, scheduler, tagging):
    for _module in pkgutil.iter_modules(_package.__path__, f"{_package.__name__}."):
        if not _module.name.endswith("__main__"):
            import_module(_module.name)

BY_TARGET = {service.target: service for service in (SAGEMAKER, AUTOSCALING, CODEBUILD, CODECOMMIT, TAGGING)}
"""Services of the JSON protocol by the prefix of the header X-Amz-Target."""

OF_REST = (SCHEDULER, METRICS)
"""Services of the REST protocol, whose operations are known by method and path."""

ALL = (*BY_TARGET.values(), *OF_REST)

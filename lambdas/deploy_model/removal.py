"""Take an endpoint down with all that was made around it; done again, it finds nothing left to do."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import get_code, is_closed, is_missing
from deploy_model.aws import Client, delete
from deploy_model.errors import RemovalUnfinished
from deploy_model.rollout import free_instance_type

POLL_SECONDS = 2
# What AWS answers while a resource, or what depends on it, is still changing.
_BUSY = frozenset({"ValidationException", "ResourceInUse", "ConflictException"})


@dataclass(frozen=True)
class Removal:
    """Removes within a time: `remaining` says how many milliseconds there are."""

    sagemaker: Client
    autoscaling: Client
    remaining: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep

    def of(self, endpoint_name: str, schedule_name: str) -> list[str]:
        """Remove schedule, scaling, endpoint, configurations and models; return their names.

        The schedule is Model Monitor's; where AWS has closed that to the account there is none, which is said. In this
        order: AWS deletes no endpoint under a schedule, and no configuration that an endpoint runs. Raises
        RemovalUnfinished when that takes longer than there is time; the next attempt goes on from there.
        """
        removed = []
        if schedule_name:
            removed += self._schedule(schedule_name)
        free_instance_type(self.autoscaling, endpoint_name)
        removed += self._until_gone(self.sagemaker.delete_endpoint, EndpointName=endpoint_name)
        for name in self._list("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", endpoint_name):
            delete(self.sagemaker.delete_endpoint_config, EndpointConfigName=name)
            removed.append(name)
        for name in self._list("list_models", "Models", "ModelName", endpoint_name):
            delete(self.sagemaker.delete_model, ModelName=name)
            removed.append(name)
        return removed

    def _schedule(self, name: str) -> list[str]:
        try:
            return self._until_gone(self.sagemaker.delete_monitoring_schedule, MonitoringScheduleName=name)
        except ClientError as error:
            if is_closed(error):
                return [f"Model Monitor is closed to this account, so there is no schedule {name} to remove."]
            raise

    def _until_gone(self, call: Callable[..., Any], **name: str) -> list[str]:
        """Delete again and again until AWS says that there is no such thing; return the name unless it was gone."""
        what, done, said = next(iter(name.values())), False, "it is being deleted"
        while True:
            try:
                call(**name)
                done = True
            except ClientError as error:
                if is_missing(error):
                    return [what] if done else []
                if get_code(error) not in _BUSY or is_closed(error):
                    raise
                said = error.response["Error"]["Message"]
            if self.remaining() < POLL_SECONDS * 1000:
                raise RemovalUnfinished(f"{what} is not gone yet ({said}); delete the stack again to go on.")
            self.sleep(POLL_SECONDS)

    def _list(self, operation: str, member: str, key: str, endpoint_name: str) -> list[str]:
        """Names of what deploy_model made for the endpoint, and of nothing else."""
        ours = re.compile(rf"{re.escape(endpoint_name)}-v\d+-[0-9a-f]{{8}}")
        pages: Iterator[Any] = self.sagemaker.get_paginator(operation).paginate(NameContains=f"{endpoint_name}-v")
        return [item[key] for page in pages for item in page[member] if ours.fullmatch(item[key])]

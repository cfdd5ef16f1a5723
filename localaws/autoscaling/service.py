"""The Application Auto Scaling service."""

from __future__ import annotations

from localaws.autoscaling import targets
from localaws.protocol import Service

AUTOSCALING = Service("Application Auto Scaling", "application-autoscaling", targets.OPERATIONS)

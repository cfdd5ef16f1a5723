"""The service EventBridge Scheduler."""

from __future__ import annotations

from localaws.protocol import Service
from localaws.scheduler import groups, schedules

SCHEDULER = Service("Scheduler", "scheduler", {**schedules.OPERATIONS, **groups.OPERATIONS})

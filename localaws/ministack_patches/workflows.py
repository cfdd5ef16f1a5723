"""What Step Functions and the functions that it calls need, installed together after MiniStack is loaded."""

from __future__ import annotations

from localaws.ministack_patches import (
    distributed_map,
    function_errors,
    map_stops,
    retry_delays,
    same_names,
    state_machine_versions,
    workflow_limits,
)


def apply() -> None:
    """Apply these patches; raises MiniStackError where MiniStack has not the names that they lean on."""
    function_errors.apply()
    retry_delays.apply()
    state_machine_versions.apply()
    # After versions, which would choose one anew for an execution that runs already.
    same_names.apply()
    distributed_map.apply()
    # After the delays, whose retrier it takes away from who was stopped.
    map_stops.apply()
    workflow_limits.apply()

"""What Step Functions and the functions that it calls need, installed together after MiniStack is loaded."""

from __future__ import annotations

from localaws.gaps import (
    distributed_map,
    function_errors,
    map_stops,
    retry_delays,
    same_names,
    state_machine_versions,
    workflow_limits,
)


def close() -> None:
    """Close these gaps; raises MiniStackError where MiniStack has not the names that they lean on."""
    function_errors.close()
    retry_delays.close()
    state_machine_versions.close()
    # After versions, which would choose one anew for an execution that runs already.
    same_names.close()
    distributed_map.close()
    # After the delays, whose retrier it takes away from who was stopped.
    map_stops.close()
    workflow_limits.close()

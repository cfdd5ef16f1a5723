"""What the endpoint's panel follows: the state now, the traffic, the history."""

from __future__ import annotations

from console.page.context import Context
from console.page.endpoint.reader import Change, State, Traffic, fetch_changes, fetch_state, fetch_traffic
from console.page.poller import Topic

_RESTING = ("InService", "Failed")


def endpoint(context: Context) -> Topic[State | None]:
    """The endpoint; None where nothing has been deployed."""

    def seconds(state: State | None) -> float:
        return 2.5 if state and state.status not in _RESTING else 6.0

    return Topic(("endpoint",), lambda: fetch_state(context.source), seconds)


def traffic(context: Context) -> Topic[Traffic]:
    """The endpoint's figures, which CloudWatch renews once a minute."""
    return Topic(("traffic",), lambda: fetch_traffic(context.source), lambda _: 15.0)


def changes(context: Context) -> Topic[tuple[Change, ...]]:
    """What happened to the endpoint."""
    return Topic(("endpoint", "changes"), lambda: fetch_changes(context.source), lambda _: 15.0)

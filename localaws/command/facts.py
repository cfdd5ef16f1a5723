"""What a running local AWS is, as `status` says it."""

from __future__ import annotations

from localaws.process import account, describe_elsewhere, describe_isolation, enforces_iam, is_open, running_pid
from localaws.settings import Settings

NOT_RUNNING = "not running"
_ACCOUNTS = {
    "new": "a new customer's: Model Monitor, Clarify and Debugger are closed (SCONES_ACCOUNT=existing opens them)",
    "existing": "an existing customer's: Model Monitor, Clarify and Debugger are open (SCONES_ACCOUNT=existing)",
}
_CREDENTIALS = {
    False: "what this installation has issued, such as `env`'s, and its own access key",
    True: "any (SCONES_OPEN=true): every user of this machine may call it, and run code as you",
}


def list_facts(settings: Settings) -> dict[str, str]:
    """A word or sentence for each subject; of one that does not run, few, with what answers instead."""
    pid = running_pid(settings)
    if pid is None:
        elsewhere = describe_elsewhere(settings)
        found = {"local_aws": NOT_RUNNING, "endpoint": settings.endpoint}
        return found | ({"instead": elsewhere} if elsewhere else {})
    return {
        "local_aws": f"running as process {pid}",
        "endpoint": settings.endpoint,
        "state": str(settings.home),
        "iam": "enforced" if enforces_iam(settings) else "not enforced",
        "credentials": _CREDENTIALS[is_open(settings)],
        "isolation": describe_isolation(settings),
        "account": _ACCOUNTS[account(settings)],
        "requests": "each member is honoured, kept or refused: see docs/local-aws.md",
    }

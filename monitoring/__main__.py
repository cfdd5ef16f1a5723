"""`python3 -m monitoring`: make a baseline, or hold a window's captures against it, as the environment says."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from monitoring import baseline, watch
from monitoring.contract import Contract
from monitoring.refusal import Refusal


def main() -> int:
    """Do the work; answers 0, or 1 with the reason in the message."""
    contract = None
    try:
        contract = Contract.from_environment(dict(os.environ))
        message = baseline.make(contract) if contract.start is None else watch.watch(contract, _s3)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        if contract:
            contract.say(str(refusal))
        return 1
    contract.say(message)
    sys.stdout.write(f"{message}\n")
    return 0


def _s3() -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
    """A client, made only where ground truth is to be read: boto3 takes half a second to import."""
    return import_module("boto3").client("s3")


if __name__ == "__main__":
    sys.exit(main())

"""What the SDK 3 writes of all that the project builds and of its own classes, by one start of its environment.

`python -m tests.contract.written_by_sdk3` prints it as JSON, with the names of the SDK that the project imports. No
socket may be opened; that the project's own definitions ask for none is checked.
"""

from __future__ import annotations

import functools
import gc
import json
import socket
import sys
from typing import NoReturn

import botocore.session

from tests.contract import definitions

_attempts: list[object] = []


def _refuse(*address: object, **_: object) -> NoReturn:
    _attempts.append(address)
    raise OSError("no network here")


if __name__ == "__main__":
    gc.disable()  # nothing that is imported is garbage
    said = sys.stdout
    sys.stdout = sys.stderr  # the SDK says much when it is imported and used
    socket.socket.connect = socket.create_connection = socket.getaddrinfo = _refuse  # type: ignore[method-assign,assignment]
    # The SDK makes sessions of its own, and each would read AWS's descriptions.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    built = definitions.build()
    if _attempts:
        sys.exit(f"the network was tried: {_attempts}")
    # Imported now: these ask for credentials, which nobody has.
    from pipelines.sdk import version3
    from tests.contract.sdk_forms import sdk3

    written = {"definitions": built, "names": version3.__all__, "forms": sdk3.write_all()}
    json.dump(written, said)

"""The ``serve`` command of the container: the model's server on 127.0.0.1, until SIGTERM.

The port is ``SAGEMAKER_BIND_TO_PORT`` (default 8080) and the model lies in ``OPT_ML``'s ``model`` directory.
"""

import asyncio
import os
import signal

from common.artifact.session import Session
from localaws import loops
from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import read_artifact
from localaws.algorithms.image_classification.batching import Batcher
from localaws.algorithms.image_classification.http import AccessLog, Connection, Service
from localaws.algorithms.image_classification.log import log, log_error
from localaws.inference_toolkit.web import HOST

_WAITING = 128


def main() -> int:
    """Serve until SIGTERM. Returns 0, or 1 when there is no model that can be served."""
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    try:
        model = read_artifact(Container.from_environment().model)
    except ClientError as error:
        log_error(f"Customer Error: {error}")
        return 1
    loops.run(_serve(port, Session(model), model.input_shape))
    return 0


async def _serve(port: int, session: Session, image_shape: tuple[int, int, int]) -> None:
    """Listen once the session is there, so that a ping means ready."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    access = AccessLog(loop)
    service = Service(image_shape, Batcher(session, loop), loop, access)
    server = await loop.create_server(lambda: Connection(service), HOST, port, backlog=_WAITING)
    log(f"Model server is ready on http://{HOST}:{server.sockets[0].getsockname()[1]}")
    await ended.wait()
    server.close()
    access.flush()

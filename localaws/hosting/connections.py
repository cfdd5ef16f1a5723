"""Warm connections to one model server."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass

from localaws.jobs.model_server import ANSWER_SECONDS
from localaws.settings import HOST


class ServerGone(Exception):
    """No connection to the server, or it ended before it answered: another server may be asked."""


@dataclass(frozen=True)
class Reply:
    """What a model's server answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections:
    """Keeps the connections that are not in use, so that a request need not open one. Safe for all threads."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[http.client.HTTPConnection] = []

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Ask the server; raises TimeoutError after AWS's 60 s, ServerGone where there is nobody to ask."""
        while self._idle:
            try:
                return self._exchange(self._idle.pop(), path, body, headers)
            except (IndexError, ServerGone):
                # The server closes connections that were idle for long; a new one tells whether it is there.
                continue
        connection = http.client.HTTPConnection(HOST, self._port, timeout=ANSWER_SECONDS)
        return self._exchange(connection, path, body, headers)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        try:
            connection.request("POST", path, body=body, headers=dict(headers))
            response = connection.getresponse()
            content = response.read()
        except TimeoutError:
            connection.close()
            raise
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ServerGone(str(error)) from error
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

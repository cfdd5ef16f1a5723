"""What output_fn returns where it sets a content type."""

from __future__ import annotations

from collections.abc import Mapping


class Response:
    """An answer, with the arguments and the three members of flask's that the model server reads."""

    def __init__(
        self,
        response: str | bytes | None = None,
        accept: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        mimetype: str | None = None,
        direct_passthrough: bool = False,
    ) -> None:
        del headers, direct_passthrough
        self._body = response.encode() if isinstance(response, str) else (response or b"")
        self.content_type = mimetype or accept or "application/json"
        self.mimetype = self.content_type
        self.status_code = int(status)

    def get_data(self) -> bytes:
        """The body."""
        return self._body

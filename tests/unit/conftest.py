"""What holds for every unit test: moto makes once what is the same for each request or test."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest
from moto.core import base_backend, models, responses


@pytest.fixture(scope="session", autouse=True)
def answers() -> Iterator[None]:
    """A sixth of a test on moto's answers went into its tables of addresses and methods."""
    urls = base_backend.BaseBackend.urls.fget
    made: dict[type, Any] = {}

    def once(backend: Any) -> Any:
        if type(backend) not in made:
            made[type(backend)] = urls(backend)
        return made[type(backend)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base_backend.BaseBackend, "urls", property(once))
        patch.setattr(responses, "method_names_from_class", functools.cache(responses.method_names_from_class))
        patch.setattr(models, "RESPONSES_METHODS", [])  # those of the library requests, which nothing tested uses
        yield

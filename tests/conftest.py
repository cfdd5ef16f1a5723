"""Every session of boto3 reads AWS's descriptions of its services anew; here a process reads each of them once."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from botocore.loaders import JSONFileLoader


@pytest.fixture(scope="session", autouse=True)
def descriptions() -> Iterator[None]:
    """A fifth of the unit tests' time was spent on parsing the same few files, some megabytes each."""
    loader = JSONFileLoader()
    with pytest.MonkeyPatch.context() as patch:
        read = functools.cache(loader.load_file)  # bound, so this is botocore's own
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        yield

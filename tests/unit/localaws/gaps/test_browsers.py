"""Who may talk to the local AWS: programs on this machine, and no web page."""

import pytest

from localaws.gaps.browsers import refusal


def _request(**headers: str) -> dict[str, object]:
    return {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:4566", "bucket.localhost:4566", "localhost"])
def test_programs_on_this_machine_may_pass(host: str) -> None:
    assert refusal(_request(host=host)) is None


def test_a_page_of_this_machine_may_pass() -> None:
    assert refusal(_request(host="127.0.0.1:4566", origin="http://localhost:8080")) is None


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://localhost.example.org"])
def test_a_web_page_s_script_is_refused(origin: str) -> None:
    assert "refused" in str(refusal(_request(host="127.0.0.1:4566", origin=origin)))


@pytest.mark.parametrize("host", ["example.org:4566", "localhost.example.org", "notlocalhost"])
def test_a_name_that_only_resolves_to_this_machine_is_refused(host: str) -> None:
    assert "127.0.0.1" in str(refusal(_request(host=host)))

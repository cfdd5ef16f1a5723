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


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://localhost.example.org", "http://["])
def test_a_web_page_s_script_is_refused(origin: str) -> None:
    assert "refused" in str(refusal(_request(host="127.0.0.1:4566", origin=origin)))


@pytest.mark.parametrize(
    "host", ["example.org:4566", "localhost.example.org", "notlocalhost", "", "[", "127.0.0.1@example.org"]
)
def test_a_name_that_only_resolves_to_this_machine_is_refused(host: str) -> None:
    assert "127.0.0.1" in str(refusal(_request(host=host)))


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"referer": "https://example.org/"}, {"referer": "about:blank"}]
)
def test_a_picture_s_address_in_a_web_page_is_refused_though_it_has_no_origin(headers: dict[str, str]) -> None:
    named = [(b"host", b"127.0.0.1:4566"), *((name.encode(), value.encode()) for name, value in headers.items())]
    assert "refused" in str(refusal({"headers": named}))


@pytest.mark.parametrize("site", ["none", "same-origin", "same-site"])
def test_an_address_that_a_person_opens_may_pass(site: str) -> None:
    headers = [(b"host", b"127.0.0.1:4566"), (b"sec-fetch-site", site.encode())]
    assert refusal({"headers": headers, "query_string": b"X-Amz-Signature=0"}) is None


@pytest.mark.parametrize("query", [b"Action=CreateStack&StackName=x", b"a=b&Action=CreateUser", b"x=1&%41ction=y"])
def test_an_action_in_the_address_needs_a_signed_header(query: bytes) -> None:
    headers = [(b"host", b"127.0.0.1:4566")]
    assert "Authorization" in str(refusal({"headers": headers, "query_string": query}))
    assert refusal({"headers": [*headers, (b"authorization", b"AWS4-HMAC-SHA256")], "query_string": query}) is None

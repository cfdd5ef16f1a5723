"""Who may talk to the local AWS: programs on this machine, and no web page."""

import pytest

from localaws.browsers import refusal

OPENED = {
    "host": "127.0.0.1:4566",
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
}


def _request(**headers: str) -> dict[str, object]:
    return {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:4566", "bucket.localhost:4566", "localhost"])
def test_programs_on_this_machine_may_pass(host: str) -> None:
    assert refusal(_request(host=host)) is None


@pytest.mark.parametrize(
    "origin",
    [
        *("https://example.org", "null", "http://localhost.example.org", "http://["),
        *("http://127.0.0.1:4566", "http://localhost:8080", "http://bucket.localhost:4566"),
    ],
)
def test_a_web_page_s_script_is_refused_whatever_its_origin(origin: str) -> None:
    assert "refused" in str(refusal(_request(host="127.0.0.1:4566", origin=origin)))


@pytest.mark.parametrize(
    "host", ["example.org:4566", "localhost.example.org", "notlocalhost", "", "[", "127.0.0.1@example.org"]
)
def test_a_name_that_only_resolves_to_this_machine_is_refused(host: str) -> None:
    assert "127.0.0.1" in str(refusal(_request(host=host)))


@pytest.mark.parametrize(
    "headers",
    [
        *({"sec-fetch-site": site} for site in ("cross-site", "same-site", "same-origin", "")),
        *({"sec-fetch-site": "none", "sec-fetch-mode": mode} for mode in ("cors", "no-cors", "websocket", "nested")),
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        *({"referer": page} for page in ("https://example.org/", "about:blank", "http://127.0.0.1:4566/bucket/page")),
    ],
)
def test_a_page_s_image_frame_or_link_is_refused_though_it_has_no_origin(headers: dict[str, str]) -> None:
    assert "refused" in str(refusal(_request(host="127.0.0.1:4566", **headers)))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_that_a_person_opens_may_pass(method: str) -> None:
    assert refusal({**_request(**OPENED), "method": method, "query_string": b"X-Amz-Signature=0"}) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_an_address_that_a_person_opens_changes_nothing(method: str) -> None:
    assert "refused" in str(refusal({**_request(**OPENED), "method": method}))


@pytest.mark.parametrize("query", [b"Action=CreateStack&StackName=x", b"a=b&Action=CreateUser", b"x=1&%41ction=y"])
def test_an_action_in_the_address_needs_a_signed_header(query: bytes) -> None:
    headers = [(b"host", b"127.0.0.1:4566")]
    assert "Authorization" in str(refusal({"headers": headers, "query_string": query}))
    assert refusal({"headers": [*headers, (b"authorization", b"AWS4-HMAC-SHA256")], "query_string": query}) is None

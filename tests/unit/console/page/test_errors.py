"""Times, sizes and errors as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from console.formats import ago, shorten, size, took
from console.page.errors import format_error

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (7_300, "2 h ago"),
        (86_400, "1 day ago"),
        (200_000, "2 days ago"),
    ],
)
def test_how_long_ago_is_reported_in_the_largest_unit(seconds: float, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW.timestamp()) == words


def test_a_clock_that_is_ahead_tells_no_negative_time() -> None:
    assert ago(NOW + timedelta(seconds=5), NOW.timestamp()) == "0 s ago"


def test_what_goes_on_took_until_now() -> None:
    assert took(NOW - timedelta(seconds=75), None, NOW.timestamp()) == "1 min 15 s"
    assert took(None, None) == ""


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (2_000_000, "2.0 MB"), (5e15, "5000.0 TB")]
)
def test_sizes_have_a_unit(count: float, words: str) -> None:
    assert size(int(count)) == words


def test_long_text_is_cut_to_its_length() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ThrottlingException", "AWS asks for fewer calls (DescribeThing was throttled)"),
        ("AccessDeniedException", "Your credentials may not call DescribeThing"),
        ("ExpiredToken", "the credentials have expired"),
        ("ValidationException", "AWS refused DescribeThing: ValidationException: no"),
    ],
)
def test_what_aws_refuses_is_reported_with_what_to_do(code: str, words: str) -> None:
    assert words in format_error(ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeThing"))


def test_silence_and_our_own_defects_are_reported_as_well() -> None:
    assert "does not answer" in format_error(ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"))
    assert format_error(KeyError("Steps")) == "The page failed at this: KeyError: 'Steps'"

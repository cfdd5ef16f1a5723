"""Tokens of an identity provider: which are taken, and how STS names what is wrong with the others."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from localaws.errors import AwsError
from localaws.iam.tokens import verify
from tests.issuer import HOST, Issuer

AUDIENCES = ["sts.amazonaws.com"]


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def issuers(issuer: Issuer, tmp_path: Path) -> Path:
    issuer.publish(tmp_path)
    return tmp_path


def refusal(token: str, issuers: Path, known: tuple[str, ...] = (HOST,)) -> tuple[str, str]:
    with pytest.raises(AwsError) as refused:
        verify(token, issuers, known, AUDIENCES)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize("audience", ["sts.amazonaws.com", ["other", "sts.amazonaws.com"]])
def test_a_signed_token_in_its_time_for_the_providers_audience_is_taken(
    issuer: Issuer, issuers: Path, audience: object
) -> None:
    claims = verify(issuer.token(sub="repo:bakery/scones", aud=audience), issuers, [HOST], AUDIENCES)
    assert claims["sub"] == "repo:bakery/scones"


def test_a_token_of_another_key_or_with_changed_claims_is_refused(issuer: Issuer, issuers: Path) -> None:
    said = ("InvalidIdentityToken", "The ID Token signature is not that of its issuer")
    assert refusal(Issuer().token(), issuers) == said
    head, _, signature = issuer.token().split(".")
    assert refusal(f"{head}.{issuer.token(sub='other').split('.')[1]}.{signature}", issuers) == said
    assert refusal(f"{issuer.token().rpartition('.')[0]}.", issuers) == said


def test_a_token_whose_time_is_over_is_refused_with_both_times(issuer: Issuer, issuers: Path) -> None:
    code, said = refusal(issuer.token(exp=1), issuers)
    assert code == "ExpiredTokenException"
    assert said.startswith(f"Token expired: current date/time {int(time.time())}"[:-3])
    assert said.endswith("must be before the expiration date/time 1")
    assert refusal(issuer.token(exp="never"), issuers)[0] == "ExpiredTokenException"


@pytest.mark.parametrize("audience", ["sigstore", [], None])
def test_a_token_for_somebody_else_is_refused(issuer: Issuer, issuers: Path, audience: object) -> None:
    assert refusal(issuer.token(aud=audience), issuers) == ("InvalidIdentityToken", "Incorrect token audience")


def test_an_issuer_that_the_account_has_no_provider_for_is_named(issuer: Issuer, issuers: Path) -> None:
    said = f"No OpenIDConnect provider found in your account for https://{HOST}"
    assert refusal(issuer.token(), issuers, ()) == ("InvalidIdentityToken", said)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "2"}])
def test_a_token_whose_key_is_not_there_or_not_an_rsa_key_is_refused(
    issuer: Issuer, issuers: Path, header: dict[str, str]
) -> None:
    code, said = refusal(issuer.token(header=header), issuers)
    assert (code, said.partition(",")[0]) == (
        "InvalidIdentityToken",
        "Couldn't retrieve verification key from your identity provider",
    )


def test_an_issuers_host_leads_to_no_other_file(issuers: Path) -> None:
    stranger = Issuer(host="../issuers")
    assert "verification key" in refusal(stranger.token(), issuers, ("../issuers",))[1]


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "e30.e30.!", "W10.W10.", "x" * 20_001])
def test_what_is_no_token_is_refused(issuers: Path, token: str) -> None:
    assert "is not a valid JWT" in refusal(token, issuers)[1]

"""JSON Web Tokens of identity providers: their claims, once the signature is the issuer's and the time is right.

A provider's keys are fetched from its address on AWS. Nothing is fetched here: `SCONES_HOME/issuers/<host>.json` holds
the JSON Web Key Set of an issuer that this machine trusts, such as one of a test.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from localaws.errors import AwsError

Claims = dict[str, Any]

_HOST = re.compile(r"[a-z0-9.-]+")
# RFC 8017, 9.2: what PKCS #1 v1.5 puts before a SHA-256 digest.
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
_LEAST_BITS = 2048
_LARGEST = 20_000  # characters, as STS takes


def verify(token: str, issuers: Path, known: Collection[str], audiences: Collection[str]) -> Claims:
    """The claims of a token; raises STS's errors.

    `known` has the hosts of the account's providers, `audiences` the client ids of the token's one.
    """
    claims, header, signed, signature = _parts(token)
    issuer = str(claims.get("iss", ""))
    host = issuer.removeprefix("https://").rstrip("/")
    if host not in known:
        raise _invalid(f"No OpenIDConnect provider found in your account for {issuer}")
    if not _is_signed(signed, signature, _find_key(issuers, host, header)):
        raise _invalid("The ID Token signature is not that of its issuer")
    expires, now = claims.get("exp"), int(time.time())
    if not isinstance(expires, int) or expires <= now:
        raise AwsError(
            "ExpiredTokenException",
            f"Token expired: current date/time {now} must be before the expiration date/time {expires}",
        )
    given = claims.get("aud")
    if not set(given if isinstance(given, list) else [given]) & set(audiences):
        raise _invalid("Incorrect token audience")
    return claims


def issuer_host(token: str) -> str:
    """The host of the issuer that a token names, whether it is true or not."""
    return str(_parts(token)[0].get("iss", "")).removeprefix("https://").rstrip("/")


def _parts(token: str) -> tuple[Claims, Claims, bytes, bytes]:
    """Claims, header, the signed bytes and the signature."""
    try:
        if len(token) > _LARGEST:
            raise ValueError(len(token))
        head, body, signature = token.split(".")
        header, claims = (json.loads(_decode(part)) for part in (head, body))
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise TypeError(header)
        return claims, header, f"{head}.{body}".encode("ascii"), _decode(signature)
    except (ValueError, TypeError, RecursionError) as error:
        raise _invalid(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        ) from error


def _find_key(issuers: Path, host: str, header: Claims) -> tuple[int, int]:
    """Modulus and exponent of the issuer's key that a header names."""
    try:
        if not _HOST.fullmatch(host) or header.get("alg") != "RS256":
            raise KeyError(host)
        keys = json.loads((issuers / f"{host}.json").read_text(encoding="utf-8"))["keys"]
        key = next(key for key in keys if key["kid"] == header.get("kid") and key["kty"] == "RSA")
        return int.from_bytes(_decode(key["n"])), int.from_bytes(_decode(key["e"]))
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise _invalid(
            "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity"
            " documentation for requirements"
        ) from error


def _is_signed(signed: bytes, signature: bytes, key: tuple[int, int]) -> bool:
    """Whether a signature is that of RSASSA-PKCS1-v1_5 with SHA-256 under a key (RFC 8017, 8.2.2)."""
    modulus, exponent = key
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if modulus.bit_length() < _LEAST_BITS or len(signature) != size or number >= modulus:
        return False
    tail = _SHA256 + hashlib.sha256(signed).digest()
    wanted = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
    return hmac.compare_digest(pow(number, exponent, modulus).to_bytes(size), wanted)


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _invalid(sentence: str) -> AwsError:
    return AwsError("InvalidIdentityToken", sentence)

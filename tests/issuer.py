"""An identity provider of the tests: a key, its set as the local AWS reads it, and tokens that it signs."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HOST = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Issuer:
    """One issuer, GitHub's by name."""

    host: str = HOST
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def publish(self, issuers: Path) -> None:
        """Let the local AWS know the key."""
        numbers = self.key.public_key().public_numbers()
        key = {"kid": "1", "kty": "RSA", "n": _encode(numbers.n.to_bytes(256)), "e": _encode(numbers.e.to_bytes(3))}
        issuers.mkdir(parents=True, exist_ok=True)
        (issuers / f"{self.host}.json").write_text(json.dumps({"keys": [key]}), encoding="utf-8")

    def token(self, **claims: Any) -> str:
        """A token for `sts.amazonaws.com` that is good for five minutes, with other claims in their place."""
        header = {"alg": "RS256", "kid": "1", **claims.pop("header", {})}
        body = {"iss": f"https://{self.host}", "aud": "sts.amazonaws.com", "exp": int(time.time()) + 300, **claims}
        signed = ".".join(_encode(json.dumps(part).encode()) for part in (header, body))
        return f"{signed}.{_encode(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

"""The access key of an installation: who knows it is the account's root, and nobody else gets in.

It lies in a file of the home that its owner alone may read, in the form of AWS's shared credentials file. Whoever needs
it first makes it. No argument and no environment of a process that others can see ever holds the secret.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from __future__ import annotations

import configparser
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from localaws import home
from localaws.settings import Settings, SettingsError

_PROFILE = "default"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_KEY_LENGTH = 16
_SECRET_BYTES = 30  # 40 characters, as AWS's


@dataclass(frozen=True)
class Credentials:
    """Who calls: an access key, and the token of a role's session."""

    key: str
    secret: str
    token: str | None = None

    def __repr__(self) -> str:
        """Without what is secret: this may come into a log."""
        return f"Credentials({self.key!r})"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that SDKs read."""
        token = {"AWS_SESSION_TOKEN": self.token} if self.token else {}
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, **token}


def load(settings: Settings) -> Credentials | None:
    """The installation's key; None where it has none yet. Raises SettingsError for a file that is not to be trusted."""
    path = settings.key_file
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{path}, which holds the access key, cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or found.st_mode & home.OTHERS:
            raise SettingsError(
                f"{path} holds the access key and may be read by others (mode {stat.S_IMODE(found.st_mode):o}, user "
                f"{found.st_uid}); stop the local AWS and delete the file; its next start makes a new key."
            )
        return _read(path, file.read())


def ensure(settings: Settings) -> Credentials:
    """The installation's key; made, with the home, where there is none yet."""
    home.make(settings.home)
    found = load(settings)
    while found is None:
        _write(settings.key_file, _draw())
        found = load(settings)
    return found


def prove(credentials: Credentials, port: int, nonce: str) -> str:
    """What only who knows the key can answer to a nonce; the port is in it, so that no other server's answer does."""
    message = f"scones: the local AWS on port {port} answers {nonce}"
    return hmac.digest(credentials.secret.encode(), message.encode(), "sha256").hex()


def _draw() -> Credentials:
    return Credentials(
        "AKIA" + "".join(secrets.choice(_LETTERS) for _ in range(_KEY_LENGTH)), secrets.token_urlsafe(_SECRET_BYTES)
    )


def _write(path: Path, credentials: Credentials) -> None:
    """Write a file that is whole once it has its name; another's that came first is left."""
    draft = home.draft(
        path, f"[{_PROFILE}]\naws_access_key_id = {credentials.key}\naws_secret_access_key = {credentials.secret}\n"
    )
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(path: Path, text: str) -> Credentials:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        profile = parser[_PROFILE]
        return Credentials(profile["aws_access_key_id"], profile["aws_secret_access_key"])
    except (configparser.Error, KeyError) as error:
        raise SettingsError(
            f"{path} should hold the access key of the local AWS and does not; stop the local AWS and delete the "
            "file; its next start makes a new key."
        ) from error

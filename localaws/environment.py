"""What the local AWS keeps of the environment that it is started in, for itself and so for all that it starts.

MiniStack gives a function its own process's whole environment, and every program of the same user may read another's in
/proc/<pid>/environ. So the process is started with named variables only: no token of the laptop is there to be found.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from common.masking import mask_value
from localaws.redirect import with_redirect

SAFE = ("-P",)
"""For `python -m`: the working directory is the user's, and may have folders of our packages' names."""
PACKAGES = str(Path(__file__).parents[1])
"""Where a program that is started finds our packages: in a checkout or below an installation's one name."""
MACHINE = frozenset(
    {
        *("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "USER", "TMPDIR", "TZ"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    }
)
"""Who and where the machine is, and how it reaches others."""
_PROGRAMS = frozenset(
    {
        *("PATH", "LD_LIBRARY_PATH", "SHELL", "TERM", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
        *("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONHASHSEED"),
        *("OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LOG_LEVEL"),
        *("SCONES_PORT", "SCONES_HOME", "SCONES_ENFORCE_IAM", "SCONES_ACCOUNT", "SCONES_OPEN", "SCONES_MAX_JOBS"),
        *("SCONES_ENGINE", "SCONES_ISOLATION", "SCONES_TRAINING_CORES"),
    }
)
_PREFIXES = ("PIP_",)  # where packages come from is the machine's business
# These are known by their names, and a path may look like a secret by chance.
_CHECKED = ("PIP_", "HTTP_", "HTTPS_", "NO_PROXY")


def with_packages(given: Mapping[str, str]) -> dict[str, str]:
    """An environment in which Python finds our packages first, and functions that inherit it the local AWS."""
    others = [given["PYTHONPATH"]] if given.get("PYTHONPATH") else []
    return {**given, "PYTHONPATH": with_redirect(os.pathsep.join([PACKAGES, *others]))}


def kept(given: Mapping[str, str]) -> dict[str, str]:
    """The variables that the local AWS itself may have; a proxy or an index with a password is left out."""
    return _without_secrets({name: value for name, value in given.items() if name in _PROGRAMS or _is_machine(name)})


def kept_for_builds(given: Mapping[str, str]) -> dict[str, str]:
    """Those of them that a build may have, which brings programs of its own."""
    return _without_secrets({name: value for name, value in given.items() if _is_machine(name)})


def forget_the_rest() -> None:
    """Take everything else out of this process's environment, for what it starts from now on."""
    for name in set(os.environ) - set(kept(os.environ)):
        del os.environ[name]


def _is_machine(name: str) -> bool:
    return name in MACHINE or name.startswith(_PREFIXES)


def _without_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in variables.items()
        if not name.upper().startswith(_CHECKED) or mask_value(name, value) == value
    }

"""From a checkout to an image that may be used: built, scanned, and only then named."""

from collections.abc import Callable
from pathlib import Path

from seedcode.image import docker
from seedcode.image.content import CHECKOUT, tag
from seedcode.image.errors import ImageError
from seedcode.image.registry import Registry

REFUSED = "CRITICAL"


def publish(registry: Registry, user: int, say: Callable[[str], None], root: Path = CHECKOUT) -> str:
    """Return the image's URI, having built and pushed it unless it was there.

    ECR scans what is pushed, so the image arrives under a tag that nobody uses, and gets its own when the scan is in.
    Raises ImageError for a critical finding; such an image is removed again.
    """
    name = tag(user, root)
    uri = f"{registry.uri}:{name}"
    if registry.has(name):
        say(f"{uri} is there already.")
        return uri
    if not docker.has_engine():
        raise ImageError(
            "No Docker engine answers, so the image cannot be built; build where there is one, or set "
            "SCONES_NO_IMAGE=true to go on without an image of this commit."
        )
    candidate = f"scan-{name}"
    registry.remove(candidate)  # of a build that was interrupted
    docker.log_in(registry.host, registry.password())
    docker.build(f"{registry.uri}:{candidate}", user, root)
    docker.push(f"{registry.uri}:{candidate}")
    try:
        _judge(registry.wait_for_findings(candidate), say)
        registry.name_image(candidate, name)
    finally:
        registry.remove(candidate)
    return uri


def _judge(findings: dict[str, int], say: Callable[[str], None]) -> None:
    say(
        "The scan found "
        + (", ".join(f"{count} {name}" for name, count in sorted(findings.items())) or "nothing")
        + "."
    )
    if findings.get(REFUSED):
        raise ImageError(
            f"The scan found {findings[REFUSED]} critical weaknesses, so the image is not used; take a newer base "
            "image in seedcode/Dockerfile, or newer packages with `make lock`."
        )

"""From a checkout to an image that may be used: built, scanned, and only then named."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from seedcode.errors import ImageError
from seedcode.image import docker
from seedcode.image.content import CHECKOUT, check_base, tag
from seedcode.image.environment import MANIFEST_TYPE, describe_environment
from seedcode.image.findings import REFUSED, Accepted, Finding, check_findings, load_accepted, settle_fixes
from seedcode.image.registry import Registry


def publish(registry: Registry, user: int, say: Callable[[str], None], root: Path = CHECKOUT) -> str:
    """Return the image's URI, having built and pushed it unless it was there; a laptop's registry gets one unbuilt.

    The tag is the same for the same content on AWS and on a laptop. Raises ImageError where it cannot be built, for a
    base image that CodeBuild may not get, and for an accepted finding whose last day is over.
    """
    check_base(root)
    accepted = load_accepted(root, datetime.now(UTC).date())
    name = tag(user, root)
    uri = f"{registry.uri}:{name}"
    if registry.has(name):
        say(f"{uri} is there already.")
    elif registry.is_local:
        _describe(registry, name, root)
        say(f"{uri} describes this environment, which runs the containers of the local AWS.")
    else:
        _build(registry, name, user, accepted, say, root)
    return uri


def _describe(registry: Registry, name: str, root: Path) -> None:
    image = describe_environment(name, root)
    for blob in (image.config, image.layer):
        registry.upload(blob)
    registry.put(image.manifest, MANIFEST_TYPE, name)


def _build(
    registry: Registry,
    name: str,
    user: int,
    accepted: Mapping[str, Accepted],
    say: Callable[[str], None],
    root: Path,
) -> None:
    """Build and push an image, and name it when its scan is in.

    ECR scans what is pushed, so the image arrives under a tag that nobody uses. Raises ImageError for a critical
    finding that has a fix; such an image is removed again.
    """
    if not docker.has_engine():
        raise ImageError(
            "No Docker engine answers, so the image cannot be built; build where there is one, or set "
            "SCONES_NO_IMAGE=true to go on without an image of this commit."
        )
    candidate = f"scan-{name}"
    registry.remove(candidate)  # of a build that was interrupted
    uri = f"{registry.uri}:{candidate}"
    docker.log_in(registry.host, registry.password())
    docker.build(uri, user, root)
    docker.push(uri)
    try:
        findings = registry.wait_for_findings(candidate)
        say(f"The scan found {_count(findings)}.")
        critical = [finding for finding in findings if finding.severity == REFUSED]
        check_findings(settle_fixes(critical, partial(docker.list_upgradable, uri)), accepted, say)
        registry.name_image(candidate, name)
    finally:
        registry.remove(candidate)


def _count(findings: Sequence[Finding]) -> str:
    counts = sorted(Counter(finding.severity for finding in findings).items())
    return ", ".join(f"{count} {name}" for name, count in counts) or "nothing"

"""Whether an image may be used: a critical finding that has a fix stops it, unless it is accepted for a while.

What has no fix stops nothing: Debian's slim images have such findings for months, and no build could remove them.
"""

from collections.abc import Callable, Iterable, Mapping

from seedcode.image.accepted import FILE, Accepted
from seedcode.image.errors import ImageError
from seedcode.image.findings import Finding

REFUSED = "CRITICAL"


def check_findings(findings: Iterable[Finding], accepted: Mapping[str, Accepted], say: Callable[[str], None]) -> None:
    """Say of each of the critical findings what becomes of it; raise ImageError for those that stop the image."""
    stopping = []
    for finding in sorted(findings, key=lambda each: (each.name, each.packages)):
        known = accepted.get(finding.name)
        if not finding.fix:
            say(f"{_name(finding)} has no fix, and stops nothing.")
        elif known:
            say(f"{_name(finding)} is accepted until {known.expires}: {known.reason}")
        else:
            stopping.append(f"{_name(finding)}, fixed by {finding.fix}")
    if stopping:
        raise ImageError(
            f"The image is not used, as the scan found what has a fix: {'; '.join(stopping)}. Take a newer base image "
            f"in seedcode/Dockerfile or newer packages with `make lock`, or accept it for a while in {FILE}."
        )


def _name(finding: Finding) -> str:
    return f"{finding.name} in {', '.join(finding.packages) or 'the image'}"

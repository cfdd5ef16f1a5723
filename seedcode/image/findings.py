"""What ECR's scan found in an image, and which of it a newer package would remove.

An enhanced scan says of each finding whether there is a fix. A basic one does not: it knows Debian's packages alone, so
whether Debian offers a newer one is asked in the image itself.
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from seedcode.errors import ImageError

FIXED = ("YES", "PARTIAL")  # `fixAvailable` of an enhanced finding; the other value is NO
NO_VERSION = ("", "NotAvailable")  # `fixedInVersion` of a package without a fix


@dataclass(frozen=True)
class Finding:
    """One weakness of an image: its CVE, how grave it is, and the packages that have it.

    `fix` is the version that removes it, empty where there is none, and None where the scan does not say.
    """

    name: str
    severity: str
    packages: tuple[str, ...]
    fix: str | None


def read_findings(pages: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Read the pages of DescribeImageScanFindings, of either kind of scan."""
    found = []
    for page in pages:
        listed = page.get("imageScanFindings", {})
        found += [_read_basic(each) for each in listed.get("findings", [])]
        found += [_read_enhanced(each) for each in listed.get("enhancedFindings", [])]
    return found


def settle_fixes(findings: Iterable[Finding], list_upgradable: Callable[[], Set[str]]) -> list[Finding]:
    """Say of each finding whether it has a fix; `list_upgradable` names the source packages that Debian has newer."""
    findings = list(findings)
    newer = list_upgradable() if any(each.fix is None for each in findings) else frozenset()
    return [_settle(each, newer) if each.fix is None else each for each in findings]


def _settle(finding: Finding, newer: Set[str]) -> Finding:
    fix = "a newer Debian package" if newer & set(finding.packages) else ""
    return Finding(finding.name, finding.severity, finding.packages, fix)


def _read_basic(given: Mapping[str, Any]) -> Finding:
    attributes = {entry["key"]: entry.get("value", "") for entry in given.get("attributes", [])}
    return Finding(given["name"], given["severity"], (attributes.get("package_name", "unknown"),), None)


def _read_enhanced(given: Mapping[str, Any]) -> Finding:
    details = given.get("packageVulnerabilityDetails", {})
    packages = details.get("vulnerablePackages", [])
    versions = [each["fixedInVersion"] for each in packages if each.get("fixedInVersion", "") not in NO_VERSION]
    fix = ", ".join(versions) or ("a newer package" if given.get("fixAvailable") in FIXED else "")
    name = details.get("vulnerabilityId") or given.get("title", "unknown")
    return Finding(name, given.get("severity", "UNDEFINED"), tuple(each["name"] for each in packages), fix)


FILE = Path("seedcode/accepted-findings.yml")
_MEMBERS = {"cve", "reason", "expires"}


@dataclass(frozen=True)
class Accepted:
    """A finding that does not stop an image until the end of a day."""

    cve: str
    reason: str
    expires: date


def load_accepted(root: Path, today: date) -> dict[str, Accepted]:
    """Read the list by CVE; raise ImageError for an entry that is not whole, and for one whose last day is over."""
    try:
        listed = yaml.safe_load((root / FILE).read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise ImageError(f"{FILE} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(listed, list):
        raise ImageError(f"{FILE} is a {type(listed).__name__}; it must be a list of entries with {_members()}.")
    entries = [_read(entry) for entry in listed]
    for entry in entries:
        if entry.expires < today:
            raise ImageError(
                f"{FILE} accepts {entry.cve} until {entry.expires}, which is over; see whether it can be fixed by now, "
                "then remove the entry or give it another day."
            )
    return {entry.cve: entry for entry in entries}


def _read(entry: object) -> Accepted:
    if not isinstance(entry, Mapping) or set(entry) != _MEMBERS:
        raise ImageError(f"{FILE} has the entry {entry!r}; each has {_members()}, and nothing else.")
    return Accepted(_text(entry, "cve"), _text(entry, "reason"), _day(entry))


def _text(entry: Mapping[str, Any], member: str) -> str:
    value = entry[member]
    if not isinstance(value, str) or not value.strip():
        raise ImageError(f"{FILE} has the entry {dict(entry)!r}; its {member} must be a text.")
    return value.strip()


def _day(entry: Mapping[str, Any]) -> date:
    # YAML reads 2027-01-31 as a day, and a day with a time as a moment, which is a day as well to Python.
    value = entry["expires"]
    if type(value) is not date:
        raise ImageError(f"{FILE} accepts {entry['cve']} until {value!r}; write a day such as 2027-01-31.")
    return value


def _members() -> str:
    return "cve, reason and expires"


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

"""What ECR's scan found in an image, and which of it a newer package would remove.

An enhanced scan says of each finding whether there is a fix. A basic one does not: it knows Debian's packages alone, so
whether Debian offers a newer one is asked in the image itself.
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

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

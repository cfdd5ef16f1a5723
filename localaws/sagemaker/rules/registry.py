"""Joins of CreateModelPackage's members: what versions of a group have, and packages with a name of their own."""

from __future__ import annotations

from localaws.refusals import rule
from localaws.shapes import Document


def _versioned(request: Document) -> bool:
    return "ModelPackageGroupName" in request


@rule(
    "Approval is for versions, the marketplace for the others",
    "botocore: CreateModelPackageInput.ModelApprovalStatus, CertifyForMarketplace",
    likely=True,
)
def _for_packages_of_one_kind(request: Document) -> str | None:
    if _versioned(request) and request.get("CertifyForMarketplace"):
        return "CertifyForMarketplace does not apply to versioned model packages."
    if not _versioned(request) and "ModelApprovalStatus" in request:
        return "ModelApprovalStatus does not apply to unversioned model packages."
    return None


@rule(
    "Packages without a group name the instances that they support",
    "botocore: InferenceSpecification.SupportedTransformInstanceTypes",
    likely=True,
)
def _types_for_unversioned(request: Document) -> str | None:
    if _versioned(request) or "InferenceSpecification" not in request:
        return None
    members = ("SupportedTransformInstanceTypes", "SupportedRealtimeInferenceInstanceTypes")
    missing = [member for member in members if not request["InferenceSpecification"].get(member)]
    return f"{' and '.join(missing)} must be specified for unversioned model packages." if missing else None


# A public script keeps AWS's answer in a comment beside the call that it refused.
@rule(
    "Packages without a group have no environment",
    "AWS's answer, quoted in public code that copies model packages between accounts",
)
def _environment_for_versions(request: Document) -> str | None:
    containers = request.get("InferenceSpecification", {}).get("Containers") or []
    if not _versioned(request) and any(item.get("Environment") for item in containers):
        return (
            "1 validation errors detected:Environment variable map cannot be specified when using non-versioned "
            "ModelPackages"
        )
    return None


@rule(
    "Additional specifications have names of their own",
    "botocore: AdditionalInferenceSpecificationDefinition.Name",
    likely=True,
)
def _named_once(request: Document) -> str | None:
    names = [item["Name"] for item in request.get("AdditionalInferenceSpecifications") or []]
    if len(set(names)) < len(names):
        return f"The names of AdditionalInferenceSpecifications must be unique; given were {', '.join(names)}."
    return None


RULES = (_for_packages_of_one_kind, _types_for_unversioned, _environment_for_versions, _named_once)

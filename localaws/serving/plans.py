"""What an endpoint serves, taken from its configuration and models when it is created or updated.

The plan is a copy: deleting a configuration or a model leaves a running endpoint as it is, and a restart finds all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from localaws.shapes import Document


@dataclass(frozen=True)
class VariantPlan:
    """One production variant: `count` instances, each with a server of every container, and its weight in the traffic.

    `direct` containers are asked by their host names, and others one after the other.
    """

    name: str
    containers: tuple[Document, ...]
    instance_type: str
    count: int
    weight: float
    startup_seconds: int
    role: str = ""
    direct: bool = False

    def describe(self) -> Document:
        """The variant as DescribeEndpoint has it (ProductionVariantSummary)."""
        images = [container["Image"] for container in self.containers]
        return {
            "VariantName": self.name,
            "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image} for image in images],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
            "CurrentInstanceCount": self.count,
            "DesiredInstanceCount": self.count,
        }


@dataclass(frozen=True)
class Plan:
    """All variants of an endpoint, and what it captures (a DataCaptureConfig; empty for nothing)."""

    config: str
    variants: tuple[VariantPlan, ...]
    capture: Document

    @classmethod
    def from_document(cls, document: Document) -> Plan:
        """The plan that `to_document` wrote."""
        variants = tuple(_read_variant(variant) for variant in document["variants"])
        return cls(document["config"], variants, document["capture"])

    def to_document(self) -> Document:
        """The plan as the store keeps it."""
        return asdict(self)

    def with_variant(self, name: str, count: int, weight: float) -> Plan:
        """The plan with another capacity of one variant."""
        variants = [
            replace(variant, count=count, weight=weight) if variant.name == name else variant
            for variant in self.variants
        ]
        return replace(self, variants=tuple(variants))

    @property
    def role(self) -> str:
        """The role that captures are written under: that of the first model."""
        return self.variants[0].role

    @property
    def capacity(self) -> int:
        """How many instances all variants have."""
        return sum(variant.count for variant in self.variants)

    def describe(self) -> Document:
        """What DescribeEndpoint answers of a plan that serves."""
        capture = self.capture
        summary = {
            "EnableCapture": capture.get("EnableCapture", False),
            "CaptureStatus": "Started" if capture.get("EnableCapture") else "Stopped",
            "CurrentSamplingPercentage": capture.get("InitialSamplingPercentage", 0),
            "DestinationS3Uri": capture.get("DestinationS3Uri", ""),
            "KmsKeyId": capture.get("KmsKeyId", ""),
        }
        return {
            "EndpointConfigName": self.config,
            "ProductionVariants": [variant.describe() for variant in self.variants],
            **({"DataCaptureConfig": summary} if capture else {}),
        }


def _read_variant(document: Document) -> VariantPlan:
    """A variant as the store has it; version 0.2.0 wrote the one container that there could be."""
    containers = document["containers"] if "containers" in document else [document["container"]]
    others = {name: value for name, value in document.items() if name not in ("container", "containers")}
    return VariantPlan(containers=tuple(containers), **others)

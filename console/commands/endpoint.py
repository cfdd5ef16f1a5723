"""`scones endpoint`: what serves, how traffic is shared, and what the alarms say."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import Any

from console.formats import moment
from console.output import say
from console.target import Target, choose


def add_arguments(parser: ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print the endpoint's state; exit with 1 where there is none."""
    from console import endpoint

    target = choose(options.target)
    found = endpoint.read(target)
    if found is None:
        say("{}" if options.json else "Nothing is deployed yet; approve a version with `scones approve VERSION`.")
        return 1
    facts = {
        "endpoint": endpoint.name(target),
        "status": found.status,
        "version": found.version,
        "configuration": found.described.get("EndpointConfigName"),
        "changed": moment(found.described["LastModifiedTime"]),
        "last_failure": found.reason,
        "variants": [_variant(variant) for variant in found.described.get("ProductionVariants", [])],
        "pending": [_variant(variant) for variant in _pending(found.described)],
        "alarms": _alarms(target, endpoint.name(target)),
    }
    _print(facts, as_json=options.json)
    return 0


def _variant(variant: dict[str, Any]) -> str:
    statuses = [status["Status"] for status in variant.get("VariantStatus", [])]
    words = f"{variant['VariantName']}: {variant.get('CurrentInstanceCount', 0)} instances"
    words += f" of {variant['DesiredInstanceCount']}" if "DesiredInstanceCount" in variant else ""
    words += f", weight {variant['CurrentWeight']:g}" if "CurrentWeight" in variant else ""
    return words + (f", {', '.join(statuses)}" if statuses else "")


def _pending(described: dict[str, Any]) -> list[dict[str, Any]]:
    variants: list[dict[str, Any]] = described.get("PendingDeploymentSummary", {}).get("ProductionVariants", [])
    return variants


def _alarms(target: Target, prefix: str) -> list[str]:
    alarms = target.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    return [f"{alarm['AlarmName']}: {alarm['StateValue']}" for alarm in alarms]


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        if value:
            label = name.replace("_", " ")
            lines = value if isinstance(value, list) else [value]
            for line in lines:
                say(f"{label:<14} {line}")
                label = ""

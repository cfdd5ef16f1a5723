"""UpdateEndpoint and UpdateEndpointWeightsAndCapacities: what is refused, and what the endpoint is to become."""

from __future__ import annotations

from dataclasses import replace

from localaws import errors
from localaws.autoscaling import targets
from localaws.aws import Aws
from localaws.hosting import alarms, deployment, scaling
from localaws.hosting.policy import policy
from localaws.operations import SAGEMAKER
from localaws.records import endpoints
from localaws.sagemaker import endpoint_configs
from localaws.sagemaker.endpoint_configs import ENDPOINT_CONFIG
from localaws.sagemaker.endpoints import ENDPOINT, build_plan, describe_endpoint
from localaws.sagemaker.rules import withdrawn
from localaws.serving.plans import Plan, VariantPlan
from localaws.shapes import Document


@SAGEMAKER.operation("UpdateEndpoint", on=(ENDPOINT_CONFIG, ENDPOINT), emits=endpoints.STATE_CHANGE)
def update_endpoint(aws: Aws, request: Document) -> Document:
    """Begin to replace what an endpoint serves, blue/green."""
    name = request["EndpointName"]
    document = _in_service(aws, name)
    configuration = endpoint_configs.describe_endpoint_config(aws, request)
    withdrawn.check_variants(aws, configuration)
    wanted = build_plan(aws, configuration)
    plan = _retained(request, Plan.from_document(document["Plan"]), wanted)
    _check_scaled(aws, name, Plan.from_document(document["Plan"]), plan)
    last: Document = document.get("LastDeploymentConfig", {}) if request.get("RetainDeploymentConfig") else {}
    config: Document = request.get("DeploymentConfig", last)
    alarms.check_exist(aws, policy(config, plan.capacity).alarms)
    with aws.store.transaction():
        # Another update may have begun while CloudWatch was asked.
        _in_service(aws, name)
        pending = {"plan": plan.to_document(), "deployment": config}
        endpoints.change(aws, name, "FailureReason", EndpointStatus="Updating", Pending=pending)
    aws.tasks.start(document["EndpointArn"], lambda stop: deployment.deploy(aws, name, stop))
    return {"EndpointArn": document["EndpointArn"]}


@SAGEMAKER.operation("UpdateEndpointWeightsAndCapacities", on=(ENDPOINT,), emits=endpoints.STATE_CHANGE)
def update_weights_and_capacities(aws: Aws, request: Document) -> Document:
    """Begin to change how many instances variants have, and their weights."""
    name = request["EndpointName"]
    with aws.store.transaction():
        document = _in_service(aws, name)
        current = plan = Plan.from_document(document["Plan"])
        for desired in request["DesiredWeightsAndCapacities"]:
            plan = _resized(plan, desired)
        variants = [
            {**now.describe(), "DesiredInstanceCount": then.count, "DesiredWeight": then.weight}
            for now, then in zip(current.variants, plan.variants, strict=True)
        ]
        endpoints.change(
            aws,
            name,
            EndpointStatus="Updating",
            ProductionVariants=variants,
            Pending={"plan": plan.to_document()},
        )
    aws.tasks.start(document["EndpointArn"], lambda stop: scaling.scale(aws, name, stop))
    return {"EndpointArn": document["EndpointArn"]}


def _in_service(aws: Aws, name: str) -> Document:
    document = describe_endpoint(aws, {"EndpointName": name})
    status = document["EndpointStatus"]
    if status == "InService":
        return document
    if status == "Failed":
        raise errors.validation(f'The endpoint "{document["EndpointArn"]}" is Failed; it can only be deleted.')
    raise errors.validation(f'Cannot update in-progress endpoint "{document["EndpointArn"]}".')


def _check_scaled(aws: Aws, name: str, current: Plan, wanted: Plan) -> None:
    """Refuse, in AWS's words, to take a variant or its instance type from under the autoscaling that knows it."""
    types = {variant.name: variant.instance_type for variant in wanted.variants}
    changed = [
        variant.name
        for variant in current.variants
        if types.get(variant.name) != variant.instance_type
        and aws.store.get(targets.KIND, targets.resource_id(name, variant.name))
    ]
    if changed:
        raise errors.validation(
            f'The variant(s) "[{", ".join(changed)}]" must be deregistered as scalable targets with AWS Auto Scaling '
            "before they can be removed or have their instance type updated."
        )


def _retained(request: Document, current: Plan, wanted: Plan) -> Plan:
    """The plan with the capacities and weights that the endpoint has now, where the request keeps them."""
    if not request.get("RetainAllVariantProperties"):
        return wanted
    excluded = {item["VariantPropertyType"] for item in request.get("ExcludeRetainedVariantProperties", [])}
    running = {variant.name: variant for variant in current.variants}

    def keep(variant: VariantPlan) -> VariantPlan:
        before = running.get(variant.name, variant)
        count = variant.count if "DesiredInstanceCount" in excluded else before.count
        weight = variant.weight if "DesiredWeight" in excluded else before.weight
        return replace(variant, count=count, weight=weight)

    return replace(wanted, variants=tuple(keep(variant) for variant in wanted.variants))


def _resized(plan: Plan, desired: Document) -> Plan:
    found = next((variant for variant in plan.variants if variant.name == desired["VariantName"]), None)
    if found is None:
        names = ", ".join(variant.name for variant in plan.variants)
        raise errors.validation(f"The endpoint has no variant {desired['VariantName']!r}; it has {names}.")
    count = desired.get("DesiredInstanceCount", found.count)
    if count < 1:
        raise errors.validation(f"The variant {found.name} needs at least 1 instance; {count} were asked.")
    return plan.with_variant(found.name, count, desired.get("DesiredWeight", found.weight))

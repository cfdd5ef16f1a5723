"""Endpoints: Create, Describe, List, Update and Delete. What serves behind them is in localaws.hosting."""

from __future__ import annotations

from dataclasses import replace

from localaws import errors, listing
from localaws.autoscaling import targets
from localaws.aws import Aws, now
from localaws.hosting import alarms, deployment, lifecycle
from localaws.hosting.policy import policy
from localaws.operations import SAGEMAKER, Named
from localaws.records import endpoints, models, tags
from localaws.refusals import members
from localaws.sagemaker import closed, endpoint_configs
from localaws.sagemaker.endpoint_configs import ENDPOINT_CONFIG
from localaws.serving.plans import Plan, VariantPlan
from localaws.shapes import Document, project_as

_ORDER = listing.Order({"Name": "EndpointName", "CreationTime": "CreationTime", "Status": "EndpointStatus"})
_STARTUP_SECONDS = 120
_SERVED = ("Image", "ModelDataUrl", "Environment", "ContainerHostname")
_DELETABLE = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
ENDPOINT = Named("EndpointName", "endpoint")
_DEPLOYMENT = "DeploymentConfig.BlueGreenUpdatePolicy DeploymentConfig.AutoRollbackConfiguration"


@SAGEMAKER.operation(
    "CreateEndpoint",
    on=(ENDPOINT_CONFIG, ENDPOINT),
    emits=endpoints.STATE_CHANGE,
    members=members(f"EndpointName EndpointConfigName {_DEPLOYMENT}", kept="Tags"),
)
def create_endpoint(aws: Aws, request: Document) -> Document:
    """Store the endpoint and start its instances."""
    name = request["EndpointName"]
    arn = aws.arn("endpoint", name.lower())
    config = endpoint_configs.describe_endpoint_config(aws, request)
    closed.check_variants(aws, config)
    plan = build_plan(aws, config)
    updated: Document = request.get("DeploymentConfig", {})
    alarms.check_exist(aws, policy(updated, plan.capacity).alarms)
    with aws.store.transaction():
        if endpoints.find(aws, name):
            raise errors.validation(f'Cannot create already existing endpoint "{arn}".')
        document = {
            "EndpointName": name,
            "EndpointArn": arn,
            "CreationTime": now(),
            "Plan": plan.to_document(),
            **plan.describe(),
            # What an update with RetainDeploymentConfig goes by, as long as there was no other.
            **({"LastDeploymentConfig": updated} if updated else {}),
        }
        aws.store.put(endpoints.KIND, name, document)
        tags.tag_new(aws, arn, request)
        endpoints.change(aws, name, EndpointStatus="Creating")
    aws.tasks.start(arn, lambda stop: lifecycle.bring_up(aws, name, stop))
    return {"EndpointArn": arn}


@SAGEMAKER.operation("DescribeEndpoint", on=(ENDPOINT,))
def describe_endpoint(aws: Aws, request: Document) -> Document:
    """The endpoint as it stands."""
    document = endpoints.find(aws, request["EndpointName"])
    if document is None:
        raise errors.validation(f'Could not find endpoint "{aws.arn("endpoint", request["EndpointName"].lower())}".')
    return document


@SAGEMAKER.operation("ListEndpoints")
def list_endpoints(aws: Aws, request: Document) -> Document:
    """Endpoints, newest first."""
    chosen, more = listing.page(
        request, aws.store.all(endpoints.KIND), _ORDER, "EndpointName", {"StatusEquals": "EndpointStatus"}
    )
    return {"Endpoints": [project_as("EndpointSummary", item) for item in chosen], **more}


@SAGEMAKER.operation("DeleteEndpoint", on=(ENDPOINT,), emits=endpoints.STATE_CHANGE)
def delete_endpoint(aws: Aws, request: Document) -> Document:
    """Stop an endpoint's instances and forget it; its configuration stays."""
    name = request["EndpointName"]
    with aws.store.transaction():
        document = describe_endpoint(aws, request)
        if document["EndpointStatus"] not in _DELETABLE:
            raise errors.validation(f'Cannot update in-progress endpoint "{document["EndpointArn"]}".')
        endpoints.change(aws, name, EndpointStatus="Deleting")
    aws.tasks.start(document["EndpointArn"], lambda _: lifecycle.tear_down(aws, name))
    return {}


def build_plan(aws: Aws, config: Document) -> Plan:
    """What an endpoint configuration names, looked up; raises AWS's error for a model that does not exist."""
    variants = tuple(_build_variant(aws, variant) for variant in config["ProductionVariants"])
    return Plan(config["EndpointConfigName"], variants, config.get("DataCaptureConfig", {}))


def _build_variant(aws: Aws, variant: Document) -> VariantPlan:
    model = models.get_model(aws, variant["ModelName"])
    containers = models.get_containers(aws, model)
    return VariantPlan(
        name=variant["VariantName"],
        containers=tuple({key: item[key] for key in _SERVED if key in item} for item in containers),
        instance_type=variant["InstanceType"],
        count=variant["InitialInstanceCount"],
        weight=variant.get("InitialVariantWeight", 1.0),
        startup_seconds=variant.get("ContainerStartupHealthCheckTimeoutInSeconds", _STARTUP_SECONDS),
        role=model.get("ExecutionRoleArn", ""),
        direct=models.is_direct(model),
    )


@SAGEMAKER.operation(
    "UpdateEndpoint",
    on=(ENDPOINT_CONFIG, ENDPOINT),
    emits=endpoints.STATE_CHANGE,
    members=members(
        """EndpointName EndpointConfigName RetainAllVariantProperties ExcludeRetainedVariantProperties
        RetainDeploymentConfig """
        + _DEPLOYMENT
    ),
)
def update_endpoint(aws: Aws, request: Document) -> Document:
    """Begin to replace what an endpoint serves, blue/green."""
    name = request["EndpointName"]
    document = _in_service(aws, name)
    configuration = endpoint_configs.describe_endpoint_config(aws, request)
    closed.check_variants(aws, configuration)
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


@SAGEMAKER.operation(
    "UpdateEndpointWeightsAndCapacities",
    on=(ENDPOINT,),
    emits=endpoints.STATE_CHANGE,
    members=members(
        """EndpointName DesiredWeightsAndCapacities.VariantName DesiredWeightsAndCapacities.DesiredWeight
        DesiredWeightsAndCapacities.DesiredInstanceCount"""
    ),
)
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
    aws.tasks.start(document["EndpointArn"], lambda stop: deployment.scale(aws, name, stop))
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

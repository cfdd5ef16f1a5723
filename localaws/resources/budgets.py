"""`AWS::Budgets::Budget`, kept by MiniStack's service of budgets."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources.properties import Made, Properties, as_request, given_name

TYPE = "AWS::Budgets::Budget"


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""
    account = {"AccountId": aws.settings.account}

    def create(logical_id: str, properties: Properties, _: str) -> Made:
        name = given_name(properties["Budget"], "BudgetName", logical_id)
        request = {**properties, **account, "Budget": {**properties["Budget"], "BudgetName": name}}
        _call(aws, "create_budget", as_request("CreateBudget", request, "budgets"))
        return name, {}

    def update(name: str, _: Properties, new: Properties, __: str) -> Made:
        request = {**account, "NewBudget": {**new["Budget"], "BudgetName": name}}
        _call(aws, "update_budget", as_request("UpdateBudget", request, "budgets"))
        return name, {}

    def delete(name: str, _: Properties) -> None:
        _call(aws, "delete_budget", {**account, "BudgetName": name}, absent="NotFoundException")

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=("NotificationsWithSubscribers",))


def _call(aws: Aws, method: str, request: dict[str, Any], absent: str = "") -> None:
    try:
        getattr(aws.clients.get("budgets"), method)(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != absent:
            raise ValueError(str(error)) from error

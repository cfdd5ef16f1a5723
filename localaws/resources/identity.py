"""`AWS::IAM::OIDCProvider`, kept by MiniStack's IAM."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources.properties import Made, Properties

TYPE = "AWS::IAM::OIDCProvider"


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""

    def create(_: str, properties: Properties, __: str) -> Made:
        arn = aws.clients.get("iam").create_open_id_connect_provider(
            Url=properties["Url"],
            ClientIDList=properties.get("ClientIdList") or [],
            ThumbprintList=properties.get("ThumbprintList") or [],
            Tags=properties.get("Tags") or [],
        )["OpenIDConnectProviderArn"]
        return arn, {"Arn": arn}

    def update(arn: str, _: Properties, new: Properties, stack: str) -> Made:
        # The ARN follows from the address, so that made anew it is the same provider with other clients.
        delete(arn, new)
        return create("", new, stack)

    def delete(arn: str, _: Properties) -> None:
        iam = aws.clients.get("iam")
        if arn in {item["Arn"] for item in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]}:
            iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=("Url",), tagged=True)

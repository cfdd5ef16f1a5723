"""One image: SerializeImage, ClassifyImage, FilterConfidence, AssignDelivery.

It ends in NearbyOrders or DistantOrders (status CLASSIFIED), in LowConfidence (NEEDS_REVIEW, no crash: the image lies
under review/), or fails: as PictureRefused or EndpointFailed with the function's sentence, else as InferenceFailed.
"""

from __future__ import annotations

from typing import Any

from stepfunctions.steps import Catch, Chain, Choice, ChoiceRule, Fail, Graph, Pass, Task

from workflow import placeholders
from workflow.additions import complete
from workflow.delivery import ASSIGNMENTS
from workflow.tasks import ENDPOINT_FAILURES, function_task

REFUSALS = ["BadPicture", "BadRequest", "NotFound"]
SECONDS = 300
_ANSWER = {
    "label.$": "$.label",
    "confidence.$": "$.confidence",
    "probabilities.$": "$.probabilities",
    "model_version.$": "$.model_version",
    "inference_id.$": "$.inference_id",
    "image_uri.$": "$.image_uri",
}


def build() -> dict[str, Any]:
    """The state machine's definition in Amazon States Language, with placeholders."""
    catch = _catchers()
    start = Chain([_serialize(catch), _classify(catch), _filter(catch), _is_confident()])
    graph = Graph(start, comment="An image's label, confidence and assignment", timeout_seconds=SECONDS)
    return complete(graph.to_dict())


def _serialize(catch: list[Catch]) -> Task:
    # The request stands by itself: nothing that a caller sends can pass for the live version's image size.
    payload = {"request.$": "$", "image_size": placeholders.IMAGE_SIZE}
    return function_task("SerializeImage", placeholders.SERIALIZE_FUNCTION, payload, 60, catch)


def _classify(catch: list[Catch]) -> Task:
    payload = {
        "inference_id.$": "$.inference_id",
        "image_uri.$": "$.image_uri",
        "serialized_uri.$": "$.serialized_uri",
        "endpoint_name": placeholders.ENDPOINT_NAME,
        "model_version": placeholders.MODEL_VERSION,
    }
    return function_task("ClassifyImage", placeholders.CLASSIFY_FUNCTION, payload, 90, catch)


def _filter(catch: list[Catch]) -> Task:
    payload = {**_ANSWER, "threshold": placeholders.CONFIDENCE_THRESHOLD}
    return function_task("FilterConfidence", placeholders.FILTER_FUNCTION, payload, 30, catch)


def _is_confident() -> Choice:
    choice = Choice("IsConfident", comment="Is the model sure enough to decide without a person?")
    choice.add_choice(ChoiceRule.BooleanEquals("$.passed", True), _assign_delivery())
    choice.default_choice(_low_confidence())
    return choice


def _assign_delivery() -> Choice:
    choice = Choice("AssignDelivery", comment="Who can ride how far")
    for label, assignment in ASSIGNMENTS.items():
        choice.add_choice(ChoiceRule.StringEquals("$.label", label), _assigned(assignment))
    choice.default_choice(
        Fail("UnknownLabel", error="UnknownLabel", cause="The model's label has no assignment: add it to the workflow.")
    )
    return choice


def _assigned(assignment: str) -> Pass:
    name = assignment.title().replace(" ", "")
    return Pass(
        name, parameters={"status": "CLASSIFIED", **_ANSWER, "threshold.$": "$.threshold", "assignment": assignment}
    )


def _low_confidence() -> Pass:
    return Pass(
        "LowConfidence",
        comment="A person decides about the copy under review/",
        parameters={
            "status": "NEEDS_REVIEW",
            **_ANSWER,
            "threshold.$": "$.threshold",
            "review_uri.$": "$.review_uri",
        },
    )


def _catchers() -> list[Catch]:
    refused = _explained("ExplainRefusal", Fail("PictureRefused", comment="The image is what is wrong"))
    failed = _explained("ExplainFailure", Fail("EndpointFailed", comment="The endpoint is, after all attempts"))
    unknown = Fail("InferenceFailed", comment="Step Functions or Lambda is, after all attempts")
    return [
        Catch(error_equals=REFUSALS, result_path="$.failure", next_step=refused),
        Catch(error_equals=[*ENDPOINT_FAILURES, "BadAnswer"], result_path="$.failure", next_step=failed),
        Catch(error_equals=["States.ALL"], result_path="$.failure", next_step=unknown),
    ]


def _explained(name: str, fail: Fail) -> Chain:
    # Lambda hands an exception over as a JSON document in the cause; the person wants its sentence.
    return Chain([Pass(name, parameters={"failure.$": "States.StringToJson($.failure.Cause)"}), fail])

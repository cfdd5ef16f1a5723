"""One picture: SerializeImage, ClassifyImage, FilterConfidence, AssignDelivery.

It ends in one of four ways: NearbyOrders or DistantOrders (status CLASSIFIED), LowConfidence (NEEDS_REVIEW, no crash:
the picture lies under review/), PictureRefused (Fail, with the sentence about the picture), InferenceFailed (Fail).
"""

from __future__ import annotations

from typing import Any

from stepfunctions.steps import Catch, Chain, Choice, ChoiceRule, Fail, Graph, Pass, Task

from workflow import placeholders
from workflow.additions import complete
from workflow.delivery import ASSIGNMENTS
from workflow.tasks import function_task

REFUSED = ["BadPicture", "BadRequest", "NotFound"]
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
    graph = Graph(start, comment="A picture's label, confidence and assignment", timeout_seconds=SECONDS)
    return complete(graph.to_dict())


def _serialize(catch: list[Catch]) -> Task:
    return function_task("SerializeImage", placeholders.SERIALIZE_FUNCTION, "$", 60, catch)


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
    return Pass(name, parameters={"status": "CLASSIFIED", **_ANSWER, "assignment": assignment})


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
    # Lambda hands an exception over as a JSON document in the cause; the person wants its sentence.
    explain = Pass("ExplainRefusal", parameters={"failure.$": "States.StringToJson($.failure.Cause)"})
    refusal = Chain([explain, Fail("PictureRefused", comment="The picture, not the workflow, is what is wrong")])
    failed = Fail("InferenceFailed", comment="What did not pass after all attempts")
    return [
        Catch(error_equals=REFUSED, result_path="$.failure", next_step=refusal),
        Catch(error_equals=["States.ALL"], result_path="$.failure", next_step=failed),
    ]

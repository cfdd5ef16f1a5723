"""What a reference of a definition will stand for, known before anything has run: a parameter's type, the member of a
job's description, the declared output of a function.
"""

from __future__ import annotations

from dataclasses import dataclass

from botocore.model import Shape

from localaws import errors
from localaws.engine import quality, references
from localaws.engine.definition import Definition, Step
from localaws.shapes import Document, service_model


@dataclass(frozen=True)
class Api:
    """What a step of a type calls, what later steps may read of it, and the name that the pipeline gives it."""

    create: str
    describe: str
    name: str | None
    hidden: frozenset[str] = frozenset()


APIS = {
    "Processing": Api("CreateProcessingJob", "DescribeProcessingJob", "ProcessingJobName"),
    quality.TYPE: Api("CreateProcessingJob", "DescribeProcessingJob", "ProcessingJobName"),
    "Training": Api("CreateTrainingJob", "DescribeTrainingJob", "TrainingJobName"),
    "Transform": Api("CreateTransformJob", "DescribeTransformJob", "TransformJobName"),
    "Tuning": Api("CreateHyperParameterTuningJob", "DescribeHyperParameterTuningJob", "HyperParameterTuningJobName"),
    "Model": Api("CreateModel", "DescribeModel", "ModelName"),
    # Of which the service of pipelines knows no name: https://github.com/aws/sagemaker-python-sdk/pull/3472
    "RegisterModel": Api("CreateModelPackage", "DescribeModelPackage", None, frozenset({"ModelPackageName"})),
}
OF_JOBS = {"TrainingJobName": "Training", "ProcessingJobName": "Processing"}
"""Variables of an execution that are the name of the very job whose arguments have them, and its type of step."""
VARIABLES = (
    *("PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn", "StartDateTime", "CurrentDateTime"),
    *OF_JOBS,
)
OF_SHAPES = {
    "structure": "Structure",
    "map": "Map",
    "list": "List",
    "string": "String",
    "blob": "String",
    "integer": "Integer",
    "long": "Integer",
    "float": "Float",
    "double": "Float",
    "boolean": "Boolean",
    "timestamp": "Timestamp",
}
"""The types of botocore's shapes as definitions and AWS's sentences have them."""
_WIDER = {("Integer", "Float")}  # a number without a fraction is a number


class Types:
    """The types of a definition's references."""

    def __init__(self, definition: Definition) -> None:
        self._parameters = {item["Name"]: item["Type"] for item in definition.parameters}
        self._steps = definition.steps

    def check(self, step: str, function: Document) -> None:
        """Refuse a reference that names nothing."""
        path = function.get("Get")
        if path is not None:
            self._of(step, path)

    def check_fits(self, function: Document, shape: Shape) -> None:
        """Refuse a reference where a member takes another type than it stands for."""
        found = self.of(function)
        wanted = OF_SHAPES[shape.type_name]
        if found not in (None, wanted) and (found, wanted) not in _WIDER:
            named = function.get("Get") or next(iter(function))
            raise errors.validation(
                f"Cannot assign property reference [{named}] of type [{found}] to argument of type [{wanted}]"
            )

    def of(self, function: Document) -> str | None:
        """The type that a reference stands for; None where nobody knows before it runs."""
        if "Std:Join" in function:
            return "String"
        return self._of("", function["Get"]) if "Get" in function else None

    def _of(self, step: str, path: str) -> str | None:
        root, _, rest = path.partition(".")
        if root == "Parameters":
            return str(self._parameters[rest]) if rest in self._parameters else None
        if root == "Execution":
            if rest not in VARIABLES:
                raise errors.validation(
                    f"{path!r} is not a variable of an execution; there are {', '.join(VARIABLES)}."
                )
            if step and OF_JOBS.get(rest, self._steps[step].type) != self._steps[step].type:
                raise errors.validation(
                    f"The step {step!r} uses {path}, which is the name of a {OF_JOBS[rest]} step's own job."
                )
            return "String"
        owner = references.owner(path)
        return self._of_property(step, self._steps[owner], path, path.removeprefix(f"Steps.{owner}"))

    def _of_property(self, step: str, owner: Step, path: str, rest: str) -> str | None:
        if owner.type == "Fail":
            raise errors.validation(f"The step {step!r} refers to {path}; a Fail step has no properties.")
        if rest.startswith(".PropertyFiles."):
            return None
        if owner.type in ("Lambda", "Callback"):
            return _of_output(step, owner, path, rest)
        if owner.type == "Condition":
            return "String"
        if owner.type == quality.TYPE:
            return _of_baseline(step, owner, path, rest)
        shape: Shape | None = service_model().operation_model(_describes(owner)).output_shape
        for name in references.tokens(rest):
            shape = _inner(owner, shape, name)
            if shape is None:
                raise errors.validation(f"The step {step!r} refers to {path}, which a {owner.type} step does not have.")
        return OF_SHAPES[shape.type_name] if shape is not None else None


def _describes(owner: Step) -> str:
    return APIS[owner.type].describe


def _of_output(step: str, owner: Step, path: str, rest: str) -> str:
    found = list(references.tokens(rest))
    declared = {item["OutputName"]: item["OutputType"] for item in owner.body.get("OutputParameters", [])}
    if len(found) == 2 and found[0] == "OutputParameters" and found[1] in declared:
        return str(declared[str(found[1])])
    raise errors.validation(
        f"The step {step!r} refers to {path}; the {owner.type} step {owner.name!r} declares the outputs "
        f"{', '.join(declared) or 'none'}, which are read as Steps.{owner.name}.OutputParameters['name']."
    )


def _of_baseline(step: str, owner: Step, path: str, rest: str) -> str:
    if rest.removeprefix(".") in quality.PROPERTIES:
        return "String"
    raise errors.validation(
        f"The step {step!r} refers to {path}; the {owner.type} step {owner.name!r} has {', '.join(quality.PROPERTIES)}."
    )


def _inner(owner: Step, shape: Shape | None, name: str | int) -> Shape | None:
    """The shape of a member, of an item of a list (by place or by name) or of a map's value."""
    if shape is None:
        return None
    if shape.type_name == "structure":
        found: Shape | None = shape.members.get(name)
        if found is None and owner.type == "Tuning" and name == "TrainingJobSummaries":
            listed = service_model().operation_model("ListTrainingJobsForHyperParameterTuningJob").output_shape
            found = listed.members["TrainingJobSummaries"] if listed else None
        return found
    if shape.type_name == "list":
        return shape.member
    return shape.value if shape.type_name == "map" else None

"""The versions of a pipeline: each definition that it has had, under a number that counts up from 1.

AWS makes the first with the pipeline (the SDK's tests ask for it: https://github.com/aws/sagemaker-python-sdk, in
tests/integ/sagemaker/workflow/test_workflow.py) and answers the number at each update. Whether an update that leaves
the definition as it is makes one on AWS is nowhere said; here it makes none, so that a version stands for a definition.
"""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws, now
from localaws.shapes import Document

VERSION = "pipeline-version"
PIPELINE = "pipeline"
ID = "PipelineVersionId"
_TEXT = "PipelineDefinition"


def add(aws: Aws, pipeline: Document, definition: str) -> int:
    """Keep a definition as the pipeline's next version; answers its number. Call it inside the change's transaction."""
    number: int = pipeline.get(ID, 0) + 1
    made = now()
    document = {
        "PipelineArn": pipeline["PipelineArn"],
        ID: number,
        _TEXT: definition,
        "CreationTime": made,
        "LastModifiedTime": made,
        "CreatedBy": {},
        "LastModifiedBy": {},
    }
    aws.store.put(VERSION, _key(pipeline, number), document)
    return number


def get(aws: Aws, pipeline: Document, number: int | None = None) -> Document:
    """A version, the latest where no number is given; raises AWS's error for one that is not there."""
    number = pipeline[ID] if number is None else number
    found = aws.store.get(VERSION, _key(pipeline, number))
    if found is None:
        raise errors.not_found(f"Pipeline version '{number}' of pipeline '{pipeline['PipelineArn']}' does not exist.")
    return found


def change(aws: Aws, pipeline: Document, number: int, **changes: object) -> None:
    """Change members of a version."""
    get(aws, pipeline, number)
    aws.store.update(VERSION, _key(pipeline, number), **changes)


def list_all(aws: Aws, pipeline: Document) -> list[Document]:
    """Every version of a pipeline, from the first on."""
    return aws.store.all(VERSION, f"{pipeline['PipelineName']}/")


def forget(aws: Aws, pipeline: Document) -> None:
    """Remove a pipeline's versions with it."""
    for version in list_all(aws, pipeline):
        aws.store.delete(VERSION, _key(pipeline, version[ID]))


def number_earlier(aws: Aws) -> None:
    """Give each pipeline of a store of before versions were kept its first one."""
    with aws.store.transaction():
        for pipeline in aws.store.all(PIPELINE):
            if ID not in pipeline:
                number = add(aws, pipeline, pipeline.pop(_TEXT))
                change(aws, pipeline, number, CreationTime=pipeline["CreationTime"])
                aws.store.put(PIPELINE, pipeline["PipelineName"], {**pipeline, ID: number})


def _key(pipeline: Document, number: int) -> str:
    return f"{pipeline['PipelineName']}/{number:020}"

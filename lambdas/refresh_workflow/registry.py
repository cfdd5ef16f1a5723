"""What the registry says of a version: the words that the pipeline recorded with it."""

from refresh_workflow.aws import Client


def read_words(sagemaker: Client, group: str, version: str) -> dict[str, str]:
    """Read a version's metadata; empty for a version that is not there, or of another origin."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if str(summary["ModelPackageVersion"]) == version:
                found = sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
                words: dict[str, str] = found.get("CustomerMetadataProperties", {})
                return words
    return {}

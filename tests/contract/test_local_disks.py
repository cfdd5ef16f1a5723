"""Which instance types have local disks, for which AWS refuses a volume's key: functions that name a type know them."""

import os
import re

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import botocore.session
import pytest
from deploy_model import release
from refresh_workflow import monitoring

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html, for the families that SageMaker offers.
WITH = {
    *("c5d", "c6gd", "dl1", "g4dn", "g5", "g6", "g6e", "g7", "g7e"),
    *("m5d", "m6gd", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200"),
    *("p6-b300", "p6e-gb200", "r5d", "r6gd", "r7gd", "trn1", "trn1n", "trn2"),
}
WITHOUT = {
    *("c4", "c5", "c5n", "c6g", "c6gn", "c6i", "c6in", "c7g", "c7i"),
    *("c7i-flex", "c8g", "c8i", "c8i-flex", "inf1", "inf2", "m4", "m5", "m6g"),
    *("m6i", "m7i", "m7i-flex", "m8g", "m8i", "m8i-flex", "p2", "p3", "r5"),
    *("r6g", "r6i", "r7i", "r8g", "r8i", "r8i-flex", "t2", "t3"),
}
SHAPES = ("ProcessingInstanceType", "ProductionVariantInstanceType", "TrainingInstanceType")


def _types() -> set[str]:
    model = botocore.session.get_session().get_service_model("sagemaker")
    return {name for shape in SHAPES for name in model.shape_for(shape).enum}


def test_every_family_that_sagemaker_offers_is_known_here() -> None:
    assert {name.split(".")[1] for name in _types()} == WITH | WITHOUT, "a new one: look it up, and put it here"


@pytest.mark.parametrize("pattern", [release.LOCAL_DISKS, monitoring.LOCAL_DISKS], ids=["deploy", "refresh"])
def test_a_key_is_left_out_for_the_types_that_have_local_disks_and_for_no_other(pattern: re.Pattern[str]) -> None:
    assert {name.split(".")[1] for name in _types() if pattern.match(name)} == WITH

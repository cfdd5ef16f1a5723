"""CloudFormation's YAML."""

from __future__ import annotations

from seedcode.stack import template
from seedcode.stack.template import load

TEXT = """
Parameters:
  Version: {Type: String, Default: "2012-10-17"}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Condition: Wanted
    Properties:
      Name: !Sub "${Project}-data"
      Arn: !GetAtt Key.Arn
      Both: !And [!Condition Wanted, !Equals [!Ref Version, 2012-10-17]]
      Tags: !If [Wanted, {Key: a}, !Ref "AWS::NoValue"]
"""


def test_short_forms_are_read_as_the_long_ones() -> None:
    properties = template.read(TEXT)["Resources"]["Bucket"]["Properties"]
    assert properties == {
        "Name": {"Fn::Sub": "${Project}-data"},
        "Arn": {"Fn::GetAtt": ["Key", "Arn"]},
        "Both": {"Fn::And": [{"Condition": "Wanted"}, {"Fn::Equals": [{"Ref": "Version"}, "2012-10-17"]}]},
        "Tags": {"Fn::If": ["Wanted", {"Key": "a"}, {"Ref": "AWS::NoValue"}]},
    }


def test_the_projects_template_is_read_whole() -> None:
    template = load()
    assert template.retains("Bucket")
    assert not template.retains("BucketPolicy")
    assert template.defaults["LogRetentionDays"] == "30"
    assert template.defaults["ConfidenceThreshold"] == "0.8"

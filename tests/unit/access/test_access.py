"""The access check itself, on a policy and a log that are made up: it must bite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.access.calls import Call, read
from tests.access.check import findings, uses
from tests.access.document import Document
from tests.access.policies import Allowance, allowances

TEMPLATE = """
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${SageMakerProjectName}-${AWS::AccountId}-${AWS::Region}"
  Tracing:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - Sid: Trace # the laptop keeps no traces
            Effect: Allow
            Action: xray:PutTraceSegments
            Resource: "*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "${SageMakerProjectName}-reader"
      ManagedPolicyArns: [!If [HasCode, !Ref Tracing, !Ref "AWS::NoValue"]]
      Policies:
        - PolicyName: reader
          PolicyDocument:
            Statement:
              - Sid: Read
                Effect: Allow
                Action:
                  - s3:GetObject
                  - s3:GetObjectVersion # a person looks at old versions
                Resource: !Sub "arn:${AWS::Partition}:s3:::${Bucket}/raw/*"
              - Sid: Ask
                Effect: Allow
                Action: lambda:InvokeFunction
                Resource: !GetAtt Function.Arn
              - !If
                - HasCode
                - Sid: Look # only a person looks
                  Effect: Allow
                  Action: s3:ListBucket
                  Resource: !Sub "arn:${AWS::Partition}:s3:::${Bucket}"
                - !Ref AWS::NoValue
              - Sid: Never
                Effect: Deny
                Action: s3:*
                Resource: "*"
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub "${SageMakerProjectName}-classify-image"
"""
OBJECT = "arn:aws:s3:::scones-000000000000-us-east-1/raw/a.tar.gz"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:scones-classify-image"
READ = Call("scones-reader", "s3:GetObject", OBJECT, allowed=True)
ASK = Call("scones-reader", "lambda:InvokeFunction", FUNCTION, allowed=True)


@pytest.fixture(scope="module")
def allowed() -> list[Allowance]:
    return list(allowances(Document(TEMPLATE)))


def found_in(allowed: list[Allowance], calls: list[Call]) -> list[str]:
    return list(findings(uses(allowed, calls), calls))


def test_allowances_are_read_with_their_names_resources_and_comments(allowed: list[Allowance]) -> None:
    assert {(one.role, one.statement, one.action, one.reason) for one in allowed} == {
        ("scones-reader", "Read", "s3:GetObject", ""),
        ("scones-reader", "Read", "s3:GetObjectVersion", "a person looks at old versions"),
        ("scones-reader", "Ask", "lambda:InvokeFunction", ""),
        ("scones-reader", "Look", "s3:ListBucket", "only a person looks"),
        ("scones-reader", "Trace", "xray:PutTraceSegments", "the laptop keeps no traces"),
    }
    assert allowed[0].resources == ("arn:aws:s3:::scones-000000000000-us-east-1/raw/*",)


def test_a_policy_that_is_used_whole_or_explained_passes(allowed: list[Allowance]) -> None:
    assert found_in(allowed, [READ, ASK]) == []
    assert {use.allowance.action: use.calls for use in uses(allowed, [READ, ASK])} == {
        "s3:GetObject": 1,
        "s3:GetObjectVersion": 0,
        "lambda:InvokeFunction": 1,
        "s3:ListBucket": 0,
        "xray:PutTraceSegments": 0,
    }


def test_an_allowance_that_nothing_used_and_nobody_explains_is_found(allowed: list[Allowance]) -> None:
    (found,) = found_in(allowed, [READ])
    assert "scones-reader is allowed lambda:InvokeFunction (Ask), which nothing used" in found


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", OBJECT),
        ("s3:GetObject", OBJECT.replace("/raw/", "/runs/")),
        ("lambda:InvokeFunction", FUNCTION.replace("classify", "deploy")),
    ],
)
def test_a_call_that_no_statement_allows_is_found(allowed: list[Allowance], action: str, resource: str) -> None:
    (found,) = found_in(allowed, [READ, ASK, Call("scones-reader", action, resource, allowed=True)])
    assert found == f"scones-reader called {action} on {resource}, which no statement of its policy allows."


def test_asking_who_one_is_needs_no_statement(allowed: list[Allowance]) -> None:
    asked = Call("scones-reader", "sts:GetCallerIdentity", "*", allowed=True)
    assert found_in(allowed, [READ, ASK, asked]) == []


def test_a_call_that_was_denied_is_found_also_where_the_text_allows_it(allowed: list[Allowance]) -> None:
    (found,) = found_in(allowed, [READ, ASK, Call(READ.role, READ.action, READ.resource, allowed=False)])
    assert found == f"scones-reader was denied s3:GetObject on {OBJECT}."


def test_roles_that_tests_made_are_not_the_templates(allowed: list[Allowance]) -> None:
    assert found_in(allowed, [READ, ASK, Call("made-by-a-test", "s3:PutObject", OBJECT, allowed=False)]) == []


def test_logs_of_several_local_awss_are_read_as_one(tmp_path: Path) -> None:
    line = json.dumps(READ.__dict__)
    (tmp_path / "one.jsonl").write_text(f"{line}\n")
    (tmp_path / "two.jsonl").write_text(f"{line}\n{json.dumps(ASK.__dict__)}\n")
    assert set(read(tmp_path)) == {READ, ASK}
    assert len(list(read(tmp_path))) == 2

"""The tests of the tests: each validator finds fault with a broken copy of the template, a policy or a workflow."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest
from ministack.services.cloudformation import engine

from seedcode.stack.template import TEMPLATE, Template, load
from tests.contract.stack.deployment import PERSON, PUSH, missing
from tests.contract.stack.events import matches, sample
from tests.contract.stack.limits import find_long_names, find_too_many
from tests.contract.stack.policies import distinct, find_excuse, findings
from tests.contract.stack.requests import faults
from tests.contract.stack.resolve import ACCOUNT, REGION, Stack
from tests.contract.stack.variants import CODE
from tests.contract.stack.wildcards import unexplained
from workflow import __main__ as workflows
from workflow import placeholders

ROOT = TEMPLATE.parents[1]
TEXT = load().body


def _break(old: str, new: str, text: str = TEXT) -> str:
    """A copy in which one thing is different; the test itself is broken where that thing is not there."""
    assert old in text
    return text.replace(old, new, 1)


def _keep(*names: str) -> str:
    """The template without outputs and with these resources alone: validators take five seconds for all hundred."""
    head, _, rest = TEXT.partition("\nResources:\n")
    blocks = re.split(r"^  (\w+):\n", rest.partition("\nOutputs:\n")[0], flags=re.MULTILINE)
    kept = [f"  {name}:\n{body}" for name, body in zip(blocks[1::2], blocks[2::2], strict=True) if name in names]
    assert len(kept) == len(names)
    return f"{head}\nResources:\n{''.join(kept)}"


def _broken_stack(old: str, new: str) -> Stack:
    return Stack(Template(_break(old, new)), CODE)


def test_cfn_lint_bites() -> None:
    from cfnlint.api import lint

    whole = _keep("Key", "Bucket", "DeadLetters", "DeadLettersPolicy")
    text = _break("EnableKeyRotation: true", "EnableKeyRotations: true", whole)
    text = _break("Status: Enabled", "Status: On", text)
    text = _break("!Ref DeadLetters\n", "!Ref DeadLetter\n", text)

    found, before = ({match.rule.id for match in lint(one, regions=["us-east-1"])} for one in (text, whole))

    assert {"E3002", "E3030", "E1020"} <= found
    assert not {rule for rule in before if rule.startswith("E")}


def test_checkov_bites(tmp_path: Path) -> None:
    program = ROOT / ".venv" / "checkov" / "bin" / "checkov"
    if not program.exists():
        pytest.skip("checkov is not installed: `make static` does that")
    text = _break("EnableKeyRotation: true", "EnableKeyRotation: false", _keep("Key", "Bucket"))
    text = _break("BlockPublicAcls: true", "BlockPublicAcls: false", text)
    text = _break("- id: CKV_AWS_18\n", "- id: CKV_AWS_0\n", text)
    broken = tmp_path / "template.yaml"
    broken.write_text(text, encoding="utf-8")
    command = [str(program), "--config-file", str(ROOT / ".ci" / "checkov.yaml"), "--file", str(broken)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 1
    # Rotation, public access, and the one that is explained where it stands.
    assert set(re.findall(r"CKV_AWS_\d+", done.stdout)) == {"CKV_AWS_7", "CKV_AWS_53", "CKV_AWS_18"}


@pytest.mark.parametrize(
    ("old", "new", "issue"),
    [
        ("- sagemaker:StartPipelineExecution", "- sagemaker:StartPipelineExecutions", "UNKNOWN_ACTION"),
        (
            "Action: sns:Publish\n                Resource: !Ref People",
            'Action: sns:Publish\n                Resource: "*"',
            "RESOURCE_STAR",
        ),
        (
            "Action: sns:Publish\n                Resource: !Ref People",
            "Action: sns:Publish\n                Resource: !GetAtt DeadLetters.Arn",
            "RESOURCE_MISMATCH",
        ),
        ("iam:PassedToService: sagemaker", "iam:PassedToServices: sagemaker", "UNKNOWN_CONDITION_FOR_ACTION"),
        ("- Sid: TellPeople", "- Sid: ListTheBucket", "DUPLICATE_SID"),
    ],
)
def test_parliament_bites(old: str, new: str, issue: str) -> None:
    assert issue in _unexplained_issues(_broken_stack(old, new))


def _unexplained_issues(stack: Stack) -> set[str]:
    found = [(policy, *finding) for policy in distinct([stack]) for finding in findings(policy)]
    return {issue for policy, issue, detail in found if find_excuse(policy, issue, detail) is None}


def test_the_check_of_wildcards_bites() -> None:
    bare = _break('Resource: "*" # EC2\'s Describe calls take no resource', 'Resource: "*"')
    wide = _break("arn:${AWS::Partition}:s3:::${Bucket}/raw/*", "arn:${AWS::Partition}:s3:::*")

    assert len(unexplained(bare)) == len(unexplained(wide)) == 1


def test_the_check_of_limits_bites() -> None:
    more = Template(TEXT + "".join(f"  Output{number}:\n    Value: x\n" for number in range(200)))
    large = Template(TEXT + "#" * 1_000_000)

    assert "Outputs" in find_too_many(more)[0]
    assert "bytes" in find_too_many(large)[0]


def test_the_check_of_names_bites() -> None:
    stack = _broken_stack('RoleName: !Sub "${SageMakerProjectName}-pipeline"', f'RoleName: "{"a" * 65}"')

    assert find_long_names(stack) == [f"AWS::IAM::Role {'a' * 65}"]


def test_the_check_of_cloudformations_role_bites() -> None:
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
    lacking = missing(_broken_stack("- sqs:SetQueueAttributes", "- sqs:GetQueueUrl"), PUSH)
    renamed = missing(
        _broken_stack('QueueName: !Sub "${SageMakerProjectName}-dead-letters"', 'QueueName: "dead-letters"'), PERSON
    )

    assert lacking == {("sqs:SetQueueAttributes", f"{queue}:scones-dead-letters")}
    assert {resource for _, resource in renamed} == {f"{queue}:dead-letters"}


def test_botocore_bites() -> None:
    alarm = _broken_stack("TreatMissingData: notBreaching", "TreatMissingDatum: notBreaching")
    said = [faults("AWS::CloudWatch::Alarm", one) for one in alarm.of_type("AWS::CloudWatch::Alarm").values()]

    assert any("TreatMissingDatum" in one for one in said)


@pytest.mark.parametrize(
    ("old", "new", "event"),
    [
        ("EndpointStatus: [IN_SERVICE, FAILED]", "EndpointStatus: [InService, Failed]", "endpoint"),
        ("key: [{prefix: incoming/}]", "key: [incoming/]", "object-created"),
        ("currentPipelineExecutionStatus: [Failed]", "CurrentPipelineExecutionStatus: [Failed]", "pipeline-execution"),
    ],
)
def test_the_samples_of_events_bite(old: str, new: str, event: str) -> None:
    def passing(stack: Stack) -> int:
        rules = stack.of_type("AWS::Events::Rule").values()
        return sum(matches(rule["EventPattern"], sample(event)) for rule in rules)

    assert passing(_broken_stack(old, new)) == passing(Stack(load(), CODE)) - 1


def test_the_check_of_rules_bites() -> None:
    given = [{"Key": "SeedBucket", "Value": "seeds"}]
    broken = Template(_break('- Assert: !Not [!Equals [!Ref SeedKey, ""]]', '- Assert: !Equals [!Ref SeedKey, ""]'))

    for document, refused in ((load().document, True), (broken.document, False)):
        parameters = engine._resolve_parameters(document, given)
        with pytest.raises(ValueError, match="SeedKey") if refused else nullcontext():
            engine._evaluate_rules(document, parameters, {})


def test_asl_validator_bites(tmp_path: Path) -> None:
    program = shutil.which("asl-validator")
    if program is None:
        pytest.skip("asl-validator is not on the PATH: `make` installs it where there is npm")
    broken = tmp_path / "inference.asl.json"
    text = (workflows.FOLDER / "inference.asl.json").read_text(encoding="utf-8").replace(placeholders.PARTITION, "aws")
    broken.write_text(_break('"Type": "Task"', '"Type": "Tusk"', text), encoding="utf-8")

    done = subprocess.run(
        [program, "--json-path", str(broken)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode != 0

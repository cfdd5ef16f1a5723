"""Nothing that ships names the partition `aws` or its domain, nor leaves a client to find a region by itself.

China and GovCloud are the regions where that shows: `arn:aws-cn`, `arn:aws-us-gov` and `amazonaws.com.cn`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedcode.stack.template import load
from tests.contract.stack.resolve import Stack
from tests.contract.stack.variants import VARIANTS
from workflow import __main__ as workflows
from workflow import placeholders

ROOT = Path(__file__).parents[2]
SHIPPED = ("lambdas", "workflow", "pipelines", "seedcode", "evaluation", "monitoring", "processing", "console")
TEXTS = {".yml", ".yaml", ".json", ".md", ".toml", ".txt", ""}
PARTITIONS = {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}
# Names of services as principals, which are the same in each partition, and the audience that GitHub's tokens name.
SAME_EVERYWHERE = re.compile(r"(?:sagemaker\.application-autoscaling|[a-z]+)\.amazonaws\.com")
# Where a text is what its reader chooses by region or shows a person as an example; where a region is looked for.
CHOSEN = {
    ("pipelines/settings.py", "arn:aws:"),
    ("seedcode/stack/resolve.py", "amazonaws.com"),
}
LOOKS_FOR_A_REGION = {"seedcode/preflight/region.py"}
MAKERS = {"client", "resource", "Session"}


def _foreign(text: str, partition: str) -> set[str]:
    """What of a text belongs to another partition."""
    arns = {arn for arn in re.findall(r"arn:aws[a-z-]*:", text) if arn != f"arn:{partition}:"}
    if partition != "aws-cn":
        return arns
    hosts = set(re.findall(r"[\w.-]*amazonaws\.com(?!\.cn)", text))
    return arns | {host for host in hosts if not SAME_EVERYWHERE.fullmatch(host)}


@pytest.mark.parametrize("region", PARTITIONS)
@pytest.mark.parametrize("name", VARIANTS)
def test_the_whole_template_is_of_its_regions_partition(name: str, region: str) -> None:
    given = {
        parameter: value.replace("arn:aws:", f"arn:{PARTITIONS[region]}:")
        for parameter, value in VARIANTS[name].items()
    }
    stack = Stack(load(), given, region=region)
    assert stack.partition == PARTITIONS[region]
    assert _foreign(json.dumps([stack.resources, stack.outputs]), stack.partition) == set()


@pytest.mark.parametrize("partition", PARTITIONS.values())
@pytest.mark.parametrize("file", workflows.BUILDERS)
def test_every_workflow_is_of_its_partition(file: str, partition: str) -> None:
    text = (workflows.FOLDER / file).read_text(encoding="utf-8")
    assert placeholders.PARTITION in text
    assert _foreign(text.replace(placeholders.PARTITION, partition), partition) == set()


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in SHIPPED:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _docstrings(tree: ast.Module) -> set[int]:
    """The identities of the constants that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, owners) and node.body)
    firsts = (body[0].value for body in bodies if isinstance(body[0], ast.Expr))
    return {id(first) for first in firsts if isinstance(first, ast.Constant)}


def _named(tree: ast.Module) -> Iterator[str]:
    """The texts of a module, but for docstrings, that name a partition or a domain."""
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            hosts = re.findall(r"[\w.-]*amazonaws\.com(?!\.cn)", node.value)
            yield from re.findall(r"arn:aws:", node.value)
            yield from (host for host in hosts if not SAME_EVERYWHERE.fullmatch(host))


def test_no_program_names_a_partition() -> None:
    found = {(path, text) for path, tree in _sources() for text in _named(tree)}
    assert found == CHOSEN


def test_no_file_beside_the_programs_names_a_partition() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), text)
        for folder in SHIPPED
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts
        for text in re.findall(r"arn:aws:", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def _without_region(tree: ast.Module) -> Iterator[str]:
    """The calls of boto3 in a module that name no region."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of_boto3 = isinstance(node.func.value, ast.Name) and node.func.value.id == "boto3"
        if of_boto3 and node.func.attr in MAKERS and "region_name" not in {word.arg for word in node.keywords}:
            yield ast.unparse(node)


def test_every_client_is_given_its_region() -> None:
    # boto3 reads AWS_DEFAULT_REGION alone, and takes us-east-1's S3 where there is none.
    found = {path: calls for path, tree in _sources() if (calls := list(_without_region(tree)))}
    assert set(found) == LOOKS_FOR_A_REGION, found


@pytest.mark.parametrize(
    ("source", "texts", "calls"),
    [
        ('a = "arn:aws:s3:::b"', ["arn:aws:"], []),
        ('a = f"https://s3.{region}.amazonaws.com/"', [".amazonaws.com"], []),
        ('"""Such as arn:aws:s3:::b."""\ntrust = "events.amazonaws.com"', [], []),
        ('boto3.client("s3")', [], ["boto3.client('s3')"]),
        ('boto3.Session().client("s3", region_name=r)', [], ["boto3.Session()"]),
        ('boto3.client("s3", region_name=r)', [], []),
    ],
)
def test_the_checks_bite(source: str, texts: list[str], calls: list[str]) -> None:
    tree = ast.parse(source)
    assert (list(_named(tree)), list(_without_region(tree))) == (texts, calls)

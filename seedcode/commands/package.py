"""`python -m seedcode package`: build every artifact of a deployment, and publish the template for Studio."""

from __future__ import annotations

import os
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from pathlib import Path

from pipelines.clients import make_client
from pipelines.settings import Settings
from seedcode.packaging.artifacts import MANIFEST, build_artifacts, write_artifacts
from seedcode.packaging.layer import PYTHONS
from seedcode.packaging.publishing import DOMAIN_TAG, Published, publish

PREFIX = "scones"


def add_arguments(parser: ArgumentParser) -> None:
    """Where to, for which Python, and whether to publish."""
    # A local AWS runs the functions on the packages of its own environment.
    with_layer = "AWS_ENDPOINT_URL" not in os.environ
    parser.add_argument("--output", type=Path, default=Path("dist"), metavar="DIR", help="default: dist")
    parser.add_argument(
        "--layer", action=BooleanOptionalAction, default=with_layer, help="the functions' layer, from a package index"
    )
    parser.add_argument("--python", choices=PYTHONS, default=PYTHONS[-1], help="the layer's Python")
    parser.add_argument("--publish", metavar="BUCKET", help="upload template and seed for SageMaker Studio")
    parser.add_argument("--prefix", default=PREFIX, help=f"where in the bucket; default: {PREFIX}")


def run(options: Namespace) -> int:
    """Build, write, and print what was written; then publish where that is asked for."""
    files = build_artifacts(python=options.python if options.layer else None)
    write_artifacts(files, options.output)
    print(f"Wrote {len(files)} artifacts and their {MANIFEST} to {options.output}:")
    for name, content in sorted(files.items()):
        print(f"  {name:<34} {len(content):>10} bytes")
    if options.publish:
        s3 = make_client("s3", Settings.from_environment(os.environ).region)
        prefix = options.prefix.strip("/")
        _tell(publish(s3, options.publish, prefix, files["template.yaml"], files.get("seed.zip")))
    return 0


def _tell(published: Published) -> None:
    print(f"Studio's template is {published.template}.")
    if published.seed:
        print(f"A new project's repository starts from {published.seed}.")
    print("Studio offers it once its domain carries this tag:")
    tag = f"Key={DOMAIN_TAG},Value={published.domain_tag}"
    print(f"  aws sagemaker add-tags --resource-arn ARN-OF-THE-DOMAIN --tags {tag}")

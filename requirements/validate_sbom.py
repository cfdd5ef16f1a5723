"""Holds dist/scones.cdx.json against CycloneDX's schema; runs in .venv/sbom, which has the library that ships it."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator
from rfc3986_validator import validate_rfc3986


@Draft7Validator.FORMAT_CHECKER.checks("iri-reference")
def is_reference(value: object) -> bool:
    """Whether a text is an ASCII reference of RFC 3986, and so one of RFC 3987, whose grammar takes 20 ms a text."""
    return not isinstance(value, str) or (value.isascii() and bool(validate_rfc3986(value, rule="URI_reference")))


if __name__ == "__main__":
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(f"{sys.argv[1]} is not valid CycloneDX 1.6: {error}" if error else 0)

"""Holds dist/scones.cdx.json against CycloneDX's schema; runs in .venv/sbom, which has the library that ships it."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if __name__ == "__main__":
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(f"{sys.argv[1]} is not valid CycloneDX 1.6: {error}" if error else 0)

"""The state machines' definitions: ASL files of this package whose placeholders are filled in here."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from refresh_workflow.errors import RefreshError
from refresh_workflow.settings import Settings

# The packaging copies workflow/*.asl.json here; a checkout has them in workflow/ only.
PACKAGED = Path(__file__).with_name("asl")
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def read_template(name: str, folder: Path = PACKAGED) -> str:
    """Read the ASL file of a state machine, `inference` or `bulk`."""
    path = folder / f"{name}.asl.json"
    if not path.is_file():
        raise RefreshError(f"The function's package has no {path.name}; build it again with `scones package`.")
    return path.read_text(encoding="utf-8")


def render(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of `${Name}`; raise RefreshError for a name without a value, or for what is no JSON."""
    unknown = sorted(set(PLACEHOLDER.findall(template)) - set(values))
    if unknown:
        raise RefreshError(f"The template asks for {', '.join(unknown)}; it may ask for {', '.join(sorted(values))}.")
    # Placeholders stand inside JSON strings: a quote in a value must not end the string.
    text = PLACEHOLDER.sub(lambda match: json.dumps(values[match[1]])[1:-1], template)
    try:
        json.loads(text)
    except ValueError as error:
        raise RefreshError(f"The template is not JSON: {error}.") from error
    return text


def collect_values(settings: Settings, version: str, threshold: float, image_size: int) -> dict[str, str]:
    """Return what the placeholders stand for, now that a version of the model is live."""
    return {
        "SerializeFunctionArn": settings.serialize_function_arn,
        "ClassifyFunctionArn": settings.classify_function_arn,
        "FilterFunctionArn": settings.filter_function_arn,
        "EndpointName": settings.endpoint_name,
        "ModelVersion": version,
        "ConfidenceThreshold": str(threshold),
        "ImageSize": str(image_size),
        "Bucket": settings.bucket,
        "Partition": settings.partition,
        "InferenceStateMachineArn": settings.inference_state_machine_arn,
    }

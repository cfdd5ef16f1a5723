"""Small valid examples from which the fuzzing starts."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zlib
from collections.abc import Mapping

from PIL import ExifTags, Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def pictures() -> list[bytes]:
    """PNG, JPEG and WebP in the modes that the readers distinguish."""
    noise = Image.effect_noise((33, 40), 60)
    made = [_saved(noise.convert(mode), "PNG") for mode in ("1", "L", "P", "RGB", "RGBA", "I;16")]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    made += [_saved(noise.convert(mode), "JPEG", exif=exif) for mode in ("L", "RGB", "CMYK")]
    made += [_saved(noise.convert("RGB"), "WEBP", lossless=True), _saved(noise.convert("RGBA"), "WEBP")]
    made += [_saved(noise, "PNG", save_all=True, append_images=[noise.rotate(90)], pnginfo=None)]
    made += [_saved(noise.convert("P"), "PNG", transparency=3), _saved(noise.convert("RGB"), "JPEG", progressive=True)]
    return made


def archive(files: Mapping[str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive, not compressed: the harnesses do that, so that changes reach the reader of tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def compressed(data: bytes) -> bytes:
    """A .tar.gz of a tar archive; what is gzip already stays as it is."""
    return data if data.startswith(b"\x1f\x8b") else gzip.compress(data, 1, mtime=0)


def definition() -> bytes:
    """A pipeline definition with each kind of step and reference."""
    get = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    accuracy = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Judge.PropertyFiles.Report"}, "Path": "a[0]['b']"}}
    conditions = [
        {"Type": "GreaterThanOrEqualTo", "LeftValue": accuracy, "RightValue": {"Get": "Parameters.Least"}},
        {"Type": "Not", "Expression": {"Type": "In", "QueryValue": 1, "Values": [2, 3]}},
        {"Type": "Or", "Conditions": [{"Type": "Equals", "LeftValue": "a", "RightValue": "a"}]},
    ]
    steps = [
        {"Name": "Train", "Type": "Training", "Arguments": {"Joined": {"Std:Join": {"On": "/", "Values": ["s3:", 1]}}}},
        {
            "Name": "Judge",
            "Type": "Processing",
            "Arguments": {"Model": get},
            "DependsOn": ["Train"],
            "CacheConfig": {"Enabled": True, "ExpireAfter": "P30D"},
            "RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 2, "IntervalSeconds": 1}],
            "PropertyFiles": [{"PropertyFileName": "Report", "OutputName": "o", "FilePath": "e.json"}],
        },
        {
            "Name": "Gate",
            "Type": "Condition",
            "Arguments": {
                "Conditions": conditions,
                "IfSteps": [{"Name": "Keep", "Type": "RegisterModel", "Arguments": {"Model": get}}],
                "ElseSteps": [{"Name": "Low", "Type": "Fail", "Arguments": {"ErrorMessage": "low"}}],
            },
        },
        {"Name": "Tell", "Type": "Lambda", "FunctionArn": "arn:f", "Arguments": {"x": {"Get": "Execution.StartTime"}}},
    ]
    parameters = [
        {"Name": "Least", "Type": "Float", "DefaultValue": 0.5},
        {"Name": "Size", "Type": "Integer", "DefaultValue": 1, "EnumValues": [1, 2]},
        {"Name": "Ready", "Type": "Boolean", "DefaultValue": True},
    ]
    return json.dumps({"Version": "2020-12-01", "Metadata": {}, "Parameters": parameters, "Steps": steps}).encode()


def repaired(data: bytes) -> bytes:
    """A PNG with repaired checksums: otherwise a mutation would fail at the first of them."""
    if not data.startswith(SIGNATURE):
        return data
    parts, at = [SIGNATURE], len(SIGNATURE)
    while at + 8 <= len(data):
        length = struct.unpack_from(">I", data, at)[0]
        body = data[at + 4 : at + 8 + length]
        parts += [data[at : at + 4], body, struct.pack(">I", zlib.crc32(body))]
        at += 12 + length
    return b"".join(parts)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()

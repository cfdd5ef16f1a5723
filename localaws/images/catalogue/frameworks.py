"""AWS's images of frameworks, XGBoost and Model Monitor, and the packages that stand for each.

Repositories and tags are those that the SageMaker SDK writes (sagemaker/image_uri_config/*.json); a contract test holds
this module against them. An image has its framework in the image's version, or the nearest one that has a wheel for
the laptop's Python, and what most scripts import beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from localaws.images.catalogue.wheels import find_nearest, parse_version
from localaws.images.environments.environment import PRODUCT, Environment, of_packages
from localaws.images.environments.interpreters import Interpreter, get_own

# What the stand-in of the built-in algorithm writes its models with: a script must be able to read them.
XGBOOST = "3.2.0"
_COMPANIONS = ("pandas==2.2.3", "boto3")
# The last of numpy 1, which what was built against it needs; it has no wheel for Python 3.13, nor those for it a need.
_NUMPY = {"3.11": "numpy==1.26.4", "3.12": "numpy==1.26.4", "3.13": "numpy==2.2.6"}
_SCIPY = {"3.11": "scipy==1.11.4", "3.12": "scipy==1.11.4", "3.13": "scipy==1.14.1"}
# The images' tags name the first two numbers and a version of the image's own:
# https://github.com/aws/sagemaker-scikit-learn-container
_SKLEARN = {"0.20.0": "0.20.0", "0.23-1": "0.23.2", "1.0-1": "1.0.2", "1.2-1": "1.2.1", "1.4-2": "1.4.2"}
# Where a tag has two numbers, the SDK's image is not the first release of them.
_RELEASES = {
    "torch": {"2.0": "2.0.1", "2.5": "2.5.1", "2.7": "2.7.1"},
    "tensorflow": {"2.14": "2.14.1", "2.16": "2.16.2"},
}
_TAG = re.compile(r"(?P<version>\d+\.\d+(?:\.\d+)?(?:-\d+)?)(?:-transformers(?P<transformers>\d+\.\d+\.\d+))?(?=-|$)")
_CUDA = (
    "PyTorch's wheel on PyPI brings CUDA's libraries: some 2.8 GB are fetched, and take 5 GB of disk. Start the local "
    "AWS with PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu for its wheel for CPUs (some 200 MB) instead."
)


@dataclass(frozen=True)
class Tag:
    """What an image's tag says: the framework's version, and that of transformers in Hugging Face's images."""

    version: str
    transformers: str | None = None


def _sklearn(tag: Tag, interpreter: Interpreter) -> Environment:
    wanted = _SKLEARN.get(tag.version) or f"{tag.version.split('-')[0]}.0"
    requirement, notes = _pin("scikit-learn", wanted, interpreter)
    arrays = (_NUMPY[interpreter.minor], _SCIPY[interpreter.minor])
    return of_packages([requirement, *arrays, "joblib", *_COMPANIONS], notes=notes)


def _pytorch(tag: Tag, interpreter: Interpreter) -> Environment:
    requirement, notes = _pin("torch", tag.version, interpreter)
    version = parse_version(requirement.partition("==")[2])
    # Those before 2.3 were built against numpy 1 and do not load with 2.
    numpy = [_NUMPY[interpreter.minor]] if version < (2, 3) else []
    environment = of_packages([requirement, _torchvision(version), *numpy, *_COMPANIONS], notes=notes)
    cuda = interpreter.platform.startswith("linux") and interpreter.platform.endswith("x86_64")
    return replace(environment, costs=(_CUDA,)) if cuda else environment


def _torchvision(torch: tuple[int, ...]) -> str:
    """Each release of torchvision needs one of torch: 0.16.0 is that of 2.1.0 (https://github.com/pytorch/vision)."""
    _, minor, patch = torch
    return f"torchvision==0.{15 + minor}.{patch + 1 if minor == 0 else patch}"


def _tensorflow(tag: Tag, interpreter: Interpreter) -> Environment:
    requirement, notes = _pin("tensorflow", tag.version, interpreter)
    if interpreter.platform.startswith("linux") and interpreter.platform.endswith("x86_64"):
        # The same modules in a third of the size: the other wheel has kernels for graphics cards.
        requirement = requirement.replace("tensorflow==", "tensorflow-cpu==")
    return of_packages([requirement, *_COMPANIONS], notes=notes)


def _huggingface(
    base: Callable[[Tag, Interpreter], Environment], *beside: str
) -> Callable[[Tag, Interpreter], Environment]:
    def build(tag: Tag, interpreter: Interpreter) -> Environment:
        environment = base(tag, interpreter)
        if tag.transformers is None:
            return environment
        requirement, notes = _pin("transformers", tag.transformers, interpreter)
        # In one layer, so that pip finds versions that go together.
        packages = (*environment.layers[0], requirement, "datasets", "sentencepiece", *beside)
        return replace(environment, layers=(packages,), notes=(*environment.notes, *notes))

    return build


def _xgboost(tag: Tag, interpreter: Interpreter) -> Environment:
    name = "xgboost" if interpreter.platform.startswith("macosx") else "xgboost-cpu"
    note = (
        f"xgboost {XGBOOST} stands for that of the image's version {tag.version}, as the built-in algorithm writes its "
        "models with it here."
    )
    own = PRODUCT.with_packages([f"{name}=={XGBOOST}", "scikit-learn", "pandas", "boto3"])
    return replace(own, notes=(note,))


def _model_monitor(tag: Tag, interpreter: Interpreter) -> Environment:
    del tag, interpreter  # of the stand-in, which any version of them will do for
    return PRODUCT.with_packages(["pandas", "scipy"])


def _pin(package: str, wanted: str, interpreter: Interpreter) -> tuple[str, Sequence[str]]:
    """The requirement of the version, or of that which stands for it with the sentence that says so."""
    if wanted.count(".") == 1:
        wanted = _RELEASES.get(package, {}).get(wanted, f"{wanted}.0")
    nearest = find_nearest(package, wanted, interpreter.minor, interpreter.platform)
    note = (
        f"{package} {nearest} stands for the image's {wanted}, which has no wheel for Python {interpreter.minor} on "
        f"{interpreter.platform}."
    )
    return f"{package}=={nearest}", () if nearest == wanted else (note,)


REPOSITORIES: dict[str, Callable[[Tag, Interpreter], Environment]] = {
    "sagemaker-scikit-learn": _sklearn,
    **dict.fromkeys(
        (
            *("pytorch-training", "pytorch-inference", "pytorch-inference-graviton", "pytorch-inference-eia"),
            "sagemaker-pytorch",
        ),
        _pytorch,
    ),
    **dict.fromkeys(
        (
            *("tensorflow-training", "tensorflow-inference", "tensorflow-inference-graviton"),
            *("tensorflow-inference-eia", "sagemaker-tensorflow", "sagemaker-tensorflow-scriptmode"),
            *("sagemaker-tensorflow-serving", "sagemaker-tensorflow-eia", "sagemaker-tensorflow-serving-eia"),
        ),
        _tensorflow,
    ),
    **dict.fromkeys(
        ("huggingface-pytorch-training", "huggingface-pytorch-inference"), _huggingface(_pytorch, "accelerate")
    ),
    **dict.fromkeys(("huggingface-tensorflow-training", "huggingface-tensorflow-inference"), _huggingface(_tensorflow)),
    **dict.fromkeys(("sagemaker-xgboost", "xgboost"), _xgboost),
    "sagemaker-model-monitor-analyzer": _model_monitor,
}
"""The images that the catalogue has, by the name of their repository."""


def find_catalogued(image: str) -> Environment | None:
    """The packages of an image of AWS's, or None where the catalogue does not have it."""
    name, _, tag = image.split("@", 1)[0].rsplit("/", 1)[-1].partition(":")
    build = REPOSITORIES.get(name)
    if build is None:
        return None
    # The tag `latest` is that of the first XGBoost, and Model Monitor's image has no other.
    found = _TAG.match("1.0" if name in ("xgboost", "sagemaker-model-monitor-analyzer") else tag)
    return build(Tag(found["version"], found["transformers"]), get_own()) if found else None

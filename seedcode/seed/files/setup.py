"""What is installed where: the container image's packages, and those of a build. `make lock` pins both."""

from setuptools import find_packages, setup

# As the repository that this one came from pins it.
NUMPY = [
    'numpy==1.26.4; python_version < "3.13" and platform_machine != "arm64"',
    'numpy>=2,<3; python_version >= "3.13" or platform_machine == "arm64"',
]

CONTAINER = [
    "boto3>=1.43",
    *NUMPY,
    # The last release with a wheel for Intel Macs is 1.23.2, which brings SymPy; later ones need none of it.
    'onnxruntime==1.32.0; sys_platform != "darwin" or platform_machine != "x86_64"',
    'onnxruntime==1.23.2; sys_platform == "darwin" and platform_machine == "x86_64"',
    "pillow>=12",
    "matplotlib>=3.10",
    "scipy>=1.17",
]

# stepfunctions 2.3.0 needs pkg_resources, gone from setuptools 81.
BUILD = [
    "sagemaker==2.257.7",
    "stepfunctions==2.3.0",
    "setuptools<81",
    "boto3>=1.43",
    *NUMPY,
    "pytest>=9",
    "pyyaml>=6",
]

setup(
    name="scones-project",
    version="0.1.0",
    python_requires=">=3.11,<3.13",
    packages=find_packages(exclude=["tests*"]),
    extras_require={"container": CONTAINER, "build": BUILD},
    entry_points={
        "console_scripts": [
            "get-pipeline-definition=pipelines.get_pipeline_definition:main",
            "run-pipeline=pipelines.run_pipeline:main",
        ]
    },
)

"""The local AWS alone, without the project: `scones-localaws`, built of the same checkout.

`pip wheel distributions/localaws` builds it, and `make wheel` both; see docs/decisions/0034 for what lies where.
"""

import os
import runpy
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROJECT = runpy.run_path(str(ROOT / "setup.py"))


class BuildLocalAws(PROJECT["BuildUnderOneName"]):
    """Takes the packages and the modules that the project's wheel leaves out."""

    places = PROJECT["LOCALAWS_FOLDERS"]

    def has_module(self, name: str) -> bool:
        """Whether this distribution has a module of `scones`."""
        return name in PROJECT["LOCALAWS_MODULES"]


setup(
    name="scones-localaws",
    version=PROJECT["VERSION"],
    description="A local AWS whose SageMaker really runs pipelines, jobs and endpoints, without Docker",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11,<3.14",
    packages=["scones"],
    package_dir={"scones": os.path.relpath(ROOT / "scones", HERE)},
    cmdclass={"build_py": BuildLocalAws},
    install_requires=PROJECT["LOCALAWS"],
    extras_require=PROJECT["LOCALAWS_EXTRAS"],
    entry_points={
        "console_scripts": ["localaws=scones.local:main"],
        "pytest11": ["localaws=scones.local_pytest"],
    },
)

"""What the definitions need of the SageMaker Python SDK, under the same names from version 2 or version 3.

Version 2 is the default and ends on 2027-07-06; docs/sdk-v3.md says what differs. Nothing else asks which is installed.
"""

from importlib.metadata import version

from pipelines.sdk.jobs import Channel, Package, Search, TrainingJob

if version("sagemaker").startswith("2."):
    from pipelines.sdk.version2 import *  # noqa: F403 - the same names of both, see __all__ there
else:
    from pipelines.sdk.version3 import *  # noqa: F403 - the same names of both, see __all__ there

__all__ = ["Channel", "Package", "Search", "TrainingJob"]

"""The SageMaker Pipeline: parameters, profiles, one module a step, the definition, upsert and start."""

import logging
import os

# The SageMaker SDK talks while it is imported: a migration notice, and where it looked for its
# configuration (on standard output, where our commands print results). Both must be answered before that.
os.environ.setdefault("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
for _name in ("sagemaker", "sagemaker.config"):
    logging.getLogger(_name).setLevel(logging.ERROR)

"""The modules that scripts name: encoders, content types and responses are here, the rest says that it is not."""

from sagemaker_containers.beta.framework import content_types, encoders, env, errors, modules, transformer, worker

__all__ = ["content_types", "encoders", "env", "errors", "modules", "transformer", "worker"]

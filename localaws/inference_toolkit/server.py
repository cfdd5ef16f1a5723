"""Serves a framework's image: the user's module, with the framework's functions where it has none."""

from __future__ import annotations

from localaws.inference_toolkit.frameworks.framework import Framework
from localaws.inference_toolkit.frameworks.huggingface import HuggingFace
from localaws.inference_toolkit.frameworks.pytorch import PyTorch
from localaws.inference_toolkit.frameworks.sklearn import ScikitLearn
from localaws.inference_toolkit.handler import Handler
from localaws.inference_toolkit.user_module import find_user_module
from localaws.inference_toolkit.web import serve

FRAMEWORKS: dict[str, type[Framework]] = {
    "huggingface": HuggingFace,
    "pytorch": PyTorch,
    "sklearn": ScikitLearn,
}


def main(name: str) -> int:
    """Serve an image of a framework until SIGTERM."""
    return serve_scripts(FRAMEWORKS[name]())


def serve_scripts(framework: Framework) -> int:
    """Serve until SIGTERM; what keeps a model from being loaded is raised, and so the server's last words."""
    serve(lambda: Handler(framework, find_user_module(framework.needs_module)))
    return 0

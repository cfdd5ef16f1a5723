"""PyTorch: https://github.com/aws/sagemaker-pytorch-inference-toolkit (default_pytorch_inference_handler.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from localaws.inference_toolkit import formats
from localaws.inference_toolkit.frameworks.framework import Framework

_NAME = "model.pt"


class PyTorch(Framework):
    """Without a function of the module's, the model is a TorchScript file."""

    def model_fn(self, model_dir: str) -> Any:
        import torch

        path = Path(model_dir, _NAME)
        if not path.exists():
            found = sorted(item for item in Path(model_dir).iterdir() if item.suffix in (".pt", ".pth"))
            if len(found) != 1:
                names = [item.name for item in found]
                raise ValueError(f"Exactly one .pth or .pt file is required for PyTorch models: {names}")
            path = found[0]
        try:
            return torch.jit.load(str(path), map_location="cpu")
        except RuntimeError as error:
            raise ValueError(
                f"Failed to load {path}. Please ensure model is saved using torchscript, or provide a model_fn."
            ) from error

    def input_fn(self, input_data: Any, content_type: str | None) -> Any:
        import torch

        array = formats.decode(input_data, content_type)
        return torch.FloatTensor(array) if content_type in formats.TEXTS else torch.from_numpy(array)

    def predict_fn(self, data: Any, model: Any) -> Any:
        import torch

        with torch.no_grad():
            model.eval()
            return model(data)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        import torch

        if isinstance(prediction, torch.Tensor):
            prediction = prediction.detach().numpy().tolist()
        return super().output_fn(prediction, accept)

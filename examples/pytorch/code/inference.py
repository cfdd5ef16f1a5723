"""How the image's server loads the network and answers: CSV in, one probability a line out."""

from pathlib import Path

import torch
from network import build_network


def model_fn(folder: str) -> torch.nn.Module:
    """The trained network."""
    network = build_network()
    network.load_state_dict(torch.load(Path(folder, "model.pth"), map_location="cpu"))
    return network.eval()


def input_fn(body: str | bytes, content_type: str) -> torch.Tensor:
    """Points, two numbers a line."""
    if content_type != "text/csv":
        raise ValueError(f"{content_type} is not taken; send text/csv.")
    text = body.decode() if isinstance(body, bytes) else body
    return torch.tensor([[float(value) for value in line.split(",")] for line in text.split()])


def predict_fn(points: torch.Tensor, network: torch.nn.Module) -> torch.Tensor:
    """The probability of the second spiral for each."""
    with torch.no_grad():
        return torch.sigmoid(network(points)).squeeze(1)


def output_fn(probabilities: torch.Tensor, accept: str) -> str:
    """A line each."""
    if accept not in ("text/csv", "*/*"):
        raise ValueError(f"{accept} cannot be answered; accept text/csv.")
    return "".join(f"{value:.4f}\n" for value in probabilities.tolist())

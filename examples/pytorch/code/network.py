"""The network that training and inference share."""

import torch


def build_network() -> torch.nn.Module:
    """Two numbers in, the logit of the second spiral out."""
    return torch.nn.Sequential(
        torch.nn.Linear(2, 32), torch.nn.Tanh(), torch.nn.Linear(32, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1)
    )

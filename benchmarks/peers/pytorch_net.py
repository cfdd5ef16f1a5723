"""The stand-in's 20-layer net in PyTorch: pre-activation residual units of 16, 32 and 64 filters."""

import torch
from torch import nn

EPSILON = 2e-5


def norm(filters):
    """Batch normalisation as the stand-in sets it."""
    return nn.BatchNorm2d(filters, eps=EPSILON, momentum=0.1)


def convolution(before, after, kernel, stride=1):
    """A convolution without a bias."""
    return nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)


class Unit(nn.Module):
    """Norm, ReLU, convolution, twice; a 1x1 convolution as the shortcut where the unit is a stage's first."""

    def __init__(self, before, after, stride, widen):
        super().__init__()
        self.norm1, self.conv1 = norm(before), convolution(before, after, 3, stride)
        self.norm2, self.conv2 = norm(after), convolution(after, after, 3)
        self.shortcut = convolution(before, after, 1, stride) if widen else None

    def forward(self, data):
        """Add the shortcut to the body."""
        first = torch.relu(self.norm1(data))
        body = self.conv2(torch.relu(self.norm2(self.conv1(first))))
        return body + (data if self.shortcut is None else self.shortcut(first))


def build(classes=2):
    """The whole net, from images of 0 to 255 to logits."""
    units, before = [], 16
    for stage, after in enumerate((16, 32, 64)):
        for unit in range(3):
            units.append(Unit(before, after, 2 if stage and not unit else 1, widen=not unit))
            before = after
    ending = [norm(64), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes)]
    return nn.Sequential(norm(3), convolution(3, 16, 3), *units, *ending)

"""Trains the network on the points of a channel, and says loss and accuracy of each epoch."""

import argparse
import os
from pathlib import Path

import torch
from network import build_network


def load_points(folder: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The points of a folder's CSV files, and which spiral each lies on."""
    lines = [line for file in sorted(Path(folder).glob("*.csv")) for line in file.read_text().splitlines()]
    rows = torch.tensor([[float(value) for value in line.split(",")] for line in lines])
    return rows[:, 1:], rows[:, :1]


def main() -> None:
    """Train, and keep the weights."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    options, _ = parser.parse_known_args()
    torch.manual_seed(1)
    points, labels = load_points(os.environ["SM_CHANNEL_TRAIN"])
    held_out = torch.arange(len(points)) % 5 == 0
    network = build_network()
    optimizer = torch.optim.Adam(network.parameters(), options.learning_rate)
    loss_of = torch.nn.BCEWithLogitsLoss()
    for epoch in range(options.epochs):
        for batch in torch.randperm(int((~held_out).sum())).split(64):
            optimizer.zero_grad()
            loss = loss_of(network(points[~held_out][batch]), labels[~held_out][batch])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            accuracy = ((network(points[held_out]) > 0) == (labels[held_out] > 0.5)).float().mean()
        print(f"epoch={epoch + 1}; train:loss={loss.item():.4f}; validation:accuracy={accuracy.item():.4f};")
    torch.save(network.state_dict(), Path(os.environ["SM_MODEL_DIR"], "model.pth"))


if __name__ == "__main__":
    main()

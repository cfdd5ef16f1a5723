"""Images a second that the same net trains on in PyTorch, on one thread."""

import json
import sys
import time

import torch
from pytorch_net import build

BATCH, WARM = 32, 3

if __name__ == "__main__":
    steps = int(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = build().train()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    images, labels = torch.randint(0, 256, (BATCH, 3, 28, 28)).float(), torch.randint(0, 2, (BATCH,))
    for step in range(WARM + steps):
        if step == WARM:
            started = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
    print(json.dumps({"images_per_second": steps * BATCH / (time.perf_counter() - started)}))

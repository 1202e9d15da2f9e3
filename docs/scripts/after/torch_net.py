"""A net in PyTorch with its own loop."""

import numpy as np
import torch


def load():
    with np.load("embeddings.npz") as file:
        keys = ("x", "y", "subject")
        return {split: {key: file[f"{split}_{key}"] for key in keys} for split in ("train", "dev", "test")}


def trial(splits, run, rate=0.01, epochs=5, batch=16):
    rng = run.rng("order")
    x, y = splits.train.x, splits.train.y
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], 16), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(16, 1)
    )
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    for _ in range(epochs):
        net.train()
        order = rng.permutation(len(y))
        for at in range(0, len(y), batch):
            rows = order[at : at + batch]
            score = net(torch.tensor(x[rows], dtype=torch.float32))[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(score, torch.tensor(y[rows]).float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        run.state(net.state_dict())
    net.eval()
    with torch.no_grad():
        return {
            name: torch.sigmoid(net(torch.tensor(np.array(split.x), dtype=torch.float32)))[:, 0].numpy()
            for name, split in splits.items()
        }

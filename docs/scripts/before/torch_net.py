"""A net in PyTorch with its own loop."""

import numpy as np
import torch
from sklearn.metrics import roc_curve


def load():
    with np.load("embeddings.npz") as file:
        keys = ("x", "y", "subject")
        return {split: {key: file[f"{split}_{key}"] for key in keys} for split in ("train", "dev", "test")}


def main(rate=0.01, epochs=5, batch=16):
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    data = load()
    x, y = data["train"]["x"], data["train"]["y"]
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
        print("loss", float(loss))
    net.eval()
    with torch.no_grad():
        scores = torch.sigmoid(net(torch.tensor(data["test"]["x"], dtype=torch.float32)))[:, 0].numpy()

    fpr, tpr, _ = roc_curve(data["test"]["y"], scores)
    print("EER", fpr[np.argmin(np.abs(fpr + tpr - 1))])


if __name__ == "__main__":
    main()

"""Trials as a user writes them: "own_trials:NAME"."""

import random
import subprocess
import sys

import numpy as np


def logistic(splits, run, *, c=1.0):
    """Return the probabilities of a logistic regression on half of the training set."""
    from sklearn.linear_model import LogisticRegression

    net = LogisticRegression(C=c, random_state=run.seed("init"))
    rows = run.rng("order").permutation(len(splits.train))[: len(splits.train) // 2]
    net.fit(splits.train.x[rows], splits.train.y[rows])
    run.state([net.coef_, net.intercept_])
    (run.folder / "kept").mkdir()
    (run.folder / "kept" / "note.txt").write_text(f"{run.trial_id} {run.number} {run.hp.get('trial.c')}")
    return {name: net.predict_proba(split.x)[:, 1] for name, split in splits.items()}


def classes(splits, run):
    """Return rows of probabilities."""
    from sklearn.linear_model import LogisticRegression

    net = LogisticRegression().fit(splits.train.x, splits.train.y)
    return {"dev": net.predict_proba(splits.dev.x), "test": net.predict_proba(splits.test.x)}


def values(splits, run):
    """Return values of a ridge regression."""
    from sklearn.linear_model import Ridge

    net = Ridge().fit(splits.train.x, splits.train.y)
    return {"dev": net.predict(splits.dev.x), "test": net.predict(splits.test.x)}


def steps(splits, run, *, epochs=3, nan=False):
    """Descend a logistic loss by hand, and tell of weights and epochs."""
    weight = run.rng("init").normal(size=splits.train.x.shape[1])
    run.state({"layer": {"w": weight}})
    for _ in range(epochs):
        at = 1 / (1 + np.exp(-splits.train.x @ weight))
        weight = weight - 0.05 * splits.train.x.T @ (at - splits.train.y) / len(at)
        run.state({"layer": {"w": weight}})
        dev = 1 / (1 + np.exp(-splits.dev.x @ weight))
        told = run.epoch(loss=float("nan") if nan else float(np.mean((at - splits.train.y) ** 2)), dev=dev, rate=0.05)
        assert told["val_eer"] == run.dev(dev)["val_eer"]
        assert told["rate"] == 0.05
    return {name: 1 / (1 + np.exp(-split.x @ weight)) for name, split in splits.items()}


def elsewhere(splits, run, *, leave=""):
    """Return the first column as scores, of each further test set too; leave: of which not."""
    scores = {"dev": splits.dev.x[:, 0], "test": splits.test.x[:, 0]}
    return scores | {f"test.{name}": split.x[:, 0] for name, split in splits.tests.items() if name != leave}


def globals_only(splits, run):
    """Draw from the global generators, and ask for no stream."""
    noise = np.random.rand() + random.random()  # noqa: NPY002 (as scripts do)
    return {name: split.x[:, 0] * noise for name, split in splits.items()}


def silent(splits, run):
    """Draw nothing; give scores that are no probabilities."""
    return {name: 5 * split.x[:, 0] for name, split in splits.items()}


def program(splits, run):
    """Ask a program of the command line for scores."""
    code = "import sys; print(*[2 * float(word) for word in sys.stdin.read().split()])"
    found = {}
    for name in ("dev", "test"):
        said = " ".join(map(repr, getattr(splits, name).x[:, 0].tolist()))
        done = subprocess.run([sys.executable, "-c", code], input=said, capture_output=True, text=True, check=True)
        found[name] = [float(word) for word in done.stdout.split()]
    return found


def returns(splits, run, *, what):
    """Return what is no answer."""
    dev, test = splits.dev.x[:, 0], splits.test.x[:, 0]
    spoilt = test.copy()
    spoilt[3] = np.nan
    return {
        "short": {"dev": dev, "test": test[:-1]},
        "nan": {"dev": dev, "test": spoilt},
        "one": {"dev": dev, "test": 0.5},
        "same": {"dev": dev, "test": np.full(len(test), 0.5)},
        "words": {"dev": dev, "test": ["a"] * len(test)},
        "wide": {"dev": dev, "test": np.zeros((len(test), 3))},
        "key": {"dev": dev, "tests": test},
        "missing": {"dev": dev},
        "nothing": None,
    }[what]


def asks(splits, run, *, what):
    """Ask `run` for what there is not."""
    if what == "stream":
        run.seed("drop_out")
    if what == "state":
        run.state({"net": random.Random()})
    if what == "name":
        run.epoch(loss=1.0, dev=splits.dev.x[:, 0], val_eer=2.0)
    if what == "number":
        run.epoch(loss="low")


def torch_net(splits, run, *, device="cpu", epochs=2):
    """Train a small PyTorch net."""
    import torch

    net = torch.nn.Sequential(
        torch.nn.Linear(splits.train.x.shape[1], 8), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(8, 1)
    ).to(device)
    x, y = torch.tensor(splits.train.x, dtype=torch.float32), torch.tensor(splits.train.y, dtype=torch.float32)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    run.state(net.state_dict())
    for _ in range(epochs):
        for rows in np.array_split(run.rng("order").permutation(len(y)), 6):
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x[rows])[:, 0], y[rows])
            loss.backward()
            optimizer.step()
        run.state(net.state_dict())
        run.epoch(loss=loss.item())
    net.eval()
    return {name: net(torch.tensor(split.x, dtype=torch.float32)).sigmoid()[:, 0] for name, split in splits.items()}

"""Logistic regression on a table of patients: several features as one matrix product.

    python -m snippets.logistic_regression.multi_feature
"""

# --8<-- [start:imports]
import os
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:read]
def read_diabetes(path):
    """The table as a float32 array (759, 9); RuntimeError if the file is damaged."""
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.float32, ndmin=2)
    except (OSError, EOFError, ValueError, UserWarning, zlib.error) as error:
        raise RuntimeError(f"{path} is damaged: {error}") from error
    if table.shape != (759, 9):
        raise RuntimeError(f"{path} is damaged: {table.shape} instead of (759, 9)")
    if not (np.abs(table) <= 1).all() or not np.isin(table[:, 8], (0, 1)).all():
        raise RuntimeError(f"{path} is damaged: values out of range")
    return table
# --8<-- [end:read]


# --8<-- [start:load]
def load_patients():
    """X (n, d), y (n, 1) with 1 = ill, both float32, and the name of the table."""
    folder = Path(os.environ.get("NOTES_DATA", "data"))
    path = folder / "diabetes" / "diabetes.csv.gz"
    if path.exists():
        table, name = read_diabetes(path), "diabetes"
        X, healthy = table[:, :-1], table[:, [-1]]
    else:
        table, name = load_breast_cancer(), "breast_cancer"
        X, healthy = table.data, table.target[:, None]
    X = torch.tensor(X, dtype=torch.float32)
    y = 1 - torch.tensor(healthy, dtype=torch.float32)
    return X, y, name
# --8<-- [end:load]


# --8<-- [start:loop]
def scores_by_loop(X, w, b):
    """X (n, d), w (d, 1), b (1,) -> (n, 1), one multiplication at a time."""
    scores = []
    for row in X:
        score = b[0]
        for x_j, w_j in zip(row, w[:, 0]):
            score = score + x_j * w_j
        scores.append(score)
    return torch.stack(scores)[:, None]
# --8<-- [end:loop]


# --8<-- [start:grids]
def draw_grid(ax, left, top, cells, color):
    """A table of short texts, one square per cell; the top left corner is given."""
    for i, row in enumerate(cells):
        for j, text in enumerate(row):
            corner = (left + j, top - i - 1)
            box = plt.Rectangle(corner, 1, 1, fc="#ffffff", ec=color, lw=1.2)
            ax.add_patch(box)
            middle = {"ha": "center", "va": "center", "fontsize": 8.5}
            ax.text(left + j + 0.5, top - i - 0.5, text, **middle)


def shorten(values, digits):
    """Numbers of a row or column as texts; what lies between 2 and the last as dots."""
    texts = [f"{value:.{digits}f}" for value in values]
    return [*texts[:2], "…", texts[-1]]


def draw_product(X, w, b):
    """Scores and probabilities of a mini-batch X (4, d) with w (d, 1) and b (1,)."""
    z = X @ w + b
    fig, ax = plt.subplots(figsize=(6.4, 3.1))
    ax.axis("off")
    ax.set(xlim=(-0.3, 12.9), ylim=(-1.6, 5.2), aspect="equal")
    parts = (
        (0, [shorten(row, 1) for row in X.tolist()], "C0", "X", X.shape),
        (4.9, [[text] for text in shorten(w[:, 0].tolist(), 2)], "C1", "w", w.shape),
        (6.9, [[f"{b.item():.2f}"]], "C1", "b", b.shape),
        (8.9, [[f"{v:.2f}"] for v in z[:, 0].tolist()], "C5", "z", z.shape),
        (11.5, [[f"{v:.2f}"] for v in z[:, 0].sigmoid().tolist()], "C2", "p", z.shape),
    )
    middle = {"ha": "center", "va": "center"}
    for left, cells, color, name, shape in parts:
        center = left + len(cells[0]) / 2
        top = 2 + len(cells) / 2
        draw_grid(ax, left, top, cells, color)
        ax.text(center, 4.6, name, color=color, fontsize=12, **middle)
        size = {"color": "#59636e", "fontsize": 8.5}
        ax.text(center, -0.6, str(tuple(shape)), **size, **middle)
    for x, sign in ((4.45, "@"), (6.4, "+"), (8.4, "="), (10.7, "σ")):
        ax.text(x, 2 if sign != "σ" else 2.6, sign, fontsize=12, **middle)
    arrow = {"arrowstyle": "->", "color": "#59636e", "lw": 1.4}
    ax.annotate("", (11.4, 2), (10.0, 2), arrowprops=arrow)
# --8<-- [end:grids]


# --8<-- [start:evaluate]
loss_fn = nn.BCEWithLogitsLoss()


def evaluate(net, X, y):
    """Loss and accuracy as numbers; a logit above 0 means class 1."""
    with torch.inference_mode():
        logits = net(X)
        right = (logits > 0) == (y == 1)
        return loss_fn(logits, y).item(), right.float().mean().item()
# --8<-- [end:evaluate]


# --8<-- [start:fit]
def fit(net, optimizer, Z, y, train, test, num_epochs=40, batch_size=32):
    """Mini-batch training; a row per epoch, from 0 on: training loss and accuracy,
    test loss and accuracy."""
    history = []
    for epoch in range(num_epochs + 1):
        on_train = evaluate(net, Z[train], y[train])
        history.append((*on_train, *evaluate(net, Z[test], y[test])))
        if epoch == num_epochs:
            return history
        for i in train[torch.randperm(len(train))].split(batch_size):
            loss = loss_fn(net(Z[i]), y[i])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
# --8<-- [end:fit]


# --8<-- [start:trade_off]
def trade_off(p, y):
    """Probabilities p (n, 1), y (n, 1) -> thresholds, share of positives found, share
    of negatives called positive; three tensors (101,)."""
    thresholds = torch.linspace(0, 1, 101)
    called = (p > thresholds).float()  # (n, 1) > (101,) -> (n, 101)
    positive = y[:, 0] == 1
    return thresholds, called[positive].mean(0), called[~positive].mean(0)
# --8<-- [end:trade_off]


# --8<-- [start:judge]
def judge(called, y):
    """Accuracy, share of positives found, mean of the shares right in each class."""
    right = (called == (y == 1)).float()
    found, spared = right[y == 1].mean().item(), right[y == 0].mean().item()
    return right.mean().item(), found, (found + spared) / 2
# --8<-- [end:judge]


# --8<-- [start:deep]
def make_deep(d, activation):
    """Three linear layers d -> 6 -> 4 -> 1 with an activation between them."""
    return nn.Sequential(
        nn.Linear(d, 6), activation(), nn.Linear(6, 4), activation(), nn.Linear(4, 1)
    )
# --8<-- [end:deep]


if __name__ == "__main__":
    # --8<-- [start:table]
    X, y, name = load_patients()
    n, d = X.shape
    print(name, X.shape, y.shape)
    print("first row", X[0, :4], "label", y[0].item())
    # --8<-- [end:table]

    # --8<-- [start:split]
    torch.manual_seed(0)
    test, train = torch.randperm(n).split([n // 5, n - n // 5])
    mean, std = X[train].mean(0), X[train].std(0)
    Z = (X - mean) / std
    for part, rows in (("training", train), ("test", test)):
        center, spread = Z[rows].mean(0).abs().max(), Z[rows].std(0)
        print(f"{part:8} means up to {center:.2f}", end=", ")
        print(f"std {spread.min():.2f} to {spread.max():.2f}")
    # --8<-- [end:split]

    # --8<-- [start:baseline]
    share = y[train].mean()
    always = 1.0 if share > 0.5 else 0.0
    base_rate = (y[test] == always).float().mean().item()
    baseline = nn.BCELoss()(share.expand(len(test), 1), y[test]).item()
    print(f"ill: {share:.1%} of training, {y[test].mean():.1%} of test")
    print(f"constant: accuracy {base_rate:.1%}, loss {baseline:.3f}")
    # --8<-- [end:baseline]

    # --8<-- [start:product]
    torch.manual_seed(0)
    net = nn.Linear(d, 1)
    w, b = net.weight.detach().T, net.bias.detach()
    batch = Z[train[:4]]
    z = batch @ w + b
    print(batch.shape, "@", w.shape, "->", z.shape)
    print("loop ", torch.allclose(scores_by_loop(batch, w, b), z, atol=1e-5))
    print("layer", torch.allclose(net(batch), z, atol=1e-5))
    torch.sigmoid(z)
    # --8<-- [end:product]

    # --8<-- [start:draw_product]
    draw_product(batch, w, b)
    # --8<-- [end:draw_product]

    # --8<-- [start:train]
    torch.manual_seed(0)
    net = nn.Linear(d, 1)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    history = fit(net, optimizer, Z, y, train, test)
    train_losses, train_accs, test_losses, test_accs = zip(*history)
    print(f"training: loss {train_losses[-1]:.3f}, accuracy {train_accs[-1]:.1%}")
    print(f"test:     loss {test_losses[-1]:.3f}, accuracy {test_accs[-1]:.1%}")
    # --8<-- [end:train]

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.3))
    for ax, curves in zip(axes, ((train_losses, test_losses), (train_accs, test_accs))):
        ax.plot(curves[0], color="C0")
        ax.plot(curves[1], color="C1")
        ax.set_xlabel("epoch")
    axes[0].axhline(baseline, color="C5", ls="--")
    axes[0].annotate("baseline", (40, baseline + 0.015), color="C5", ha="right")
    axes[1].axhline(base_rate, color="C5", ls="--")
    axes[1].annotate("base rate", (40, base_rate - 0.045), color="C5", ha="right")
    for ax, heights in ((axes[0], (0.87, 0.8)), (axes[1], (0.47, 0.42))):
        ax.annotate("training", (20, heights[0]), color="C0")
        ax.annotate("test", (20, heights[1]), color="C1")
    axes[0].set(ylabel="loss", ylim=(0, 1))
    axes[1].set(ylabel="accuracy", ylim=(0.3, 1.02));
    # --8<-- [end:plot]

    # --8<-- [start:thresholds]
    p = torch.sigmoid(net(Z[test])).detach()
    thresholds, found, false_alarms = trade_off(p, y[test])
    for i in (20, 50, 80):
        accuracy = ((p > thresholds[i]) == (y[test] == 1)).float().mean()
        print(f"threshold {thresholds[i]:.1f}: found {found[i]:.1%}", end="   ")
        print(f"false alarms {false_alarms[i]:.1%}   accuracy {accuracy:.1%}")
    # --8<-- [end:thresholds]

    # --8<-- [start:plot_trade_off]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.5))
    axes[0].plot(thresholds, found, color="C2")
    axes[0].plot(thresholds, false_alarms, color="C4")
    axes[0].annotate("positives found", (0.42, found[42] + 0.05), color="C2")
    axes[0].annotate("false alarms", (0.42, false_alarms[42] + 0.04), color="C4")
    axes[0].set(xlabel="threshold", ylabel="share", ylim=(-0.03, 1.15))
    axes[1].plot(false_alarms, found, color="C1")
    axes[1].plot([0, 1], [0, 1], color="C5", ls="--")
    axes[1].plot(false_alarms[50], found[50], "o", color="C1")
    offset = {"textcoords": "offset points", "xytext": (9, -10), "color": "C1"}
    axes[1].annotate("threshold 0.5", (false_alarms[50], found[50]), **offset)
    axes[1].annotate("chance level", (0.52, 0.38), color="C5")
    axes[1].set(xlabel="false alarms", ylabel="positives found", ylim=(-0.03, 1.15));
    # --8<-- [end:plot_trade_off]

    # --8<-- [start:falling]
    torch.manual_seed(0)
    deep = make_deep(d, nn.Sigmoid)
    optimizer = optim.SGD(deep.parameters(), lr=0.1)
    losses = []
    for epoch in range(100):
        loss = loss_fn(deep(X[train]), y[train])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    constant = nn.BCELoss()(share.expand(len(train), 1), y[train]).item()
    print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}, constant {constant:.3f}")
    called = deep(X) > 0
    print(f"called ill: {called.sum()} of {n}")
    # --8<-- [end:falling]

    # --8<-- [start:cured]
    torch.manual_seed(0)
    deep = make_deep(d, nn.ReLU)
    optimizer = optim.Adam(deep.parameters(), lr=0.01)
    cured_acc = fit(deep, optimizer, Z, y, train, test, num_epochs=20)[-1][3]
    print(f"test accuracy {cured_acc:.1%}, linear model {test_accs[-1]:.1%}", end=", ")
    print(f"base rate {base_rate:.1%}")
    # --8<-- [end:cured]

    # --8<-- [start:unequal]
    positives, negatives = test[y[test, 0] == 1], test[y[test, 0] == 0]
    rare = torch.cat([negatives, positives[: len(negatives) // 19]])
    says_no = torch.zeros(len(rare), 1, dtype=torch.bool)
    answers = {"always no": says_no, "model": net(Z[rare]) > 0}
    for who, called in answers.items():
        acc, hits, balanced = judge(called, y[rare])
        print(f"{who:9} accuracy {acc:.1%}, found {hits:.1%}, balanced {balanced:.1%}")
    # --8<-- [end:unequal]

    # --8<-- [start:namesake]
    namesake = load_diabetes()
    target = torch.tensor(namesake.target, dtype=torch.float32)
    print(namesake.data.shape, "target", target.min().item(), "to", target.max().item())
    print("loss", loss_fn(torch.ones(len(target)), target).item())
    # --8<-- [end:namesake]

"""From a table to an answer: the whole workflow on the breast cancer data.

    python -m snippets.workflow.demo
"""

# --8<-- [start:imports]
import copy
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_breast_cancer
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:data]
def load_data():
    """X (569, 30) raw measurements, y (569, 1) with 1 = malignant, feature names."""
    table = load_breast_cancer()
    X = torch.tensor(table.data, dtype=torch.float32)
    benign = torch.tensor(table.target, dtype=torch.float32)
    return X, 1 - benign[:, None], table.feature_names.tolist()
# --8<-- [end:data]


# --8<-- [start:net]
def make_net(num_features=30, num_hidden=16):
    """Thirty standardized features to one logit: (n, 30) -> (n, 1)."""
    return nn.Sequential(
        nn.Linear(num_features, num_hidden),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(num_hidden, 1),
    )
# --8<-- [end:net]


# --8<-- [start:steps]
loss_fn = nn.BCEWithLogitsLoss()


def run_epoch(net, optimizer, X, y, batch_size=64):
    net.train()
    for i in torch.randperm(len(X)).split(batch_size):
        loss = loss_fn(net(X[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def evaluate(net, X, y):
    """Loss and accuracy as numbers; a logit above 0 means malignant."""
    net.eval()
    with torch.inference_mode():
        logits = net(X)
        right = (logits > 0) == (y > 0.5)
        return loss_fn(logits, y).item(), right.float().mean().item()
# --8<-- [end:steps]


# --8<-- [start:fit]
def fit(net, Z, y, train, val, num_epochs=60):
    """Train; returns a row of losses and accuracies per epoch, and the best epoch."""
    optimizer = optim.Adam(net.parameters(), lr=0.01)
    history, best = [], {"loss": float("inf")}
    for epoch in range(1, num_epochs + 1):
        run_epoch(net, optimizer, Z[train], y[train])
        val_loss, val_acc = evaluate(net, Z[val], y[val])
        history.append((*evaluate(net, Z[train], y[train]), val_loss, val_acc))
        if val_loss < best["loss"]:
            state = copy.deepcopy(net.state_dict())
            best = {"loss": val_loss, "epoch": epoch, "state": state}
    return history, best
# --8<-- [end:fit]


# --8<-- [start:predict]
def predict(saved, X):
    """Probability of malignant, (n, 1), for raw measurements X (n, 30)."""
    net = make_net()
    net.load_state_dict(saved["state"])
    net.eval()
    with torch.inference_mode():
        return torch.sigmoid(net((X - saved["mean"]) / saved["std"]))
# --8<-- [end:predict]


if __name__ == "__main__":
    # --8<-- [start:split]
    X, y, names = load_data()
    torch.manual_seed(0)
    train, val, test = torch.randperm(len(X)).split([341, 114, 114])
    mean, std = X[train].mean(0), X[train].std(0)
    Z = (X - mean) / std
    Z[train].mean(0)[:3], Z[test].mean(0)[:3]
    # --8<-- [end:split]

    # --8<-- [start:baseline]
    base_rate = 1 - y[train].mean().item()
    test_base_rate = 1 - y[test].mean().item()
    print(f"benign: {base_rate:.1%} of training, {test_base_rate:.1%} of test")
    # --8<-- [end:baseline]

    # --8<-- [start:train]
    torch.manual_seed(0)
    net = make_net()
    history, best = fit(net, Z, y, train, val)
    for epoch in (1, best["epoch"], len(history)):
        loss, acc, val_loss, val_acc = history[epoch - 1]
        print(f"epoch {epoch:2}: training {loss:.3f} {acc:.1%}", end="   ")
        print(f"validation {val_loss:.3f} {val_acc:.1%}")
    # --8<-- [end:train]

    # --8<-- [start:plot]
    train_losses, train_accs, val_losses, val_accs = zip(*history)
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.3))
    epochs = range(1, len(history) + 1)
    for ax, pair in zip(axes, [(train_losses, val_losses), (train_accs, val_accs)]):
        ax.plot(epochs, pair[0], color="C0")
        ax.plot(epochs, pair[1], color="C1")
        ax.axvline(best["epoch"], color="#59636e", ls=":", lw=1.2)
        ax.set_xlabel("epoch")
    for ax, height, gap in zip(axes, (0.12, 0.85), (0.03, 0.045)):
        ax.annotate("training", (10, height), color="C0")
        ax.annotate("validation", (10, height + gap), color="C1")
    axes[0].annotate("best epoch", (best["epoch"] + 2, 0.27), color="#59636e")
    axes[1].axhline(base_rate, color="C5", ls="--")
    axes[1].annotate("base rate", (2, base_rate + 0.015), color="C5")
    axes[0].set(ylabel="loss", ylim=(0, 0.3))
    axes[1].set(ylabel="accuracy", ylim=(0.55, 1.02));
    # --8<-- [end:plot]

    # --8<-- [start:save]
    path = Path("models") / "breast_cancer.pt"
    path.parent.mkdir(exist_ok=True)
    parts = {"state": best["state"], "mean": mean, "std": std, "features": names}
    torch.save(parts, path)
    # --8<-- [end:save]

    # --8<-- [start:load]
    saved = torch.load(path, map_location="cpu", weights_only=True)
    patient = X[test[:1]]
    for name, value in zip(saved["features"][:3], patient[0].tolist()):
        print(f"{name:15} {value:6.2f}")
    probability = predict(saved, patient).item()
    print(f"malignant: {probability:.4f}, truth: {y[test[0]].item():.0f}")
    # --8<-- [end:load]

    # --8<-- [start:test]
    probabilities = predict(saved, X[test])
    malignant = y[test] > 0.5
    right = (probabilities > 0.5) == malignant
    accuracy = right.float().mean().item()
    missed = (~right & malignant).sum().item()
    false_alarms = (~right & ~malignant).sum().item()
    print(f"accuracy {accuracy:.1%}, base rate {test_base_rate:.1%}")
    print(f"missed {missed} of {malignant.sum()}, false alarms {false_alarms}")
    # --8<-- [end:test]

    # --8<-- [start:plot_test]
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    torch.manual_seed(0)
    height = y[test] + 0.5 * torch.rand(len(test), 1) - 0.25
    for truth, color in ((0, "C0"), (1, "C4")):
        group = y[test] == truth
        ax.plot(probabilities[group], height[group], "o", color=color, alpha=0.6)
    ax.axvline(0.5, color="#59636e", ls="--", lw=1)
    ax.annotate("threshold", (0.49, 1.25), color="#59636e", ha="right")
    ax.set(xlabel="predicted probability of malignant", ylim=(-0.4, 1.4))
    ax.set_yticks([0, 1], ["benign", "malignant"])
    ax.grid(axis="y");
    # --8<-- [end:plot_test]

    # --8<-- [start:linear]
    torch.manual_seed(0)
    linear = nn.Linear(30, 1)
    _, best_linear = fit(linear, Z, y, train, val)
    linear.load_state_dict(best_linear["state"])
    linear_accuracy = evaluate(linear, Z[test], y[test])[1]
    print(f"one linear layer {linear_accuracy:.1%}, with a hidden layer {accuracy:.1%}")
    # --8<-- [end:linear]

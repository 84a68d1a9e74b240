"""Logistic regression as a module that returns logits, trained with the loss on logits.

    python -m snippets.logistic_regression.module
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]

from snippets.logistic_regression.scratch import make_exam, train


# --8<-- [start:class]
class LogisticRegression(nn.Module):
    """Features of shape (n, num_features) to logits of shape (n, 1)."""

    def __init__(self, num_features):
        super().__init__()
        self.linear = nn.Linear(num_features, 1)

    def forward(self, X):
        return self.linear(X)
# --8<-- [end:class]


# --8<-- [start:predict_proba]
def predict_proba(model, X):
    """Probabilities of class 1, shape (n, 1), without a graph."""
    with torch.inference_mode():
        return torch.sigmoid(model(X))
# --8<-- [end:predict_proba]


# --8<-- [start:fit]
def fit(model, loss_fn, optimizer, X, y, num_epochs):
    """Full-batch training; returns loss and accuracy before each update."""
    losses, accuracies = [], []
    for epoch in range(num_epochs):
        logits = model(X)  # forward pass | 前向传播
        loss = loss_fn(logits, y)
        losses.append(loss.item())
        accuracies.append(((logits > 0) == (y == 1)).float().mean().item())
        optimizer.zero_grad()
        loss.backward()  # backward pass | 反向传播
        optimizer.step()  # update | 更新
    return losses, accuracies
# --8<-- [end:fit]


# --8<-- [start:start_at_zero]
def start_at_zero(model):
    """Set all parameters to zero, as in the loop by hand."""
    for param in model.parameters():
        nn.init.zeros_(param)
    return model
# --8<-- [end:start_at_zero]


# --8<-- [start:draw]
def draw_model():
    """From the features to the loss, and what belongs to the model."""
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    ax.axis("off")
    ax.set(xlim=(0, 10.4), ylim=(0.1, 4.9))
    middle = {"ha": "center", "va": "center", "fontsize": 10.5}
    parts = ((2.5, "linear layer", "C0"), (5.3, "sigmoid", "C1"), (8.1, "BCE", "C1"))
    for x, name, color in parts:
        box = plt.Rectangle((x - 0.85, 2.1), 1.7, 1, fc="#ffffff", ec=color, lw=1.8)
        ax.add_patch(box)
        ax.text(x, 2.6, name, **middle)
    arrow = {"arrowstyle": "->", "color": "#59636e", "lw": 1.4}
    for x, end, name in ((0.4, 1.6, "x"), (3.4, 4.4, "z"), (6.2, 7.2, "p")):
        ax.annotate("", (end, 2.6), (x, 2.6), arrowprops=arrow)
        ax.text((x + end) / 2, 2.95, name, **middle)
    ax.annotate("", (10.1, 2.6), (9.0, 2.6), arrowprops=arrow)
    ax.text(9.6, 2.95, "loss", **middle)
    ax.annotate("", (8.1, 3.15), (8.1, 4.2), arrowprops=arrow)
    ax.text(8.1, 4.5, "target y", **middle)
    spans = ((1.6, 3.4, "model", "C0"), (4.4, 9.0, "BCEWithLogitsLoss", "C1"))
    for left, right, name, color in spans:
        ax.plot([left, left, right, right], [1.7, 1.45, 1.45, 1.7], color=color, lw=1.4)
        ax.text((left + right) / 2, 1.05, name, color=color, **middle)
    ax.text(3.9, 4.1, "score", color="#59636e", **middle)
    ax.plot([3.9, 3.9], [3.25, 3.75], color="#59636e", lw=0.8)
    ax.text(6.0, 4.1, "probability", color="#59636e", **middle)
    ax.plot([6.6, 6.4], [3.25, 3.75], color="#59636e", lw=0.8)
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:affine]
    torch.manual_seed(0)
    layer = nn.Linear(1, 1)
    one, two = torch.tensor([1.0]), torch.tensor([2.0])
    print(f"f(1) + f(2) = {(layer(one) + layer(two)).item():.4f}")
    print(f"f(1 + 2)    = {layer(one + two).item():.4f}")
    print(f"difference    {(layer(one) + layer(two) - layer(one + two)).item():.4f}")
    print(f"bias          {layer.bias.item():.4f}")
    # --8<-- [end:affine]

    # --8<-- [start:data]
    hours, passed = make_exam()
    X, y = hours.unsqueeze(1), passed.unsqueeze(1)
    X.shape, y.shape
    # --8<-- [end:data]

    # --8<-- [start:train]
    model = start_at_zero(LogisticRegression(1))
    optimizer = optim.SGD(model.parameters(), lr=0.3)
    losses, accuracies = fit(model, nn.BCEWithLogitsLoss(), optimizer, X, y, 2000)
    w, b, _ = train(hours, passed, lr=0.3, num_epochs=2000)
    w_net, b_net = model.linear.weight.item(), model.linear.bias.item()
    print(f"module        w {w_net:.4f}   b {b_net:.4f}")
    print(f"by hand       w {w:.4f}   b {b:.4f}")
    torch.manual_seed(0)
    other = LogisticRegression(1)
    optimizer = optim.SGD(other.parameters(), lr=0.3)
    fit(other, nn.BCEWithLogitsLoss(), optimizer, X, y, 2000)
    w_other, b_other = other.linear.weight.item(), other.linear.bias.item()
    print(f"random start  w {w_other:.4f}   b {b_other:.4f}")
    # --8<-- [end:train]

    # --8<-- [start:plot]
    share = y.mean().item()
    base_rate = max(share, 1 - share)
    baseline = nn.BCELoss()(y.mean().expand(y.shape), y).item()
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.3))
    axes[0].semilogx(range(1, 2001), losses)
    axes[0].axhline(baseline, color="C5", ls="--", lw=1.2)
    axes[0].annotate("baseline", (2000, baseline - 0.025), color="C5", ha="right")
    axes[0].set(xlabel="epoch", ylabel="training loss", ylim=(0.3, 0.75))
    axes[1].semilogx(range(1, 2001), accuracies)
    axes[1].axhline(base_rate, color="C5", ls="--", lw=1.2)
    axes[1].annotate("base rate", (2000, base_rate - 0.05), color="C5", ha="right")
    axes[1].set(xlabel="epoch", ylabel="training accuracy", ylim=(0.3, 1));
    # --8<-- [end:plot]

    # --8<-- [start:answers]
    four = torch.tensor([[4.0]])
    p = predict_proba(model, four)
    print(p.shape, p.dtype, p.item())
    logits = model(X)
    print(torch.equal(logits > 0, predict_proba(model, X) > 0.5))
    # --8<-- [end:answers]

    # --8<-- [start:two_losses]
    with_sigmoid = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    with_sigmoid[0].load_state_dict(other.linear.state_dict())
    on_probabilities = nn.BCELoss()(with_sigmoid(X), y)
    on_logits = nn.BCEWithLogitsLoss()(other(X), y)
    on_probabilities.item(), on_logits.item()
    # --8<-- [end:two_losses]

    # --8<-- [start:reduction]
    runs = {
        "SGD  mean, lr 0.3": (optim.SGD, "mean", 0.3),
        "SGD  sum,  lr 0.3/60": (optim.SGD, "sum", 0.3 / 60),
        "Adam mean, lr 0.03": (optim.Adam, "mean", 0.03),
        "Adam sum,  lr 0.03": (optim.Adam, "sum", 0.03),
        "Adam sum,  lr 0.03/60": (optim.Adam, "sum", 0.03 / 60),
    }
    for name, (kind, reduction, lr) in runs.items():
        m = start_at_zero(LogisticRegression(1))
        loss_fn = nn.BCEWithLogitsLoss(reduction=reduction)
        fit(m, loss_fn, kind(m.parameters(), lr=lr), X, y, 200)
        print(f"{name:22} w {m.linear.weight.item():.4f}")
    # --8<-- [end:reduction]

    # --8<-- [start:twice]
    twice = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    start_at_zero(twice)
    optimizer = optim.SGD(twice.parameters(), lr=0.3)
    losses_twice, _ = fit(twice, nn.BCEWithLogitsLoss(), optimizer, X, y, 2000)
    p_twice = predict_proba(twice, X)
    accuracy_twice = ((p_twice > 0.5) == (y == 1)).float().mean().item()
    print(f"loss {losses_twice[0]:.3f} -> {losses_twice[-1]:.3f}")
    print(f"probabilities from {p_twice.min():.3f} to {p_twice.max():.3f}")
    print(f"accuracy {accuracy_twice:.3f}   base rate {base_rate:.3f}")
    # --8<-- [end:twice]

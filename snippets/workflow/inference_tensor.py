"""What a tensor made under inference_mode may not do, and when no_grad is better.

    python -m snippets.workflow.inference_tensor
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import pandas as pd
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:make]
def make(region):
    """Three numbers, computed from a weight within the region: shape (3,)."""
    w = torch.ones(3, requires_grad=True)
    with region():
        return w * torch.tensor([1.0, 2.0, 3.0])
# --8<-- [end:make]


# --8<-- [start:uses]
def uses(w):
    """What one may want to do with a tensor t, next to a weight w: name -> function."""
    return {
        "t * 2": lambda t: t * 2,
        "t.item(), t.numpy()": lambda t: (t[0].item(), t.numpy()),
        "w + t": lambda t: (w + t).sum().backward(),
        "w * t": lambda t: (w * t).sum().backward(),
        "t.mul_(2)": lambda t: t.mul_(2),
        "t.requires_grad_()": lambda t: t.requires_grad_(),
        "t._version": lambda t: t._version,
    }
# --8<-- [end:uses]


# --8<-- [start:outcome]
def outcome(use, t):
    """The word ok, or the name of the error that use(t) raises."""
    try:
        use(t)
        return "ok"
    except RuntimeError as error:
        return type(error).__name__
# --8<-- [end:outcome]


# --8<-- [start:ways]
def draw_ways():
    """The way from each region to autograd: direct, blocked, and by a clone."""
    fig, ax = plt.subplots(figsize=(6.4, 3.3))
    ax.axis("off")
    ax.set(xlim=(0, 10), ylim=(0, 5))
    spots = (
        ("no_grad", 1.3, 4.2, "C0"),
        ("ordinary tensor", 5, 4.2, "C0"),
        ("autograd", 8.9, 4.2, "C2"),
        ("inference_mode", 1.3, 1.2, "C1"),
        ("inference tensor", 5, 1.2, "C1"),
    )
    for name, x, y, color in spots:
        box = {"boxstyle": "round,pad=0.45", "fc": "#ffffff", "ec": color, "lw": 1.6}
        ax.text(x, y, name, ha="center", va="center", fontsize=11, bbox=box)
    arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": "#59636e"}
    ax.annotate("", (3.55, 4.2), (2.1, 4.2), arrowprops=arrow)
    ax.annotate("", (8.0, 4.2), (6.45, 4.2), arrowprops=arrow)
    ax.annotate("", (3.5, 1.2), (2.6, 1.2), arrowprops=arrow)
    ax.annotate("", (5, 3.7), (5, 1.7), arrowprops=arrow)
    ax.text(4.8, 2.7, "clone()", ha="right", va="center", fontsize=11)
    blocked = arrow | {"color": "C4", "ls": "--"}
    ax.annotate("", (8.7, 3.7), (6.45, 1.4), arrowprops=blocked)
    ax.plot(7.55, 2.53, "x", color="C4", ms=13, mew=3)
    ax.text(8.0, 2.2, "not allowed", color="C4", va="center", fontsize=11)
# --8<-- [end:ways]


# --8<-- [start:features]
def make_features(region, n=200):
    """Outputs of a fixed random layer, computed once within the region: (n, 8)."""
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(n, 2, generator=generator)
    W = 2 * torch.randn(2, 8, generator=generator)
    with region():
        return X, torch.tanh(X @ W)
# --8<-- [end:features]


# --8<-- [start:fit]
def fit_head(features, y, num_epochs=60):
    """Fit one linear layer on fixed features; returns the loss of each epoch."""
    torch.manual_seed(0)
    head = nn.Linear(features.shape[1], 1)
    optimizer = optim.SGD(head.parameters(), lr=0.1)
    losses = []
    for epoch in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(head(features), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
# --8<-- [end:fit]


if __name__ == "__main__":
    # --8<-- [start:twins]
    plain, marked = make(torch.no_grad), make(torch.inference_mode)
    for t in (plain, marked):
        print(t, t.requires_grad, t.is_inference())
    # --8<-- [end:twins]

    # --8<-- [start:table]
    rows = {}
    for name, use in uses(torch.ones(3, requires_grad=True)).items():
        rows[name] = {
            "no_grad": outcome(use, make(torch.no_grad)),
            "inference_mode": outcome(use, make(torch.inference_mode)),
            "clone of it": outcome(use, make(torch.inference_mode).clone()),
        }
    table = pd.DataFrame(rows).T
    # --8<-- [end:table]

    # --8<-- [start:clone]
    with torch.inference_mode():
        early = marked.clone()
    late = marked.clone()
    copies = {
        "clone inside": early,
        "clone outside": late,
        "detach": marked.detach(),
        "view": marked.view(3, 1),
        "t * 1": marked * 1,
    }
    for name, t in copies.items():
        print(f"{name:14} inference tensor: {t.is_inference()}")
    # --8<-- [end:clone]

    # --8<-- [start:head]
    X, features = make_features(torch.no_grad)
    y = torch.sin(2 * X[:, :1]) + X[:, 1:]
    losses = fit_head(features, y)
    baseline = y.var(correction=0).item()
    print(f"baseline {baseline:.2f}   first {losses[0]:.2f}   last {losses[-1]:.2f}")
    # --8<-- [end:head]

    # --8<-- [start:plot_head]
    fig, ax = plt.subplots(figsize=(6.4, 3))
    ax.plot(losses)
    ax.axhline(baseline, color="C5", ls="--", lw=1.2)
    ax.annotate("baseline", (60, baseline * 1.05), color="C5", ha="right")
    ax.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, None));
    # --8<-- [end:plot_head]

    # --8<-- [start:nested]
    w = torch.ones(3, requires_grad=True)
    for region in (torch.no_grad, torch.inference_mode):
        with region(), torch.enable_grad():
            result = w * 2
        print(f"{region.__name__:15} recorded again: {result.requires_grad}")
    # --8<-- [end:nested]

    # --8<-- [start:exception]
    try:
        with torch.inference_mode():
            raise ValueError("bad sample")
    except ValueError as error:
        print("passed through:", error)
    print("still in the region:", torch.is_inference_mode_enabled())
    # --8<-- [end:exception]

    draw_ways()

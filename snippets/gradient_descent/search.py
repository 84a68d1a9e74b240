"""Exhaustive search: try every weight on a grid and keep the best.

    python -m snippets.gradient_descent.search
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import torch
# --8<-- [end:imports]


# --8<-- [start:data]
def load_data():
    """Hours of study x and scores y of three students, each of shape (3,)."""
    x = torch.tensor([1.0, 2.0, 3.0])
    y = torch.tensor([2.0, 4.0, 6.0])
    return x, y
# --8<-- [end:data]


# --8<-- [start:model]
def forward(x, w):
    """Predicted scores w * x."""
    return w * x
# --8<-- [end:model]


# --8<-- [start:loss]
def loss(y_hat, y):
    """Squared error of every sample; y_hat and y have the same shape (n,)."""
    return (y_hat - y) ** 2
# --8<-- [end:loss]


# --8<-- [start:mse]
def mse(w, x, y):
    """Mean loss of one weight w, a number; x and y have the shape (n,)."""
    return loss(forward(x, w), y).mean()
# --8<-- [end:mse]


# --8<-- [start:scan]
def scan(ws, x, y):
    """MSE of every candidate: ws of shape (m,) gives shape (m,)."""
    return torch.stack([mse(w, x, y) for w in ws])
# --8<-- [end:scan]


if __name__ == "__main__":
    # --8<-- [start:lines]
    x, y = load_data()
    fig, ax = plt.subplots()
    for k, w in enumerate([1.0, 2.0, 3.0]):
        ax.plot([0, 4], [0, 4 * w], color=f"C{k + 1}")
        ax.annotate(f"w = {w:.0f}", (4.06, 4 * w), color=f"C{k + 1}", va="center")
    ax.vlines(x, x, y, color="#59636e", ls=":")
    ax.plot(x, y, "o", color="C0", ms=8)
    ax.vlines(4, 0, 12.6, color="C5", ls="--", lw=1)
    ax.annotate("?", (4, 13), color="C5", ha="center", fontsize=14)
    ax.annotate("training data", (3.07, 5.3), color="C0")
    ax.annotate("error", (3.07, 3.9), color="#59636e")
    ax.set(xlabel="study hours", ylabel="score", xlim=(0, 4.7), ylim=(0, 14.5));
    # --8<-- [end:lines]

    # --8<-- [start:table]
    print("  w   loss of each sample    MSE")
    for w in (0.0, 1.0, 2.0, 3.0, 4.0):
        losses = loss(forward(x, w), y)
        print(f"{w:.1f}   {losses.tolist()!s:20} {losses.mean():6.2f}")
    # --8<-- [end:table]

    # --8<-- [start:search]
    ws = torch.linspace(0, 4, 41)  # 0.0, 0.1, ..., 4.0
    costs = scan(ws, x, y)
    best = costs.argmin()
    w_best = ws[best].item()
    print(f"best weight {w_best:.1f} with MSE {costs[best]:.4f}")
    print(f"prediction for 4 hours: {forward(4.0, w_best):.1f}")
    # --8<-- [end:search]

    # --8<-- [start:plot]
    fig, ax = plt.subplots()
    ax.plot(ws, costs, "o-", ms=4)
    ax.plot(w_best, costs[best], "o", color="C1", ms=9)
    ax.annotate("minimum", (w_best, 1.1), color="C1", ha="center")
    ax.set(xlabel="weight w", ylabel="MSE", ylim=(-0.8, 20));
    # --8<-- [end:plot]

    # --8<-- [start:repr]
    w_list = list(np.arange(0.0, 4.1, 0.1))
    print(w_list[:4])
    print("0.3 on the grid:", 0.3 in w_list)
    # --8<-- [end:repr]

    # --8<-- [start:count]
    print(np.arange(1.0, 1.3, 0.1))
    print(np.linspace(1.0, 1.3, 4))
    # --8<-- [end:count]

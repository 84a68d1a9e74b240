"""Batch gradient descent: one step down the slope of the mean loss.

    python -m snippets.gradient_descent.batch_gd
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]

from snippets.gradient_descent.search import load_data


# --8<-- [start:cost]
def cost(w, x, y):
    """MSE of the model w * x; x and y have the shape (n,)."""
    return ((w * x - y) ** 2).mean()
# --8<-- [end:cost]


# --8<-- [start:gradient]
def gradient(w, x, y):
    """Derivative of cost by w: the mean over all n samples."""
    return (2 * x * (w * x - y)).mean()
# --8<-- [end:gradient]


# --8<-- [start:train]
def train(w, x, y, lr, num_epochs):
    """Batch gradient descent; returns num_epochs + 1 weights and their costs."""
    ws, costs = [w], [cost(w, x, y).item()]
    for epoch in range(num_epochs):
        w = w - lr * gradient(w, x, y).item()
        ws.append(w)
        costs.append(cost(w, x, y).item())
    return ws, costs
# --8<-- [end:train]


# --8<-- [start:mixed]
def train_mixed(w, x, y, lr, num_epochs):
    """The same descent, logging the cost before the step with the weight after it."""
    log = []
    for epoch in range(num_epochs):
        old_cost = cost(w, x, y).item()
        w = w - lr * gradient(w, x, y).item()
        log.append((w, old_cost))
    return log
# --8<-- [end:mixed]


# --8<-- [start:many]
def make_table():
    """Six students: hours and lessons, X of shape (6, 2), and scores of shape (6,)."""
    X = torch.tensor([[1, 0], [2, 3], [3, 1], [4, 4], [5, 2], [6, 5]]).float()
    return X, X @ torch.tensor([2.0, 1.0]) + 3.0


def gradients(w, b, X, y):
    """Slopes of the MSE of X @ w + b, of the same shapes as w and b."""
    error = X @ w + b - y  # (n,)
    return 2 * X.T @ error / len(y), 2 * error.mean()
# --8<-- [end:many]


if __name__ == "__main__":
    x, y = load_data()
    # --8<-- [start:slopes]
    for w in (1.0, 1.5, 1.9, 2.0, 2.5, 3.0):
        print(f"w = {w}: cost {cost(w, x, y):6.3f}, slope {gradient(w, x, y):7.3f}")
    # --8<-- [end:slopes]

    # --8<-- [start:autograd]
    w = torch.tensor(1.0, requires_grad=True)
    cost(w, x, y).backward()
    by_hand = gradient(1.0, x, y)
    w.grad, by_hand
    # --8<-- [end:autograd]

    # --8<-- [start:run]
    lr, num_epochs = 0.01, 100
    print(f"before training: 4 hours -> {1.0 * 4:.2f}")
    ws, costs = train(1.0, x, y, lr, num_epochs)
    for epoch in (0, 1, 2, 10, 100):
        print(f"epoch {epoch:3}: w {ws[epoch]:.4f}  cost {costs[epoch]:.3g}")
    print(f"after training: 4 hours -> {ws[-1] * 4:.2f}")
    # --8<-- [end:run]

    # --8<-- [start:steps]
    path, heights = train(0.0, x, y, 0.04, 5)
    fig, ax = plt.subplots()
    grid = torch.linspace(-0.1, 4.1, 100)
    ax.plot(grid, 14 / 3 * (grid - 2) ** 2, color="C0")
    for w, after, height in zip(path, path[1:], heights):
        reach = torch.tensor([0, 0.8])
        slope = gradient(w, x, y).item()
        ax.plot(w + reach, height + slope * reach, "--", color="C2", lw=1.2)
        arrow = {"arrowstyle": "->", "color": "C1"}
        ax.annotate("", (after, -3.2), (w, -3.2), arrowprops=arrow)
    ax.plot(path, heights, "o", color="C1", ms=6)
    ax.annotate("starting point", (0.14, 18.6), color="C1")
    ax.annotate("slope", (0.38, 8.4), color="C2", ha="right")
    ax.annotate("step length", (2.56, -3.2), color="C1", va="center")
    ax.annotate("minimum", (2, 2.8), color="C0", ha="center")
    ax.set(xlabel="weight w", ylabel="cost", xlim=(-0.3, 4.2), ylim=(-4.5, 22));
    # --8<-- [end:steps]

    # --8<-- [start:curve]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3))
    for ax in axes:
        ax.plot(costs)
        ax.set(xlabel="epochs", ylabel="cost")
    axes[0].set_title("linear scale")
    axes[1].set(title="logarithmic scale", yscale="log");
    # --8<-- [end:curve]

    # --8<-- [start:regression]
    X, scores = make_table()
    w, b = torch.zeros(2), torch.tensor(0.0)
    for epoch in range(2000):
        grad_w, grad_b = gradients(w, b, X, scores)
        w, b = w - 0.02 * grad_w, b - 0.02 * grad_b
    w, b, grad_w.shape
    # --8<-- [end:regression]

"""Learning rates that are too small, right, and too large, and where the border lies.

    python -m snippets.gradient_descent.learning_rate
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]

from snippets.gradient_descent.search import load_data
from snippets.gradient_descent.sgd import make_students


# --8<-- [start:train]
def cost(w, x, y):
    """MSE of the model w * x; x and y have the shape (n,)."""
    return ((w * x - y) ** 2).mean()


def train(x, y, lr, num_steps, w=1.0):
    """Batch gradient descent; returns weights and costs of num_steps + 1 moments."""
    w = torch.tensor(w)
    ws, costs = [w.item()], [cost(w, x, y).item()]
    for step in range(num_steps):
        w = w - lr * (2 * x * (w * x - y)).mean()
        ws.append(w.item())
        costs.append(cost(w, x, y).item())
    return ws, costs
# --8<-- [end:train]


# --8<-- [start:checked]
def train_checked(x, y, lr, num_steps, w=1.0):
    """Like train, for the last weight; FloatingPointError if the cost is inf or nan."""
    w = torch.tensor(w)
    for step in range(num_steps):
        if not cost(w, x, y).isfinite():
            raise FloatingPointError(f"cost is {cost(w, x, y)} at step {step}, lr {lr}")
        w = w - lr * (2 * x * (w * x - y)).mean()
    return w.item()
# --8<-- [end:checked]


# --8<-- [start:minibatch]
def train_minibatch(x, y, lr, batch_size, num_steps=200, seed=0):
    """Steps on random samples; returns per step their loss and the cost of all data."""
    generator = torch.Generator().manual_seed(seed)
    w = x @ y / (x @ x)  # start at the best weight | 从最佳权重出发
    batch_losses, costs = [], []
    for step in range(num_steps):
        i = torch.randperm(len(x), generator=generator)[:batch_size]
        batch_losses.append(cost(w, x[i], y[i]).item())
        costs.append(cost(w, x, y).item())
        w = w - lr * (2 * x[i] * (w * x[i] - y[i])).mean()
    return torch.tensor(batch_losses), torch.tensor(costs)
# --8<-- [end:minibatch]


if __name__ == "__main__":
    x, y = load_data()
    # --8<-- [start:three]
    small, good, large = 0.003, 0.05, 0.22
    runs = {lr: train(x, y, lr, 20) for lr in (small, good, large)}
    for lr, (ws, costs) in runs.items():
        print(f"lr {lr}: w {ws[-1]:7.4f}, cost {costs[-1]:.2g}")
    # --8<-- [end:three]

    # --8<-- [start:curves]
    fig, ax = plt.subplots()
    names = {small: "too small", good: "about right", large: "too large"}
    for k, (lr, (ws, costs)) in enumerate(runs.items()):
        ax.plot(costs, color=f"C{k}")
        ax.annotate(names[lr], (20.3, costs[-1]), color=f"C{k}", va="center")
    ax.set(xlabel="steps", ylabel="cost", yscale="log", xlim=(0, 25))
    ax.set_xticks(range(0, 21, 5));
    # --8<-- [end:curves]

    # --8<-- [start:bound]
    a = (x * x).mean().item()
    bound = 1 / a
    for ratio in (0.25, 0.5, 0.9, 0.99, 1.01, 1.1):
        ws, costs = train(x, y, ratio * bound, 100)
        factor = 1 - 2 * a * ratio * bound
        print(f"{ratio:4} of the bound: factor {factor:5.2f}, cost {costs[-1]:.2g}")
    # --8<-- [end:bound]

    # --8<-- [start:zigzag]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3), sharey=True)
    grid = torch.linspace(-0.4, 4.4, 100)
    for ax, ratio in zip(axes, (0.9, 1.1)):
        ws, costs = train(x, y, ratio * bound, 4)
        ax.plot(grid, a * (grid - 2) ** 2, color="C0")
        ax.plot(ws, costs, "o-", color="C1", lw=1.2)
        ax.set(title=f"{ratio} / a", xlabel="weight w", ylim=(-1, 26))
        ax.annotate("starting point", (1.1, 2.2), color="C1", ha="right")
    axes[0].set_ylabel("cost");
    # --8<-- [end:zigzag]

    # --8<-- [start:overflow]
    ws, costs = train(x, y, 0.3, 200)
    finite = torch.tensor(costs).isfinite()
    first_inf = finite.int().argmin().item()
    first_nan = torch.tensor(ws).isnan().int().argmax().item()
    for step in (0, 10, first_inf - 1, first_inf, first_nan):
        print(f"step {step:3}: w {ws[step]:9.2e}  cost {costs[step]:.2e}")
    # --8<-- [end:overflow]

    # --8<-- [start:units]
    for name, inputs in {"hours": x, "minutes": 60 * x}.items():
        ws, costs = train(inputs, y, good, 5)
        print(f"{name:7}: cost after 5 steps {costs[-1]:.2g}")
    # --8<-- [end:units]

    # --8<-- [start:jitter]
    x, y = make_students()
    print("  lr  batch size  std of batch losses  std of cost")
    for lr, batch_size in ((0.1, 4), (0.01, 4), (0.0, 4), (0.1, 64)):
        losses, costs = train_minibatch(x, y, lr, batch_size)
        print(f"{lr:4} {batch_size:11} {losses.std():20.3f} {costs.std():12.3f}")
    # --8<-- [end:jitter]

    # --8<-- [start:panels]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3), sharey=True)
    settings = {"large learning rate": (0.1, 4), "small learning rate": (0.01, 4)}
    for ax, (name, (lr, batch_size)) in zip(axes, settings.items()):
        losses, costs = train_minibatch(x, y, lr, batch_size)
        ax.plot(losses, color="C0", lw=0.8)
        ax.plot(costs, color="C1")
        ax.set(title=name, xlabel="steps", ylim=(0, 9))
    axes[0].set_ylabel("loss")
    axes[1].annotate("mini-batch", (10, 5.6), color="C0")
    axes[1].annotate("all samples", (105, 5.6), color="C1");
    # --8<-- [end:panels]

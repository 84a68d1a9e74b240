"""Where the gradient is zero: minima, saddle points, and what noise can do about them.

    python -m snippets.gradient_descent.saddle
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:descend]
def descend(gradient, start, lr=0.05, num_steps=120, noise=0.0, seed=0):
    """Gradient descent from start, d numbers; returns the path, (num_steps + 1, d).

    Normal noise of std `noise` is added to every gradient.
    """
    generator = torch.Generator().manual_seed(seed)
    w = torch.tensor(start)
    path = [w]
    for step in range(num_steps):
        w = w - lr * (gradient(w) + noise * torch.randn(w.shape, generator=generator))
        path.append(w)
    return torch.stack(path)
# --8<-- [end:descend]


# --8<-- [start:wells]
def bowl(w):
    return (w - 0.5) ** 2


def two_valleys(w):
    return w**4 - 2 * w**2 + 0.5 * w


def bowl_slope(w):
    return 2 * (w - 0.5)


def two_valleys_slope(w):
    return 4 * w**3 - 4 * w + 0.5
# --8<-- [end:wells]


# --8<-- [start:surface]
def loss(w):
    """(a * b - 1)**2 for w = [a, b]: shape (..., 2) to (...)."""
    a, b = w.unbind(dim=-1)
    return (a * b - 1) ** 2


def gradient(w):
    """Its derivatives by a and b, shape (..., 2)."""
    a, b = w.unbind(dim=-1)
    return torch.stack([2 * b * (a * b - 1), 2 * a * (a * b - 1)], dim=-1)
# --8<-- [end:surface]


# --8<-- [start:sgd]
X = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
y = X[:, 0]  # the second feature is useless | 第二个特征没有用


def train(a, b, batch_size, lr=0.05, num_epochs=40, seed=0):
    """Fit y = b * (X @ a), a of shape (2,); returns the MSE at 0, 1, ... epochs."""
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.tensor(a), torch.tensor(b)
    losses = [((b * (X @ a) - y) ** 2).mean().item()]
    for epoch in range(num_epochs):
        for i in torch.randperm(len(X), generator=generator).split(batch_size):
            hidden = X[i] @ a
            error = b * hidden - y[i]
            grad_a, grad_b = 2 * b * error @ X[i] / len(i), 2 * (error * hidden).mean()
            a, b = a - lr * grad_a, b - lr * grad_b
        losses.append(((b * (X @ a) - y) ** 2).mean().item())
    return losses
# --8<-- [end:sgd]


# --8<-- [start:chance]
def share_of_minima(d, draws=20_000):
    """How many random symmetric d x d matrices have only positive eigenvalues."""
    A = torch.randn(draws, d, d, generator=torch.Generator().manual_seed(0))
    eigenvalues = torch.linalg.eigvalsh(A + A.mT)  # (draws, d)
    return (eigenvalues > 0).all(dim=1).float().mean().item()
# --8<-- [end:chance]


if __name__ == "__main__":
    # --8<-- [start:ends]
    ends = {
        (name, start): descend(slope, [start])[-1].item()
        for name, slope in (("bowl", bowl_slope), ("two valleys", two_valleys_slope))
        for start in (-1.5, 1.5)
    }
    for (name, start), end in ends.items():
        print(f"{name:11}  start {start:4}  end {end:6.3f}")
    # --8<-- [end:ends]

    # --8<-- [start:convexity]
    w = torch.linspace(-1.75, 1.75, 200)
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2))
    axes[0].plot(w, bowl(w), color="C5")
    axes[1].plot(w, two_valleys(w), color="C5")
    panels = ((bowl, bowl_slope), (two_valleys, two_valleys_slope))
    for ax, (f, slope) in zip(axes, panels):
        for color, start in (("C0", -1.5), ("C1", 1.5)):
            path = descend(slope, [start])
            ax.plot(path, f(path), "o-", ms=4, lw=0.8, color=color)
        ax.set(xlabel="weight w", ylim=(-2.1, 4.4))
    axes[0].set(title="convex", ylabel="loss")
    axes[1].set_title("non-convex")
    axes[1].annotate("global minimum", (-1.06, -1.9), ha="center", color="C0")
    axes[1].annotate("local minimum", (0.95, -1.1), ha="center", color="C1");
    # --8<-- [end:convexity]

    # --8<-- [start:runs]
    paths = {
        "exact": descend(gradient, [1.5, -1.5]),
        "off by 0.001": descend(gradient, [1.5, -1.499]),
        "noisy": descend(gradient, [1.5, -1.5], noise=0.1),
    }
    for name, path in paths.items():
        norm = gradient(path[-1]).norm()
        print(f"{name:12}  loss {loss(path[-1]):.4f}  gradient norm {norm:.4f}")
    # --8<-- [end:runs]

    # --8<-- [start:plot]
    axis = torch.linspace(-1.7, 1.7, 81)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.5))
    levels = [0.02, 0.2, 0.5, 1, 2, 4, 7]
    left.contour(axis, axis, loss(grid), levels, colors="#59636e", linewidths=0.5)
    for k, path in enumerate(paths.values()):
        left.plot(*path.T, ".-", ms=4, lw=1, color=f"C{k}")
        right.plot(loss(path), color=f"C{k}")
    t = axis[axis > 0.58]
    for sign in (-1, 1):
        left.plot(sign * t, sign / t, color="C3", lw=2)
    left.plot(0, 0, "x", color="C4", ms=9, mew=2, zorder=3)
    clear = {"fc": "#ffffff", "ec": "none", "pad": 1.5}
    left.annotate("saddle point", (-0.15, 0.12), color="C4", ha="right", bbox=clear)
    left.annotate("global minima", (-0.1, -1.45), color="C3", ha="right", bbox=clear)
    left.set(xlabel="weight a", ylabel="weight b", aspect="equal")
    left.grid(False)
    right.set(xlabel="steps", ylabel="loss", ylim=(0, 2))
    right.annotate("exact", (95, 1.05), color="C0")
    right.annotate("off by 0.001", (74, 0.45), color="C1")
    right.annotate("noisy", (18, 0.45), color="C2");
    # --8<-- [end:plot]

    # --8<-- [start:escape]
    steps = {}
    for offset in (0.1, 0.01, 0.001, 0.0001):
        path = descend(gradient, [1.5, -1.5 + offset])
        steps[offset] = (loss(path) < 0.5).nonzero()[0].item()
        print(f"off by {offset:<6}  loss below 0.5 after {steps[offset]:3} steps")
    # --8<-- [end:escape]

    # --8<-- [start:noise]
    starts = {"useless feature": ([0.0, 1.0], 0.0), "all zero": ([0.0, 0.0], 0.0)}
    curves = {
        (name, size): train(*start, batch_size=size)
        for name, start in starts.items()
        for size in (4, 1)
    }
    for (name, size), losses in curves.items():
        print(f"{name:15}  batch size {size}  loss {losses[0]:.3f} -> {losses[-1]:.3f}")
    # --8<-- [end:noise]

    # --8<-- [start:noise-plot]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3), sharey=True)
    for ax, name in zip(axes, starts):
        ax.plot(curves[name, 4], color="C0", lw=4)
        ax.plot(curves[name, 1], color="C1")
        ax.set(title=name, xlabel="epochs", ylim=(-0.05, 1.2))
        ax.annotate("full batch", (22, 1.07), color="C0")
    axes[0].set_ylabel("loss")
    axes[0].annotate("one sample", (17, 0.3), color="C1")
    axes[1].annotate("one sample", (22, 0.87), color="C1");
    # --8<-- [end:noise-plot]

    # --8<-- [start:stop]
    for name in ("exact", "off by 0.001"):
        norms = gradient(paths[name]).norm(dim=1)
        stop = (norms < 0.05).nonzero()[0].item()
        print(f"{name:12}  stops at step {stop:2}  loss {loss(paths[name][stop]):.3f}")
    # --8<-- [end:stop]

    # --8<-- [start:curvature]
    for name in ("exact", "off by 0.001"):
        H = torch.autograd.functional.hessian(loss, paths[name][-1])
        low, high = torch.linalg.eigvalsh(H).tolist()
        print(f"{name:12}  curvatures {low:.2g} and {high:.2g}")
    # --8<-- [end:curvature]

    # --8<-- [start:random]
    shares = {d: share_of_minima(d) for d in range(1, 6)}
    for d, share in shares.items():
        print(f"{d} parameters: {share:7.2%}")
    # --8<-- [end:random]

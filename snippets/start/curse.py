"""The curse of dimensionality: empty cells, far neighbors, and projection as a way out.

    python -m snippets.start.curse
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import pandas as pd
import torch
from sklearn.datasets import load_digits
# --8<-- [end:imports]


# --8<-- [start:grid]
def occupied_cells(X, per_axis=10):
    """Number of cells of a grid that hold a row of X; X (samples, n) in [0, 1)."""
    return len((per_axis * X).long().unique(dim=0))


def grid_table(samples, dims):
    """For each number of dimensions: cells 10^n, and how many of them stay empty."""
    generator = torch.Generator().manual_seed(0)
    rows = []
    for n in dims:
        hit = occupied_cells(torch.rand(samples, n, generator=generator))
        empty = f"{1 - hit / 10**n:.2%}"
        rows.append({"cells": 10**n, "occupied": hit, "empty": empty})
    return pd.DataFrame(rows, index=pd.Index(dims, name="n"))
# --8<-- [end:grid]


# --8<-- [start:neighbors]
def nearest_to_mean(X):
    """Mean distance to the nearest row of X (samples, n), over that to any row."""
    distances = torch.cdist(X, X)
    mean = distances.sum() / (len(X) * (len(X) - 1))  # not to itself | 不含自身
    nearest = distances.fill_diagonal_(torch.inf).min(1).values
    return (nearest.mean() / mean).item()
# --8<-- [end:neighbors]


# --8<-- [start:classify]
def nearest_accuracy(X, y, train):
    """Share of later rows with the label of their nearest among the first `train`."""
    distances = torch.cdist(X[train:], X[:train])
    return (y[distances.argmin(1)] == y[train:]).float().mean().item()
# --8<-- [end:classify]


# --8<-- [start:project]
def project(X, k, train=None):
    """Project X (samples, n) on the k directions of largest variance.

    Only the first `train` rows choose the directions; by default all of them do.
    Returns the coordinates (samples, k) and the share of the variance that they keep.
    """
    mean = X[:train].mean(0)
    _, S, Vh = torch.linalg.svd(X[:train] - mean, full_matrices=False)
    kept = S[:k].square().sum() / S.square().sum()
    return (X - mean) @ Vh[:k].T, kept.item()
# --8<-- [end:project]


# --8<-- [start:sheet]
def make_sheet(samples=300):
    """Points (samples, 3) near a tilted plane, and their place (samples,) along it."""
    generator = torch.Generator().manual_seed(0)
    place = torch.rand(samples, 2, generator=generator) - 0.5
    noise = 0.04 * torch.randn(samples, 1, generator=generator)
    axes = torch.tensor([[2.0, 0.0, 1.6], [0.0, 1.5, 0.9]])
    return place @ axes + noise * torch.tensor([-0.6, -0.4, 0.7]), place[:, 0]
# --8<-- [end:sheet]


# --8<-- [start:layers]
def make_layers(samples=400):
    """Two long, thin layers, one per class: X (samples, 2), y (samples,) of 0 and 1."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(samples) % 2
    X = torch.randn(samples, 2, generator=generator) * torch.tensor([3.0, 0.1])
    X[:, 1] += 0.8 * y
    return X, y


def split_accuracy(z, y):
    """Best share of right answers with one cut on z (samples,) between class means."""
    means = z[y == 0].mean(), z[y == 1].mean()
    right = ((z > sum(means) / 2) == (y == 1)).float().mean().item()
    return max(right, 1 - right)
# --8<-- [end:layers]


if __name__ == "__main__":
    # --8<-- [start:table]
    samples = 1000
    table = grid_table(samples, dims=range(1, 7))
    table
    # --8<-- [end:table]

    # --8<-- [start:plot_grid]
    points = torch.rand(20, 2, generator=torch.Generator().manual_seed(1))
    line, square = occupied_cells(points[:, :1]), occupied_cells(points)
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.3))
    for ax, height in zip(axes, (1, 10)):
        spots = points * torch.tensor([10, height])
        for x, y in spots.long().unique(dim=0).tolist():
            ax.add_patch(plt.Rectangle((x, y), 1, 1, facecolor=("C0", 0.25)))
        if height == 1:
            spots[:, 1] = 0.5
        ax.scatter(*spots.T, s=14, zorder=3)
        ax.vlines(range(11), 0, height, color="#d1d9e0", lw=0.8)
        ax.hlines(range(height + 1), 0, 10, color="#d1d9e0", lw=0.8)
        middle = height / 2
        ax.set(xlim=(-0.1, 10.1), ylim=(middle - 5.1, middle + 5.1), aspect="equal")
        ax.axis("off")
    axes[0].set_title(f"one feature: {line} / 10 cells")
    axes[1].set_title(f"two features: {square} / 100 cells");
    # --8<-- [end:plot_grid]

    # --8<-- [start:ratios]
    torch.manual_seed(0)
    dims = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    ratios = [nearest_to_mean(torch.rand(500, n)) for n in dims]
    for n in (1, 2, 8, 64, 1024):
        print(f"n = {n:4}: nearest / mean distance {ratios[dims.index(n)]:.3f}")
    # --8<-- [end:ratios]

    # --8<-- [start:digits]
    digits = load_digits()
    X = torch.tensor(digits.data, dtype=torch.float32) / 16
    y = torch.tensor(digits.target)
    order = torch.randperm(len(X))
    X, y = X[order], y[order]
    digits_ratio = nearest_to_mean(X[:500])
    print(tuple(X.shape), f"nearest / mean distance {digits_ratio:.3f}")
    # --8<-- [end:digits]

    # --8<-- [start:plot_neighbors]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.semilogx(dims, ratios, "o-", base=2)
    ax.plot(64, digits_ratio, "D", color="C1", ms=8)
    ax.annotate("random points", (24, 0.75), color="C0", ha="right")
    ax.annotate("handwritten digits", (80, digits_ratio), color="C1", va="center")
    ax.set(xlabel="number of features", ylabel="nearest to mean distance")
    ax.set(ylim=(0, 1.02), xticks=dims[::2], xticklabels=dims[::2]);
    # --8<-- [end:plot_neighbors]

    # --8<-- [start:noise]
    train, accuracies = 1347, {}
    for extra in (0, 64, 640, 6400):
        wide = torch.cat([X, torch.rand(len(X), extra)], 1)
        accuracies[extra] = nearest_accuracy(wide, y, train)
        print(f"{extra:4} useless features: accuracy {accuracies[extra]:.1%}")
    # --8<-- [end:noise]

    # --8<-- [start:flatten]
    sheet, place = make_sheet()
    flat, kept = project(sheet, 2)
    dropped = sheet[:, :2]  # leave out the third feature | 直接丢掉第三个特征
    naive = (dropped.var(0).sum() / sheet.var(0).sum()).item()
    print(f"variance kept: projection {kept:.1%}, two of three features {naive:.1%}")
    # --8<-- [end:flatten]

    # --8<-- [start:plot_projection]
    fig = plt.figure(figsize=(6.4, 3.0))
    look = {"c": place.numpy(), "cmap": "viridis", "s": 8}
    space = fig.add_subplot(1, 2, 1, projection="3d")
    space.scatter(*sheet.T.numpy(), depthshade=False, **look)
    for end in ((2.2, 0, 0), (0, 1.8, 0), (0, 0, 2.2)):
        tip = [start + step for start, step in zip((-1.1, -0.9, -1.1), end)]
        space.plot(*zip((-1.1, -0.9, -1.1), tip), color="#59636e", lw=1.2)
    space.view_init(elev=14, azim=-68)
    space.set_axis_off()
    space.set_title("three features")
    plane = fig.add_subplot(1, 2, 2)
    side = (flat[:, 0] @ place).sign()  # same order as left | 与左图次序一致
    plane.scatter(side * flat[:, 0], flat[:, 1], **look)
    plane.set(xticks=[], yticks=[], title="two features", aspect="equal");
    # --8<-- [end:plot_projection]

    # --8<-- [start:digits_kept]
    shares = {k: project(X, k, train)[1] for k in (2, 8, 16, 32)}
    eight = nearest_accuracy(project(X, 8, train)[0], y, train)
    print("variance kept", {k: f"{share:.0%}" for k, share in shares.items()})
    print(f"nearest neighbor on 8 numbers instead of 64: {eight:.1%}")
    # --8<-- [end:digits_kept]

    # --8<-- [start:exponent]
    for n in (1, 2, 3, 10):
        print(f"n = {n:2}:  10 * n = {10 * n:3}   10 ** n = {10**n:,}")
    # --8<-- [end:exponent]

    # --8<-- [start:useless_direction]
    X_layers, y_layers = make_layers()
    z, kept_layers = project(X_layers, 1)
    projected = split_accuracy(z[:, 0], y_layers)
    thin = split_accuracy(X_layers[:, 1], y_layers)
    print(f"largest variance ({kept_layers:.1%} kept): accuracy {projected:.1%}")
    print(f"smallest variance: accuracy {thin:.1%}")
    # --8<-- [end:useless_direction]

    # --8<-- [start:plot_layers]
    fig, ax = plt.subplots(figsize=(6.4, 2.2))
    for label in (0, 1):
        ax.scatter(*X_layers[y_layers == label].T, s=10, color=f"C{label}")
    style = {"arrowstyle": "->", "color": "#59636e", "lw": 1.2}
    ax.annotate("", (-2, 1.35), (-9.5, 1.35), arrowprops=style)
    ax.annotate("largest variance", (-1.7, 1.35), color="#59636e", va="center")
    ax.set(xlim=(-10, 10), ylim=(-0.5, 1.6), xlabel="x1", ylabel="x2");
    # --8<-- [end:plot_layers]

"""Norms: the length of a vector, measured in several ways, and what each prefers.

    python -m snippets.linear_algebra.norms
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch.linalg import matrix_norm, vector_norm
# --8<-- [end:imports]


# --8<-- [start:directions]
def directions(n=360):
    """n points on the unit circle, one per column: shape (2, n)."""
    angle = torch.linspace(0, 2 * torch.pi, n)
    return torch.stack([angle.cos(), angle.sin()])
# --8<-- [end:directions]


# --8<-- [start:ball]
def unit_ball(p, n=361):
    """The points in the plane whose p-norm is 1: shape (2, n)."""
    ray = directions(n)
    return ray / vector_norm(ray, ord=p, dim=0)
# --8<-- [end:ball]


if __name__ == "__main__":
    # --8<-- [start:by_hand]
    u = torch.tensor([3.0, -4.0])
    print("L1  ", u.abs().sum(), vector_norm(u, ord=1))
    print("L2  ", (u**2).sum().sqrt(), vector_norm(u))
    print("Linf", u.abs().max(), vector_norm(u, ord=torch.inf))
    # --8<-- [end:by_hand]

    # --8<-- [start:plot_balls]
    fig, ax = plt.subplots(figsize=(4.6, 4.4))
    spots = {1: (0, 0.6), 2: (0.62, 0.58), torch.inf: (0.87, 0.88)}
    names = {1: "L1", 2: "L2", torch.inf: "L∞"}
    for i, (p, spot) in enumerate(spots.items()):
        x, y = unit_ball(p)
        ax.fill(x, y, color=f"C{i}", alpha=0.08)
        ax.plot(x, y, color=f"C{i}")
        ax.text(*spot, names[p], color=f"C{i}", ha="center", va="center")
    ax.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal")
    ax.set(xlabel="x1", ylabel="x2");
    # --8<-- [end:plot_balls]

    # --8<-- [start:errors]
    y = torch.tensor([1.0, 2.0, 2.0, 3.0, 12.0])
    guesses = torch.linspace(0, 13, 1301)
    errors = y - guesses.unsqueeze(1)  # (1301, 5)
    l1 = vector_norm(errors, ord=1, dim=1)
    l2 = vector_norm(errors, ord=2, dim=1)
    best1, best2 = guesses[l1.argmin()], guesses[l2.argmin()]
    print(f"smallest L1 norm at {best1:.2f}, median {y.median():.2f}")
    print(f"smallest L2 norm at {best2:.2f}, mean   {y.mean():.2f}")
    # --8<-- [end:errors]

    # --8<-- [start:plot_errors]
    fig, ax = plt.subplots(figsize=(5.4, 3.4))
    for curve, best, color in ((l1, best1, "C0"), (l2, best2, "C1")):
        ax.plot(guesses, curve, color=color)
        ax.plot(best, curve.min(), "o", color=color)
    ax.plot(y, torch.full((5,), 1.5), "|", color="#59636e", ms=10, mew=1.5)
    ax.annotate("L1", (8.2, 32), color="C0", ha="right")
    ax.annotate("L2", (8.2, 16), color="C1", ha="right")
    ax.annotate("median", (best1, l1.min() + 4.5), color="C0", ha="center")
    ax.annotate("mean", (best2, l2.min() - 4), color="C1", ha="center")
    ax.set(xlabel="prediction", ylabel="norm of the errors", ylim=(0, 46));
    # --8<-- [end:plot_errors]

    # --8<-- [start:penalty]
    spread = torch.tensor([1.0, 1.0, 1.0, 1.0])
    single = torch.tensor([2.0, 0.0, 0.0, 0.0])
    for name, weights in {"spread": spread, "single": single}.items():
        print(f"{name}: L1 {vector_norm(weights, ord=1)}, L2 {vector_norm(weights)}")
    # --8<-- [end:penalty]

    # --8<-- [start:matrix]
    M = torch.tensor([[2.0, 1.0], [0.0, 1.5]])
    print("Frobenius", matrix_norm(M), (M**2).sum().sqrt())
    print("spectral ", matrix_norm(M, ord=2))
    stretch = vector_norm(M @ directions(3600), dim=0)
    print("longest image of a unit vector", stretch.max())
    # --8<-- [end:matrix]

    # --8<-- [start:plot_stretch]
    fig, ax = plt.subplots(figsize=(4.6, 4.6))
    circle = directions(361)
    ellipse = M @ circle
    k = vector_norm(ellipse, dim=0).argmax()
    ax.plot(*circle, color="C0")
    ax.plot(*ellipse, color="C1")
    for points, color in ((ellipse, "C1"), (circle, "C0")):
        arrow = {"arrowstyle": "->", "color": color, "lw": 2}
        ax.annotate("", points[:, k].tolist(), (0, 0), arrowprops=arrow)
    ax.set(xlim=(-2.7, 2.7), ylim=(-2.7, 2.7), aspect="equal")
    ax.set(xlabel="x1", ylabel="x2");
    # --8<-- [end:plot_stretch]

    # --8<-- [start:same_two]
    P = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    print("torch.norm(P, 2)       ", torch.norm(P, 2))
    print("torch.linalg.norm(P, 2)", torch.linalg.norm(P, 2))
    # --8<-- [end:same_two]

    # --8<-- [start:batch]
    X = torch.tensor([[3.0, 4.0], [6.0, 8.0], [0.0, 1.0]])
    print(vector_norm(X))
    print(vector_norm(X, dim=1))
    print(X / vector_norm(X, dim=1, keepdim=True))
    # --8<-- [end:batch]

"""Reductions along a dimension, and the broadcasting that takes their results back.

    python -m snippets.linear_algebra.reductions
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]

from snippets.linear_algebra.products import draw_grid


# --8<-- [start:fit]
def broadcast_shape(left, right):
    """The common shape of two shapes, or None if they do not fit."""
    result = []
    for k in range(1, max(len(left), len(right)) + 1):  # from the right | 从右往左
        a = left[-k] if k <= len(left) else 1
        b = right[-k] if k <= len(right) else 1
        if a != b and 1 not in (a, b):
            return None
        result.insert(0, b if a == 1 else a)
    return tuple(result)
# --8<-- [end:fit]


if __name__ == "__main__":
    # --8<-- [start:sum_dim]
    A = torch.tensor([[1, 2, 3], [4, 5, 6]])
    print("all  ", A.sum())
    print("dim=0", A.sum(dim=0), A.sum(dim=0).shape)
    print("dim=1", A.sum(dim=1), A.sum(dim=1).shape)
    # --8<-- [end:sum_dim]

    # --8<-- [start:plot_sum]
    fig, ax = plt.subplots(figsize=(5, 3.4))
    by_column = {(i, j): f"C{j}" for i in range(2) for j in range(3)}
    by_row = {(i, j): f"C{i}" for i in range(2) for j in range(3)}
    draw_grid(ax, A.tolist(), 0, 6.5, "A (2, 3)", by_column)
    draw_grid(ax, [A.sum(dim=0).tolist()], 0, 2.9, colors=by_column)
    ax.text(1.5, 1.75, "dim=0 (3,)", ha="center", va="top")
    draw_grid(ax, A.tolist(), 5.5, 6.5, "A (2, 3)", by_row)
    total = [[number] for number in A.sum(dim=1).tolist()]
    draw_grid(ax, total, 10.2, 6.5, colors={(0, 0): "C0", (1, 0): "C1"})
    ax.text(10.7, 4.35, "dim=1 (2,)", ha="center", va="top")
    arrow = {"arrowstyle": "->", "color": "#59636e", "lw": 1.5}
    for j in range(3):
        ax.annotate("", (j + 0.5, 3.0), (j + 0.5, 4.4), arrowprops=arrow)
    for i in range(2):
        ax.annotate("", (10.1, 6.0 - i), (8.6, 6.0 - i), arrowprops=arrow)
    ax.set(xlim=(-0.1, 12.4), ylim=(0.9, 7.3), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_sum]

    # --8<-- [start:cube]
    cube = torch.arange(24).reshape(2, 3, 4)
    for dim in (0, 1, 2, -1, (0, 2)):
        print(f"sum(dim={dim}): {tuple(cube.sum(dim=dim).shape)}")
    # --8<-- [end:cube]

    # --8<-- [start:keepdim]
    totals = A.sum(dim=1, keepdim=True)
    print(totals.shape)
    print(A / totals)
    print((A / totals).sum(dim=1))
    # --8<-- [end:keepdim]

    # --8<-- [start:fits]
    for left, right in [
        ((2, 3), (3,)),
        ((2, 3), (2, 1)),
        ((3, 1), (4,)),
        ((7, 1, 5), (6, 1)),
        ((2, 3), (2,)),
    ]:
        print(left, right, "->", broadcast_shape(left, right))
    # --8<-- [end:fits]

    # --8<-- [start:stretch]
    column = torch.tensor([[0], [10], [20]])
    row = torch.tensor([1, 2, 3, 4])
    print(column + row)
    wide = column.expand(3, 4)
    print(wide.stride(), wide.data_ptr() == column.data_ptr())
    # --8<-- [end:stretch]

    # --8<-- [start:plot_broadcast]
    fig, ax = plt.subplots(figsize=(4.8, 4))
    first = {(i, 0): "C0" for i in range(3)}
    copies = {(i, j) for i in range(3) for j in range(1, 4)}
    draw_grid(ax, wide.tolist(), 0, 8, "column (3, 1)", first, copies)
    first = {(0, j): "C1" for j in range(4)}
    copies = {(i, j) for i in range(1, 3) for j in range(4)}
    draw_grid(ax, row.expand(3, 4).tolist(), 6, 8, "row (4,)", first, copies)
    draw_grid(ax, (column + row).tolist(), 3, 3, "column + row (3, 4)")
    for x, y, sign in ((5, 6.5, "+"), (2, 1.5, "=")):
        ax.text(x, y, sign, ha="center", va="center", size=14)
    ax.set(xlim=(-0.1, 10.1), ylim=(-0.1, 9), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_broadcast]

    # --8<-- [start:mean_std]
    m = torch.tensor([[1.0, 10.0], [2.0, 30.0], [3.0, 20.0], [4.0, 40.0]])
    print("mean ", m.mean(), m.mean(dim=0), m.mean(dim=1))
    print("std  ", m.std(dim=0))
    z = (m - m.mean(dim=0)) / m.std(dim=0)
    print("after", z.mean(dim=0), z.std(dim=0))
    # --8<-- [end:mean_std]

    # --8<-- [start:bessel]
    torch.manual_seed(0)
    draws = torch.randn(100_000, 3)  # true variance 1 | 真实方差为 1
    print("n - 1:", draws.var(dim=1).mean())
    print("n    :", draws.var(dim=1, correction=0).mean())
    # --8<-- [end:bessel]

    # --8<-- [start:minmax]
    scores = torch.tensor([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1]])
    best = scores.max(dim=1)
    print(best)
    values, indices = best
    print(torch.equal(indices, scores.argmax(dim=1)), scores.amax(dim=(0, 1)))
    # --8<-- [end:minmax]

    # --8<-- [start:cumsum]
    print(A.cumsum(dim=0))
    print(A.cumsum(dim=1))
    # --8<-- [end:cumsum]

    # --8<-- [start:square]
    B = torch.tensor([[1.0, 3.0], [2.0, 6.0]])
    print((B / B.sum(dim=1)).sum(dim=1))
    print((B / B.sum(dim=1, keepdim=True)).sum(dim=1))
    # --8<-- [end:square]

    # --8<-- [start:integers]
    centered = A.clone()
    centered[:] = A - A.float().mean(dim=0)
    print(A - A.float().mean(dim=0))
    print(centered)
    # --8<-- [end:integers]

"""Arithmetic with tensors: by element, as a matrix product, and down to one number.

    python -m snippets.tensors.arithmetic
"""

# --8<-- [start:imports]
import timeit

import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:linear]
def linear_loop(X, W, b):
    """X @ W + b, number by number: X (N, d), W (d, k), b (k,) -> (N, k)."""
    out = torch.zeros(X.shape[0], W.shape[1])
    for i in range(X.shape[0]):
        for k in range(W.shape[1]):
            out[i, k] = b[k]
            for j in range(X.shape[1]):
                out[i, k] += X[i, j] * W[j, k]
    return out


def linear(X, W, b):
    """X @ W + b in one product: X (N, d), W (d, k), b (k,) -> (N, k)."""
    return X @ W + b
# --8<-- [end:linear]


# --8<-- [start:grid]
def draw_grid(ax, values, left, top, label, marked=(), color="C0"):
    """Draw a matrix as cells of size 1 with its label above; tint the marked (i, j)."""
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            fill = (color, 0.3) if (i, j) in marked else "none"
            corner = (left + j, top - i - 1)
            cell = plt.Rectangle(corner, 1, 1, facecolor=fill, edgecolor="#59636e")
            ax.add_patch(cell)
            ax.text(left + j + 0.5, top - i - 0.53, value, ha="center", va="center")
    ax.text(left + len(values[0]) / 2, top + 0.15, label, ha="center", va="bottom")
# --8<-- [end:grid]


if __name__ == "__main__":
    # --8<-- [start:elementwise]
    v = torch.tensor([1, 2, 3])
    w = torch.tensor([4, 5, 6])
    print(v + 10, v - 10, v * 10)
    print(v + w, v - w, v * w)
    print(torch.add(v, 10), torch.mul(v, w), v.mul(w))
    # --8<-- [end:elementwise]

    # --8<-- [start:division]
    a = torch.tensor([7, -7])
    print("a / 2   ", a / 2)
    print("a // 2  ", a // 2)
    print("a % 2   ", a % 2)
    print("truncate", torch.div(a, 2, rounding_mode="trunc"))
    print("by zero ", torch.tensor([1.0, -1.0, 0.0]) / 0)
    # --8<-- [end:division]

    # --8<-- [start:powers]
    print(v**2, 2**v, w**v)
    print(torch.exp(v))
    # --8<-- [end:powers]

    # --8<-- [start:broadcast]
    sixes = torch.full((4, 3), 6.0)
    twos = torch.full((3,), 2.0)
    print(sixes / twos)
    # --8<-- [end:broadcast]

    # --8<-- [start:products]
    A = torch.tensor([[1, 2, 3], [4, 5, 6]])
    B = torch.tensor([[1, 2, 0], [3, 0, 1]])
    print(A * B)
    print(A @ B.T)
    # --8<-- [end:products]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(5.4, 4.4))
    a_rows, b_rows, bt_rows = A.tolist(), B.tolist(), B.T.tolist()
    draw_grid(ax, a_rows, 0, 10, "A (2, 3)", [(0, 1)])
    draw_grid(ax, b_rows, 4, 10, "B (2, 3)", [(0, 1)], "C1")
    draw_grid(ax, (A * B).tolist(), 8, 10, "A * B (2, 3)", [(0, 1)], "C2")
    row, column = [(0, 0), (0, 1), (0, 2)], [(0, 1), (1, 1), (2, 1)]
    draw_grid(ax, a_rows, 0, 6.3, "A (2, 3)", row)
    draw_grid(ax, bt_rows, 4.5, 6.8, "B.T (3, 2)", column, "C1")
    draw_grid(ax, (A @ B.T).tolist(), 8.5, 6.3, "A @ B.T (2, 2)", [(0, 1)], "C2")
    draw_grid(ax, a_rows, 0, 2.2, "A (2, 3)", row)
    draw_grid(ax, b_rows, 4, 2.2, "B (2, 3)", column[:2], "C1")
    for y, sign in ((9, "*"), (5.3, "@"), (1.2, "@")):
        ax.text(3.5, y, sign, ha="center", va="center", size=13)
        ax.text(7.5, y, "=", ha="center", va="center", size=13)
    ax.text(9.5, 1.55, "3 ≠ 2", color="C4", ha="center", va="center", size=12)
    ax.text(9.5, 0.85, "RuntimeError", color="C4", ha="center", va="center")
    ax.set(xlim=(-0.1, 11.1), ylim=(-0.1, 10.9))
    ax.axis("off");
    # --8<-- [end:plot]

    # --8<-- [start:batch]
    torch.manual_seed(0)
    X = torch.randn(64, 8)  # 64 samples, 8 features | 64 个样本，8 个特征
    W = torch.randn(8, 1)
    b = torch.randn(1)
    Y = linear(X, W, b)
    print(Y.shape, torch.allclose(linear_loop(X, W, b), Y, atol=1e-5))
    # --8<-- [end:batch]

    # --8<-- [start:plot_batch]
    fig, ax = plt.subplots(figsize=(5.2, 3))
    blank = [[""] * 8] * 5
    row = [(2, j) for j in range(8)]
    column = [(j, 0) for j in range(8)]
    draw_grid(ax, blank, 0, 6.5, "X (N, 8)", row)
    draw_grid(ax, [[""]] * 8, 10, 8, "W (8, 1)", column, "C1")
    draw_grid(ax, [[""]], 13, 4.5, "b (1)", [(0, 0)], "C3")
    draw_grid(ax, [[""]] * 5, 16, 6.5, "Y (N, 1)", [(2, 0)], "C2")
    for x, sign in ((9, "@"), (12, "+"), (15, "=")):
        ax.text(x, 4, sign, ha="center", va="center", size=13)
    ax.text(4, 1, "one sample", color="C0", ha="center", va="center")
    ax.text(16.5, 1, "predicted value", color="C2", ha="center", va="center")
    ax.set(xlim=(-0.1, 19), ylim=(-0.1, 9.2))
    ax.axis("off");
    # --8<-- [end:plot_batch]

    # --8<-- [start:speed]
    slow = min(timeit.repeat(lambda: linear_loop(X, W, b), number=1, repeat=3))
    fast = min(timeit.repeat(lambda: linear(X, W, b), number=100, repeat=3)) / 100
    print("at least ten times faster:", slow > 10 * fast)
    # --8<-- [end:speed]

    # --8<-- [start:reduce]
    x = torch.arange(0, 100, 10)
    print(x)
    print("min", x.min(), " max", x.max(), " sum", x.sum())
    print("argmin", x.argmin(), " argmax", x.argmax())
    print("mean", x.float().mean())
    # --8<-- [end:reduce]

    # --8<-- [start:inplace]
    s = torch.tensor([1.0, 2.0, 3.0])
    alias = s  # a second name, no copy | 第二个名字，不是副本
    s.add_(10)
    s *= 2
    print("after two in-place steps:", s, alias)
    s = s + 1
    print("after s = s + 1:         ", s, alias)
    # --8<-- [end:inplace]

    # --8<-- [start:zero]
    r = torch.tensor([1.0, float("nan"), float("inf")])
    print("r * 0    ", r * 0)
    print("r        ", r)
    print("r.zero_()", r.zero_())
    # --8<-- [end:zero]

"""Products of vectors and matrices: which of them, under which name, with which shapes.

    python -m snippets.linear_algebra.products
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:grid]
def draw_grid(ax, values, left, top, label="", colors=(), ghost=()):
    """Draw a matrix as cells of size 1, its label above.

    colors: {(i, j): color} tints cells; ghost: cells drawn with a dotted edge.
    """
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            color = dict(colors).get((i, j))
            dashed = (i, j) in ghost
            fill = (color, 0.3) if color else "none"
            corner, line = (left + j, top - i - 1), ":" if dashed else "-"
            cell = plt.Rectangle(corner, 1, 1, fc=fill, ec="#59636e", ls=line)
            ax.add_patch(cell)
            ink = {"color": "#59636e"} if dashed else {}
            spot = (left + j + 0.5, top - i - 0.53)
            ax.text(*spot, value, ha="center", va="center", **ink)
    ax.text(left + len(values[0]) / 2, top + 0.15, label, ha="center", va="bottom")
# --8<-- [end:grid]


# --8<-- [start:product_shape]
def product_shape(left, right):
    """The shape of left @ right, for two shapes given as tuples."""
    return tuple((torch.zeros(left) @ torch.zeros(right)).shape)
# --8<-- [end:product_shape]


if __name__ == "__main__":
    # --8<-- [start:four]
    v = torch.tensor([1, 2, 3])
    w = torch.tensor([4, 5, 6])
    print("v * w", v * w)
    print("dot  ", torch.dot(v, w))
    print("cross", torch.linalg.cross(v, w))
    print("outer")
    print(torch.outer(v, w))
    # --8<-- [end:four]

    # --8<-- [start:one_table]
    table = torch.outer(v, w)
    mirror = table - table.T  # entry minus its mirror image | 元素减去它的镜像
    print("diagonal   ", table.diagonal())
    print("its sum    ", table.trace())
    print("differences", mirror[[1, 2, 0], [2, 0, 1]])
    # --8<-- [end:one_table]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(5.6, 3.5))
    pairs = {(1, 2): "C0", (2, 1): "C0", (2, 0): "C1", (0, 2): "C1"}
    pairs |= {(0, 1): "C3", (1, 0): "C3"}
    diagonal = {(i, i): "C2" for i in range(3)}
    draw_grid(ax, v.reshape(3, 1).tolist(), 0, 3.2, "v")
    draw_grid(ax, [w.tolist()], 1.4, 4.6)
    ax.text(1.15, 4.07, "w", ha="center", va="center")
    draw_grid(ax, table.tolist(), 1.4, 3.2, colors=pairs | diagonal)
    ax.text(2.9, -0.15, "outer product", ha="center", va="top")
    across = {(0, j): "C2" for j in range(3)}
    draw_grid(ax, [(v * w).tolist()], 6.3, 4.6, "element-wise product", across)
    draw_grid(ax, [[torch.dot(v, w).item()]], 7.3, 2.7, "dot product", {(0, 0): "C2"})
    across = {(0, 0): "C0", (0, 1): "C1", (0, 2): "C3"}
    cross = torch.linalg.cross(v, w)
    draw_grid(ax, [cross.tolist()], 6.3, 0.8, "cross product", across)
    ax.set(xlim=(-0.1, 10.4), ylim=(-0.8, 5.3), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot]

    # --8<-- [start:angle]
    east = torch.tensor([2.0, 0.0])
    for a in torch.tensor([[2.0, 0.0], [2.0, 2.0], [0.0, 3.0], [-1.0, 0.0]]):
        cosine = torch.dot(a, east) / (torch.dot(a, a) * torch.dot(east, east)).sqrt()
        print(f"{a.tolist()}  dot {torch.dot(a, east):4.1f}  cosine {cosine:6.3f}")
    # --8<-- [end:angle]

    # --8<-- [start:columns]
    A = torch.tensor([[1, 2, 3], [4, 5, 6]])
    x = torch.tensor([1, 0, 2])
    print(A @ x, torch.mv(A, x))
    print(x[0] * A[:, 0] + x[1] * A[:, 1] + x[2] * A[:, 2])
    # --8<-- [end:columns]

    # --8<-- [start:order]
    B = torch.tensor([[2, 0], [0, 1], [1, 1]])
    u = torch.tensor([5, 7])
    print("A @ B", (A @ B).tolist(), " B @ A", (B @ A).tolist())
    print("first B, then A:", A @ (B @ u), (A @ B) @ u)
    print("transposed:", torch.equal((A @ B).T, B.T @ A.T))
    # --8<-- [end:order]

    # --8<-- [start:shapes]
    for left, right in [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)),
        ((5, 2, 3), (3, 4)),
        ((7, 1, 2, 3), (5, 3, 4)),
    ]:
        print(f"{str(left):>12} @ {str(right):9} -> {product_shape(left, right)}")
    # --8<-- [end:shapes]

    # --8<-- [start:symmetric]
    S = A.T @ A
    print(S)
    print(torch.equal(S, S.T))
    # --8<-- [end:symmetric]

    # --8<-- [start:not_matrix]
    cube = torch.arange(24).reshape(2, 3, 4)
    print(cube.ndim, cube.mT.shape)
    # --8<-- [end:not_matrix]

    # --8<-- [start:star]
    X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # 2 samples | 2 个样本
    weights = torch.tensor([10.0, 1.0, 0.1])
    print(X * weights)
    print(X @ weights)
    # --8<-- [end:star]

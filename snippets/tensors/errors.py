"""Three classic errors: the wrong data type, the wrong shape, the wrong device.

    python -m snippets.tensors.errors
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:describe]
def describe(**tensors):
    """Print what errors are about, one line per tensor: type, shape, device."""
    for name, tensor in tensors.items():
        print(f"{name}: {tensor.dtype}, {tuple(tensor.shape)}, {tensor.device}")
# --8<-- [end:describe]


# --8<-- [start:draw]
def draw_matrix(ax, name, shape, left, inner, color):
    """Draw an empty matrix with its sizes; inner is the dimension in color."""
    rows, cols = shape
    for r in range(rows):
        for c in range(cols):
            corner = (left + c, -r - 1)
            cell = plt.Rectangle(corner, 1, 1, facecolor="none", edgecolor="#59636e")
            ax.add_patch(cell)
    colors = [color if d == inner else "#59636e" for d in (0, 1)]
    weights = ["bold" if d == inner else "normal" for d in (0, 1)]
    center = left + cols / 2, -rows / 2
    at = {"ha": "center", "va": "center", "fontsize": 12}
    ax.text(center[0], -rows - 0.45, name, **at)
    ax.text(left - 0.4, center[1], rows, color=colors[0], weight=weights[0], **at)
    ax.text(center[0], 0.4, cols, color=colors[1], weight=weights[1], **at)
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:tensors]
    X = torch.tensor([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])
    w = torch.tensor([[1], [2], [3]])
    describe(X=X, w=w)
    # --8<-- [end:tensors]

    # --8<-- [start:convert]
    describe(w=w.to(torch.float32))
    print((X @ w.to(torch.float32)).flatten())
    print(torch.tensor([2048.0, 2049.0, 2050.0]).to(torch.float16))
    # --8<-- [end:convert]

    # --8<-- [start:options]
    t = torch.tensor([3.5, 6.0], dtype=None, device=None, requires_grad=False)
    describe(t=t)
    with torch.device("meta"):
        describe(u=torch.tensor([3.5, 6.0], device=None))
    # --8<-- [end:options]

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 2.6))
    cases = [("W", (2, 3), "C4"), ("W.T", (3, 2), "C0")]
    for ax, (name, shape, color) in zip(axes, cases):
        draw_matrix(ax, "X", (2, 3), 0, inner=1, color=color)
        draw_matrix(ax, name, shape, 4.2, inner=0, color=color)
        ax.set(xlim=(-0.7, 7.4), ylim=(-3.9, 0.8), aspect="equal")
        ax.axis("off")
    axes[0].set_title("inner sizes differ", color="C4")
    axes[1].set_title("inner sizes agree", color="C0");
    # --8<-- [end:plot]

    # --8<-- [start:silent]
    predicted = torch.tensor([[1.0], [2.0], [3.0]])  # (3, 1)
    target = torch.tensor([1.0, 2.0, 3.0])  # (3,)
    squares = (predicted - target) ** 2
    print(f"shape {tuple(squares.shape)}, mean {squares.mean():.3f}")
    cured = (predicted.squeeze(1) - target) ** 2
    print(f"shape {tuple(cured.shape)}, mean {cured.mean():.3f}")
    # --8<-- [end:silent]

    # --8<-- [start:move]
    X.to("meta")  # the result is thrown away | 结果被丢掉了
    describe(X=X)
    Y = X.to("meta")
    describe(Y=Y)
    # --8<-- [end:move]

    # --8<-- [start:device]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    X, W = X.to(device), torch.ones(3, 2, device=device)
    (X @ W).shape
    # --8<-- [end:device]

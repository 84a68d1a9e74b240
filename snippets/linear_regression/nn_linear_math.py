"""What nn.Linear computes: x @ weight.T + bias on the last dimension of x.

    python -m snippets.linear_regression.nn_linear_math
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:linear]
def linear(x, weight, bias):
    """x of shape (..., n), weight (m, n), bias (m,): a result of shape (..., m)."""
    return x @ weight.T + bias
# --8<-- [end:linear]


# --8<-- [start:forms]
def four_forms(x, W, b):
    """One vector x of shape (n,) through W (m, n) and b (m,), written in four ways."""
    A = W.T.contiguous()  # stored as inputs by outputs | 按输入在前存放
    return {
        "row     x @ W.T + b": x[None, :] @ W.T + b,
        "column  W @ x + b": W @ x[:, None] + b[:, None],
        "stored  x @ A + b": x @ A + b,
        "single  w @ x + b": torch.stack([w @ x + c for w, c in zip(W, b)]),
    }
# --8<-- [end:forms]


# --8<-- [start:count_layers]
def count_layers(net):
    """Number of weight matrices: the input is no layer, an activation has none."""
    return sum(param.ndim == 2 for param in net.parameters())
# --8<-- [end:count_layers]


# --8<-- [start:draw]
def draw_matrix(ax, left, rows, columns, name, marked, color):
    """Cells of size 1, centered around height 0, with name and shape below."""
    top = rows / 2
    for i in range(rows):
        for j in range(columns):
            fill = (color, 0.35) if (i, j) in marked else "none"
            corner = (left + j, top - i - 1)
            ax.add_patch(plt.Rectangle(corner, 1, 1, fc=fill, ec="#59636e"))
    middle = left + columns / 2
    ax.text(middle, -3.3, name, ha="center", fontsize=15)
    return top, middle


def draw_shapes():
    """X (5, 4) times W.T (4, 2) plus b (2,) gives Y (5, 2)."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.axis("off")
    ax.set(xlim=(-1.2, 14.8), ylim=(-4.6, 4), aspect="equal")
    column = [(k, 1) for k in range(4)]
    parts = (
        (0, 5, 4, "X", "(5, 4)", [(1, k) for k in range(4)], "C0"),
        (5.4, 4, 2, "W.T", "(4, 2)", column, "C1"),
        (8.8, 1, 2, "b", "(2,)", [(0, 1)], "C2"),
        (12.2, 5, 2, "Y", "(5, 2)", [(1, 1)], "C3"),
    )
    words = {"X": ("samples", "features"), "W.T": ("features", "outputs")}
    words |= {"b": ("", "outputs"), "Y": ("samples", "outputs")}
    muted = {"color": "#59636e", "fontsize": 12}
    for left, rows, columns, name, shape, marked, color in parts:
        top, middle = draw_matrix(ax, left, rows, columns, name, marked, color)
        ax.text(middle, -4.4, shape, ha="center", **muted)
        side, above = words[name]
        ax.text(middle, top + 0.25, above, ha="center", **muted)
        turned = muted | {"rotation": 90, "rotation_mode": "anchor"}
        ax.text(left - 0.3, 0, side, ha="center", **turned)
    for place, sign in ((4.35, "@"), (8.1, "+"), (11.2, "=")):
        ax.text(place, -3.3, sign, ha="center", fontsize=15)
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:layer]
    torch.manual_seed(1)
    layer = nn.Linear(in_features=4, out_features=2)
    W, b = layer.weight, layer.bias
    # --8<-- [end:layer]
    print(W, b)

    # --8<-- [start:show_forms]
    x = torch.tensor([1.0, 2.0, 3.0, 4.0])
    forms = four_forms(x, W, b)
    for form, y in forms.items():
        print(f"{form:20} {str(tuple(y.shape)):7} {y.flatten().tolist()}")
    # --8<-- [end:show_forms]

    # --8<-- [start:any_leading_dims]
    for shape in ((4,), (5, 4), (2, 3, 4), (2, 5, 3, 4)):
        x = torch.randn(shape)
        assert torch.allclose(layer(x), linear(x, W, b), atol=1e-6)
        print(f"{str(shape):13} -> {tuple(layer(x).shape)}")
    # --8<-- [end:any_leading_dims]

    # --8<-- [start:affine]
    f = nn.Linear(1, 1)
    nn.init.constant_(f.weight, 2.0)
    nn.init.constant_(f.bias, 3.0)
    one, two = torch.tensor([1.0]), torch.tensor([2.0])
    separate, together = f(one) + f(two), f(one + two)
    print(f"f(1) + f(2) = {separate.item()}   f(1 + 2) = {together.item()}")
    # --8<-- [end:affine]
    print(count_layers(layer))

"""Many outputs: weights for backward, the Jacobian, and why a loss is one number.

    python -m snippets.autograd.vector_backward
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:square]
def square():
    """A fresh X of shape (2, 2) that asks for its gradient, and X**2."""
    X = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    return X, X**2
# --8<-- [end:square]


# --8<-- [start:f]
def f(x):
    """Two numbers in, three out: (2,) -> (3,)."""
    return torch.stack([x[0] ** 2, x[0] * x[1], 3 * x[1]])
# --8<-- [end:f]


# --8<-- [start:pull]
def pull(weights):
    """Gradient at w = 2 of the losses (w - 1)**2 and (w - 3)**2, with these weights."""
    w = torch.tensor(2.0, requires_grad=True)
    losses = (w - torch.tensor([1.0, 3.0])) ** 2
    losses.backward(torch.tensor(weights))
    return w.grad.item()
# --8<-- [end:pull]


# --8<-- [start:draw]
def draw_grid(ax, matrix, name, left, top, color, fmt="g", width=1.0):
    """A matrix as a grid of numbers, its upper left corner at (left, top)."""
    for r, row in enumerate(matrix.tolist()):
        for c, value in enumerate(row):
            corner = (left + c * width, top - r - 1)
            cell = plt.Rectangle(corner, width, 1, fc="none", ec=color, lw=1.2)
            ax.add_patch(cell)
            center = (corner[0] + width / 2, corner[1] + 0.5)
            text = f"{value:{fmt}}".replace("-", "−")
            ax.text(*center, text, ha="center", va="center", size=10.5)
    middle = left + matrix.shape[1] * width / 2
    ax.text(middle, top + 0.3, name, color=color, ha="center", size=12)
# --8<-- [end:draw]


# --8<-- [start:sample]
def make_sample(seed=0):
    """weight (2, 9), bias (2,), one sample x (1, 9), one-hot target (1, 2)."""
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(2, 9, generator=generator)
    bias = torch.randn(2, generator=generator)
    x = torch.randn(1, 9, generator=generator)
    target = torch.tensor([[1.0, 0.0]])
    return weight, bias, x, target
# --8<-- [end:sample]


# --8<-- [start:check]
def check(answer):
    """answer(weight, bias, x, target): the two gradients, of shape (2, 9) and (2,)."""
    for seed in range(3):
        weight, bias, x, t = make_sample(seed)
        p = (x @ weight.T + bias).softmax(dim=1)  # (1, 2)
        for attempt in ("first", "second"):
            weight_grad, bias_grad = answer(weight, bias, x, t)
            shapes = weight_grad.shape, bias_grad.shape
            assert shapes == ((2, 9), (2,)), "wrong shape"
            agrees = torch.allclose(weight_grad, (p - t).T @ x, atol=1e-6)
            assert agrees, f"wrong gradient of weight in the {attempt} call"
            assert torch.allclose(bias_grad, (p - t)[0], atol=1e-6), "wrong for bias"
        assert not weight.requires_grad, "the given weight was changed"
    print("the gradients agree with the formula")
# --8<-- [end:check]


# --8<-- [start:solution]
def answer(weight, bias, x, target):
    weight = weight.clone().requires_grad_()
    bias = bias.clone().requires_grad_()
    preds = x @ weight.T + bias  # (1, 2)
    loss = nn.CrossEntropyLoss()(preds, target)
    loss.backward()
    return weight.grad, bias.grad
# --8<-- [end:solution]


if __name__ == "__main__":
    # --8<-- [start:ones]
    X, Y = square()
    Y.backward(torch.ones(2, 2))
    print(X.grad)
    # --8<-- [end:ones]

    # --8<-- [start:sums]
    X, Y = square()
    Y.sum().backward()  # as with ones | 相当于权重全为 1
    print(X.grad)

    V = torch.tensor([[1.0, 0.0], [0.5, 10.0]])
    (X, Y), (X2, Y2) = square(), square()
    Y.backward(V)
    (V * Y2).sum().backward()
    print(X.grad, torch.equal(X.grad, X2.grad))
    # --8<-- [end:sums]

    # --8<-- [start:jacobian]
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    J = torch.autograd.functional.jacobian(f, x)  # (3, 2)
    v = torch.tensor([1.0, 10.0, 1.0])
    f(x).backward(v)
    print(J)
    print(v @ J, x.grad)
    # --8<-- [end:jacobian]

    # --8<-- [start:plot_jacobian]
    fig, ax = plt.subplots(figsize=(6.4, 2.7))
    draw_grid(ax, v[None], "weights v", 0, 2, "C2")
    ax.text(3.6, 1.5, "@", ha="center", va="center", size=13)
    draw_grid(ax, J, "Jacobian", 4.2, 3, "C0")
    ax.text(6.8, 1.5, "=", ha="center", va="center", size=13)
    draw_grid(ax, x.grad[None], "gradient", 7.4, 2, "C1")
    ax.set(xlim=(-0.1, 9.5), ylim=(-0.1, 3.9), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_jacobian]

    # --8<-- [start:wishes]
    for weights in ([1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.1, 0.9]):
        print(weights, f"gradient {pull(weights):+.1f}")
    # --8<-- [end:wishes]

    # --8<-- [start:layers]
    torch.manual_seed(0)
    weight, bias, x, target = make_sample()
    model = nn.Sequential(nn.Linear(9, 4), nn.Tanh(), nn.Linear(4, 2))
    criterion = nn.CrossEntropyLoss()
    loss = criterion(model(x), target)
    loss.backward()
    for name, param in model.named_parameters():
        print(f"{name:8} {str(tuple(param.grad.shape)):7} {param.grad.norm():.3f}")
    # --8<-- [end:layers]

    # --8<-- [start:star]
    layer = nn.Linear(3, 3)
    W, b = layer.weight, layer.bias
    X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    print("X @ W.T + b", torch.allclose(layer(X), X @ W.T + b))
    print("W * X + b  ", torch.allclose(layer(X), W * X + b), (W * X + b).shape)
    # --8<-- [end:star]

    check(answer)

    # --8<-- [start:result]
    weight, bias, x, target = make_sample()
    weight_grad, bias_grad = answer(weight, bias, x, target)
    print(bias_grad)
    # --8<-- [end:result]

    # --8<-- [start:plot_gradients]
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    draw_grid(ax, x, "sample x", 2, 4.6, "C2", ".1f", 1.25)
    draw_grid(ax, bias_grad[:, None], "p − t", 0, 2, "C1", ".2f", 1.5)
    draw_grid(ax, weight_grad, "", 2, 2, "C0", ".1f", 1.25)
    middle = 2 + 9 * 1.25 / 2
    ax.text(middle, 2.3, "gradient of the weight", color="C0", ha="center", size=12)
    ax.set(xlim=(-0.1, 13.4), ylim=(-0.1, 5.4))
    ax.axis("off");
    # --8<-- [end:plot_gradients]

"""One gradient step by hand: in place, outside the graph, with a cleared gradient.

    python -m snippets.gradient_descent.manual_update
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:train]
def train(x, y, lr, num_epochs, seed=0):
    """Fit y = w * x sample by sample; returns w and the mean loss of every epoch."""
    generator = torch.Generator().manual_seed(seed)
    w = torch.tensor(1.0, requires_grad=True)
    losses = []
    for epoch in range(num_epochs):
        total = 0.0
        for i in torch.randperm(len(x), generator=generator):
            loss = (w * x[i] - y[i]) ** 2  # forward pass | 前向传播
            loss.backward()  # backward pass | 反向传播
            with torch.no_grad():
                w -= lr * w.grad  # update | 更新
                w.grad.zero_()
            total += loss.item()
        losses.append(total / len(x))
    return w, losses
# --8<-- [end:train]


# --8<-- [start:sgd]
def sgd(params, lr):
    """One gradient step for every tensor of params, in place; clears the gradients."""
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
            param.grad.zero_()
# --8<-- [end:sgd]


# --8<-- [start:model]
def make_model():
    """One number in, three hidden, one out: (n, 1) -> (n, 1)."""
    return nn.Sequential(nn.Linear(1, 3), nn.Sigmoid(), nn.Linear(3, 1))
# --8<-- [end:model]


# --8<-- [start:descend]
def descend(lr, num_steps, clear=True):
    """Minimize w**2 from w = 1; returns the gradient of every step and all weights."""
    w = torch.tensor(1.0, requires_grad=True)
    gradients, weights = [], [w.item()]
    for step in range(num_steps):
        (w**2).backward()
        gradients.append(w.grad.item())
        with torch.no_grad():
            w -= lr * w.grad
        if clear:
            w.grad.zero_()
        weights.append(w.item())
    return gradients, weights
# --8<-- [end:descend]


# --8<-- [start:check]
def check(step, lr=0.1):
    """Assert that step(model, lr) takes one gradient step with every parameter."""
    torch.manual_seed(0)
    model, x = make_model(), torch.linspace(-1, 1, 8).reshape(-1, 1)
    loss = ((model(x) - x**2) ** 2).mean()
    loss.backward()
    old = {name: p.detach().clone() for name, p in model.named_parameters()}
    grads = {name: p.grad.clone() for name, p in model.named_parameters()}
    step(model, lr)
    for name, p in model.named_parameters():
        assert not torch.equal(p, old[name]), f"{name} did not change"
        assert torch.allclose(p, old[name] - lr * grads[name]), f"wrong step in {name}"
        assert p.is_leaf and p.requires_grad, f"{name} can no longer be trained"
    assert ((model(x) - x**2) ** 2).mean() < loss, "the loss did not fall"
# --8<-- [end:check]


# --8<-- [start:solution]
def step(model, lr):
    with torch.no_grad():
        for param in model.parameters():
            param -= lr * param.grad
# --8<-- [end:solution]


# --8<-- [start:rebinding]
def rebinding_step(model, lr):
    for param in model.parameters():
        param = param - lr * param.grad
# --8<-- [end:rebinding]


if __name__ == "__main__":
    # --8<-- [start:data]
    x = torch.tensor([1.0, 2.0, 3.0])  # hours | 小时
    y = torch.tensor([2.0, 4.0, 6.0])  # scores | 分数
    # --8<-- [end:data]

    # --8<-- [start:fit]
    w, losses = train(x, y, lr=0.01, num_epochs=100)
    print(f"after 4 hours: {w.item() * 4:.2f} points")
    # --8<-- [end:fit]

    # --8<-- [start:plot_loss]
    fig, ax = plt.subplots(figsize=(6.4, 3))
    ax.semilogy(range(1, len(losses) + 1), losses)
    ax.set(xlabel="epochs", ylabel="mean squared error");
    # --8<-- [end:plot_loss]

    # --8<-- [start:compare]
    cleared, w_cleared = descend(0.1, 40)
    added, w_added = descend(0.1, 40, clear=False)
    for name, values in (("cleared", cleared), ("accumulated", added)):
        print(f"{name:12}", "  ".join(f"{value:.3f}" for value in values[:4]))
    # --8<-- [end:compare]

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2))
    series = {"gradient": (cleared, added), "weight w": (w_cleared, w_added)}
    for ax, (name, (good, bad)) in zip(axes, series.items()):
        ax.axhline(0, color="#59636e", lw=0.8)
        ax.plot(good, color="C0")
        ax.plot(bad, color="C1")
        ax.set(title=name, xlabel="step", xticks=range(0, 41, 10))
    axes[1].set_xlim(-2, 58)
    axes[1].annotate("accumulated", (41, w_added[-1]), color="C1", va="center")
    axes[1].annotate("cleared", (41, 0.07), color="C0");
    # --8<-- [end:plot]

    check(step)
    try:
        check(rebinding_step)
    except AssertionError as error:
        print("rebinding:", error)

"""torch.optim: SGD, momentum and Adam, and what each of them calls a learning rate.

    python -m snippets.gradient_descent.optimizers
"""

# --8<-- [start:imports]
import copy

import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:show]
def show(call, w):
    print(f"{call:12} w = {w.item():.2f}   w.grad = {w.grad}")
# --8<-- [end:show]


# --8<-- [start:optimizers]
def sgd(params, lr):
    return optim.SGD(params, lr=lr)


def momentum(params, lr):
    return optim.SGD(params, lr=lr, momentum=0.9)


def adam(params, lr):
    return optim.Adam(params, lr=lr)


makers = {"SGD": sgd, "momentum": momentum, "Adam": adam}
# --8<-- [end:optimizers]


# --8<-- [start:valley]
def valley(w, steepness=60):
    """w of shape (2,): flat along w[0], steep along w[1], minimum 0 at the origin."""
    return (w[0] ** 2 + steepness * w[1] ** 2) / 2


def descend(make, lr, target=1e-3, max_steps=300):
    """Minimize the valley; returns the path and the steps to target, or inf."""
    w = torch.tensor([-9.0, 1.0], requires_grad=True)
    optimizer = make([w], lr)
    path = [w.tolist()]
    loss = valley(w)
    while target < loss < 1e6 and len(path) <= max_steps:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append(w.tolist())
        loss = valley(w)
    return path, len(path) - 1 if loss <= target else float("inf")
# --8<-- [end:valley]


# --8<-- [start:train]
def train(model, optimizer, x, y, num_epochs):
    """Full-batch training; returns the loss before each update."""
    loss_fn = nn.MSELoss()
    losses = []
    for epoch in range(num_epochs):
        optimizer.zero_grad()  # forget the old gradient | 清掉旧梯度
        loss = loss_fn(model(x), y)  # forward pass | 前向传播
        loss.backward()  # new gradient | 新梯度
        optimizer.step()  # update | 更新
        losses.append(loss.item())
    return losses
# --8<-- [end:train]


# --8<-- [start:check]
def check(three_steps):
    """Assert that three_steps(clear) returns gradients and final w of optim.SGD."""
    w = torch.tensor(1.0, requires_grad=True)
    by_hand = []
    for step in range(3):
        (w**2).backward()
        by_hand.append(w.grad.item())
        with torch.no_grad():
            w -= 0.1 * w.grad
            w.grad.zero_()
    gradients, last = three_steps(clear=True)
    assert torch.allclose(torch.tensor(gradients), torch.tensor(by_hand)), gradients
    assert abs(last - w.item()) < 1e-6, f"w ends at {last}, by hand at {w.item()}"
    gradients, last = three_steps(clear=False)
    added = torch.tensor([2.0, 3.6, 4.48])
    assert torch.allclose(torch.tensor(gradients), added), gradients
# --8<-- [end:check]


# --8<-- [start:solution]
def three_steps(clear):
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)
    gradients = []
    for step in range(3):
        if clear:
            optimizer.zero_grad()
        (w**2).backward()
        gradients.append(w.grad.item())
        optimizer.step()
    return gradients, w.item()
# --8<-- [end:solution]


# --8<-- [start:cycle_plot]
def draw_cycle():
    """Who reads and who writes what in one training step."""
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    ax.axis("off")
    ax.set(xlim=(0, 10), ylim=(0, 3.6))
    box = {"boxstyle": "round,pad=0.5", "fc": "#ffffff", "ec": "#59636e"}
    for x, name in ((1, "weight"), (5, "loss"), (9, "gradient")):
        ax.text(x, 1.8, name, ha="center", va="center", fontsize=12, bbox=box)
    arrow = {"arrowstyle": "-|>", "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (4.3, 1.8), (1.9, 1.8), arrowprops=arrow | {"color": "C5"})
    ax.annotate("", (7.9, 1.8), (5.7, 1.8), arrowprops=arrow | {"color": "C0"})
    bend = arrow | {"color": "C1", "connectionstyle": "arc3,rad=-0.28"}
    ax.annotate("", (1, 1.3), (9, 1.3), arrowprops=bend)
    ax.annotate("", (9, 2.35), (9, 3.2), arrowprops=arrow | {"color": "C2"})
    text = {"ha": "center", "va": "center", "fontsize": 11}
    ax.text(3.1, 2.2, "forward", color="C5", **text)
    ax.text(6.8, 2.2, "backward", color="C0", **text)
    ax.text(5, 0.55, "update", color="C1", **text)
    ax.text(9, 3.45, "zero_grad()", color="C2", **text)
# --8<-- [end:cycle_plot]


if __name__ == "__main__":
    # --8<-- [start:same]
    torch.manual_seed(0)
    x = torch.randn(64, 5)
    y = x.sum(dim=1, keepdim=True)
    model = nn.Sequential(nn.Linear(5, 8), nn.Sigmoid(), nn.Linear(8, 1))
    twin = copy.deepcopy(model)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    loss_fn = nn.MSELoss()
    for step in range(50):
        for net in (model, twin):
            net.zero_grad()
            loss_fn(net(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            for param in twin.parameters():
                param.sub_(param.grad, alpha=0.1)
    # --8<-- [end:same]
    print(all(map(torch.equal, model.parameters(), twin.parameters())))

    # --8<-- [start:trace]
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)
    show("start", w)
    optimizer.step()
    show("step()", w)
    (w**2).backward()
    show("backward()", w)
    optimizer.step()
    show("step()", w)
    optimizer.zero_grad()
    show("zero_grad()", w)
    # --8<-- [end:trace]

    # --8<-- [start:scale]
    for scale in (1, 1000):
        for name, make in makers.items():
            w = torch.tensor(1.0, requires_grad=True)
            optimizer = make([w], 0.1)
            (scale * w**2).backward()
            optimizer.step()
            print(f"loss {scale:4} * w**2   {name:8} moved by {1 - w.item():7.2f}")
    # --8<-- [end:scale]

    # --8<-- [start:race]
    rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    steps, paths = {}, {}
    print(f"{'lr':8}", *(f"{lr:>8}" for lr in rates))
    for name, make in makers.items():
        for lr in rates:
            paths[name, lr], steps[name, lr] = descend(make, lr)
        print(f"{name:8}", *(f"{steps[name, lr]:>8}" for lr in rates))
    best = {name: min(rates, key=lambda lr: steps[name, lr]) for name in makers}
    # --8<-- [end:race]

    # --8<-- [start:paths]
    fig, axes = plt.subplots(3, 1, figsize=(6.4, 5), sharex=True, sharey=True)
    w1, w2 = torch.meshgrid(
        torch.linspace(-10, 6, 90), torch.linspace(-1.7, 1.7, 60), indexing="xy"
    )
    levels = [0.5, 4, 12, 26, 46, 72]
    for ax, color, (name, lr) in zip(axes, ("C0", "C1", "C2"), best.items()):
        ax.contour(w1, w2, valley((w1, w2)), levels, colors="#d1d9e0", linewidths=1)
        ax.plot(*zip(*paths[name, lr]), "o-", color=color, ms=2.5, lw=1)
        ax.plot(0, 0, "+", color="#59636e", ms=12)
        ax.set_title(f"{name}, learning rate {lr}, steps: {steps[name, lr]}")
        ax.set_ylabel("w2")
        ax.grid(False)
    axes[-1].set_xlabel("w1");
    # --8<-- [end:paths]

    # --8<-- [start:first_loss]
    logs = {}
    for name, make in makers.items():
        torch.manual_seed(0)
        model = nn.Linear(5, 1)
        before = nn.MSELoss()(model(x), y).item()
        logs[name] = train(model, make(model.parameters(), 0.03), x, y, 80)
        print(f"{name:8} before training {before:.4f}   epoch 0 {logs[name][0]:.4f}")
    # --8<-- [end:first_loss]

    # --8<-- [start:plot_logs]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    for name, log in logs.items():
        [line] = ax.semilogy(log)
        ax.annotate(name, (81, log[-1]), color=line.get_color(), va="center")
    ax.set(xlabel="epochs", ylabel="mean squared error", xlim=(-3, 98));
    # --8<-- [end:plot_logs]

    check(three_steps)

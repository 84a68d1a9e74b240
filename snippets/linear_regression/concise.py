"""Linear regression with what PyTorch offers: DataLoader, nn.Linear, MSELoss, optim.

    python -m snippets.linear_regression.concise
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset
# --8<-- [end:imports]

from snippets.linear_regression.scratch import synthetic_data


# --8<-- [start:loader]
def make_loader(X, y, batch_size, is_train=True):
    """Batches (X, y) of at most batch_size samples, shuffled anew in every epoch."""
    return DataLoader(TensorDataset(X, y), batch_size, shuffle=is_train)
# --8<-- [end:loader]


# --8<-- [start:net]
def make_net():
    """Two features in, one number out: (n, 2) -> (n, 1)."""
    net = nn.Sequential(nn.Linear(2, 1))
    nn.init.normal_(net[0].weight, 0, 0.01)
    nn.init.zeros_(net[0].bias)
    return net
# --8<-- [end:net]


# --8<-- [start:train]
def train(net, loader, loss_fn, optimizer, num_epochs):
    """Train net in place; returns the loss of every mini-batch."""
    history = []
    for epoch in range(num_epochs):
        for X, y in loader:
            optimizer.zero_grad()  # forget the old gradient | 清掉旧梯度
            loss = loss_fn(net(X), y)  # forward pass | 前向传播
            loss.backward()  # backward pass | 反向传播
            optimizer.step()  # update | 更新
            history.append(loss.item())
    return history
# --8<-- [end:train]


# --8<-- [start:loop_plot]
def draw_loop():
    """The nested training loop: five calls in a ring, inside batches, inside epochs."""
    fig, ax = plt.subplots(figsize=(5.2, 3.4))
    ax.axis("off")
    ax.set(xlim=(0, 10), ylim=(0, 6.2))
    frame = {"fill": False, "ec": "#d1d9e0", "lw": 1.5}
    ax.add_patch(plt.Rectangle((0.1, 0.1), 9.8, 6, **frame))
    ax.add_patch(plt.Rectangle((0.5, 0.4), 9, 4.9, **frame))
    ax.text(0.4, 5.68, "for every epoch", va="center", color="#59636e", fontsize=11)
    ax.text(0.8, 4.86, "for every batch", va="center", color="#59636e", fontsize=11)
    spots = {
        "zero_grad()": (5, 4.1, "C2"),
        "forward": (7.9, 3.0, "C5"),
        "loss": (6.9, 1.2, "C5"),
        "backward": (3.1, 1.2, "C0"),
        "update": (2.1, 3.0, "C1"),
    }
    for name, (x, y, color) in spots.items():
        box = {"boxstyle": "round,pad=0.45", "fc": "#ffffff", "ec": color, "lw": 1.6}
        ax.text(x, y, name, ha="center", va="center", fontsize=12, bbox=box)
    arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": "#59636e"}
    for start, end in (
        ((6.3, 4.0), (7.6, 3.45)),
        ((7.8, 2.6), (7.1, 1.6)),
        ((6.3, 1.2), (4.25, 1.2)),
        ((2.9, 1.6), (2.2, 2.6)),
        ((2.4, 3.45), (3.7, 4.0)),
    ):
        ax.annotate("", end, start, arrowprops=arrow)
# --8<-- [end:loop_plot]


# --8<-- [start:half]
def half_mse(y_hat, y):
    return ((y_hat - y) ** 2 / 2).mean()
# --8<-- [end:half]


# --8<-- [start:salaries]
def make_salaries(n=205, seed=0):
    """Four features of an employee and a yearly salary in thousands: (n, 4), (n, 1)."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, 4, generator=generator)  # standardized | 已标准化
    w = torch.tensor([[12.0], [5.0], [3.0], [-2.0]])
    return X, 60 + X @ w + 4 * torch.randn(n, 1, generator=generator)
# --8<-- [end:salaries]


# --8<-- [start:check]
def check(fit):
    """Assert that fit trains, and reports the mean loss of all samples per epoch."""
    X, y = make_salaries()
    loader = make_loader(X, y, 50)  # the last batch holds 5 | 最后一批只有 5 个
    loss_fn = nn.MSELoss()
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    frozen = fit(loader, model, loss_fn, optim.SGD(model.parameters(), lr=0.0), 2)
    assert len(frozen) == 2, "one number for each epoch"
    assert all(isinstance(mean, float) for mean in frozen), "use loss.item()"
    exact = loss_fn(model(X), y).item()
    assert abs(frozen[0] - exact) < 1e-4 * exact, "weight a batch by its size"
    means = fit(loader, model, loss_fn, optim.SGD(model.parameters(), lr=0.05), 30)
    assert means[-1] < 20, f"the loss is still {means[-1]:.1f}"
# --8<-- [end:check]


# --8<-- [start:solution]
def fit(loader, model, loss_fn, optimizer, num_epochs):
    means = []
    for epoch in range(num_epochs):
        total, count = 0.0, 0
        for X, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(X), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(X)
            count += len(X)
        means.append(total / count)
    return means
# --8<-- [end:solution]


if __name__ == "__main__":
    # --8<-- [start:make]
    torch.manual_seed(0)
    true_w, true_b = torch.tensor([2.0, -3.4]), 4.2
    features, labels = synthetic_data(true_w, true_b, 1000)
    loader = make_loader(features, labels, batch_size=10)
    X, y = next(iter(loader))
    print(X.shape, y.shape, "batches:", len(loader))
    # --8<-- [end:make]

    # --8<-- [start:fit]
    net = make_net()
    loss_fn = nn.MSELoss()
    optimizer = optim.SGD(net.parameters(), lr=0.03)
    history = train(net, loader, loss_fn, optimizer, num_epochs=3)
    loss = loss_fn(net(features), labels)
    print(f"loss {loss.item():.6f}")
    print("w", net[0].weight.tolist(), "b", net[0].bias.tolist())
    # --8<-- [end:fit]

    # --8<-- [start:ratio]
    for loss_fn in (half_mse, nn.MSELoss()):
        torch.manual_seed(0)
        net = make_net()
        loss_fn(net(features), labels).backward()
        print(net[0].weight.grad, net[0].bias.grad)
    # --8<-- [end:ratio]

    # --8<-- [start:factor]
    runs = {}
    settings = ((half_mse, 0.03), (nn.MSELoss(), 0.03), (nn.MSELoss(), 0.015))
    for loss_fn, lr in settings:
        torch.manual_seed(0)
        net = make_net()
        name = "half MSE" if loss_fn is half_mse else "MSE"
        optimizer = optim.SGD(net.parameters(), lr=lr)
        train(net, loader, loss_fn, optimizer, num_epochs=1)
        runs[name, lr] = net[0].weight.detach().clone()
        print(f"{name:8} lr {lr:<5}   w {runs[name, lr].flatten().tolist()}")
    # --8<-- [end:factor]

    # --8<-- [start:limit]
    rates = (0.1, 0.2, 0.4, 0.8, 0.9, 1.2, 1.6, 1.8)
    ends = {"half MSE": [], "MSE": []}
    for name, loss_fn in (("half MSE", half_mse), ("MSE", nn.MSELoss())):
        for lr in rates:
            torch.manual_seed(0)
            net = make_net()
            optimizer = optim.SGD(net.parameters(), lr=lr)
            train(net, loader, loss_fn, optimizer, num_epochs=1)
            with torch.no_grad():
                ends[name].append(nn.MSELoss()(net(features), labels).item())
    # --8<-- [end:limit]

    # --8<-- [start:plot_limit]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    baseline = labels.var(correction=0).item()
    ax.axhline(baseline, color="C5", ls="--", lw=1.2)
    ax.annotate("baseline", (0.1, baseline * 2), color="C5")
    for name, color in (("half MSE", "C0"), ("MSE", "C1")):
        shown = [(lr, end) for lr, end in zip(rates, ends[name]) if end < 1e6]
        ax.semilogy(*zip(*shown), "o-", color=color)
    ax.annotate("MSE", (0.8, 5e-2), color="C1", ha="right")
    ax.annotate("half MSE", (1.64, 5e-2), color="C0", ha="right")
    ax.set(xlabel="learning rate", ylabel="mean squared error", ylim=(3e-5, 1e6));
    # --8<-- [end:plot_limit]

    # --8<-- [start:no_zero]
    torch.manual_seed(0)
    net = make_net()
    optimizer = optim.SGD(net.parameters(), lr=0.03)
    for X, y in loader:
        nn.MSELoss()(net(X), y).backward()
        optimizer.step()
    loss = nn.MSELoss()(net(features), labels).item()
    print(f"loss without zero_grad {loss:.2f}")
    print("kept by the optimizer:", dict(optimizer.state))
    # --8<-- [end:no_zero]

    # --8<-- [start:fit_salaries]
    torch.manual_seed(0)
    X, y = make_salaries()
    model = nn.Linear(4, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    means = fit(make_loader(X, y, 50), model, nn.MSELoss(), optimizer, 30)
    # --8<-- [end:fit_salaries]

    # --8<-- [start:plot_salaries]
    with torch.no_grad():
        predicted = model(X)
    variance = y.var(correction=0).item()
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    axes[0].semilogy(range(1, len(means) + 1), means)
    axes[0].axhline(variance, color="C5", ls="--", lw=1.2)
    axes[0].annotate("baseline", (18, variance * 1.15), color="C5")
    axes[0].set(xlabel="epoch", ylabel="training loss")
    axes[1].scatter(y, predicted, s=7)
    axes[1].plot((20, 105), (20, 105), color="C5", ls="--", lw=1.2)
    axes[1].set(xlabel="true value", ylabel="predicted value");
    # --8<-- [end:plot_salaries]

    check(fit)

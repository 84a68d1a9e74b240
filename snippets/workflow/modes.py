"""Two switches: train() and eval() on the model, inference_mode() on autograd.

    python -m snippets.workflow.modes
"""

# --8<-- [start:imports]
import copy
from contextlib import nullcontext

import matplotlib.pyplot as plt
import pandas as pd
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:net]
def make_net(seed=0):
    """Batch normalization, dropout, one linear layer: (n, 4) -> (n, 1)."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
# --8<-- [end:net]


# --8<-- [start:probe]
def probe(training, recording):
    """Send one batch through a fresh net twice and say what could be observed."""
    net = make_net()
    net.train(training)  # train(False) is eval() | train(False) 就是 eval()
    X = torch.randn(8, 4) + 3
    old = net[0].running_mean.clone()
    with nullcontext() if recording else torch.inference_mode():
        first, second = net(X), net(X)
    return {
        "training": net.training,
        "requires_grad": first.requires_grad,
        "dropout": "off" if torch.equal(first, second) else "on",
        "statistics": "kept" if torch.equal(old, net[0].running_mean) else "updated",
    }
# --8<-- [end:probe]


# --8<-- [start:clouds]
def make_clouds(n, seed):
    """Two classes as clouds in four dimensions: X (n, 4), y (n, 1) of -1 and 1."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.ones(n, 1)
    y[: n // 2] = -1  # the first half is one class | 前一半是同一类
    X = 5 + y + 1.2 * torch.randn(n, 4, generator=generator)
    return X, y
# --8<-- [end:clouds]


# --8<-- [start:train]
def train(net, X, y, num_epochs=30):
    optimizer = optim.SGD(net.parameters(), lr=0.05)
    loss_fn = nn.MSELoss()
    for epoch in range(num_epochs):
        net.train()
        for rows in torch.randperm(len(X)).split(20):
            optimizer.zero_grad()
            loss_fn(net(X[rows]), y[rows]).backward()
            optimizer.step()
# --8<-- [end:train]


# --8<-- [start:evaluate]
def evaluate(net, batches):
    """Accuracy: the share of samples on the right side of 0. Restores the mode."""
    was_training = net.training
    net.eval()  # dropout off, stored statistics | 关闭丢弃法，用存下的统计量
    correct = count = 0
    with torch.inference_mode():  # record nothing | 不做记录
        for X, y in batches:
            correct += ((net(X) > 0) == (y > 0)).sum().item()
            count += len(y)
    net.train(was_training)
    return correct / count
# --8<-- [end:evaluate]


# --8<-- [start:careless]
def careless(net, batches):
    """The same count, without eval()."""
    correct = count = 0
    with torch.inference_mode():
        for X, y in batches:
            correct += ((net(X) > 0) == (y > 0)).sum().item()
            count += len(y)
    return correct / count
# --8<-- [end:careless]


if __name__ == "__main__":
    # --8<-- [start:dropout]
    torch.manual_seed(0)
    drop = nn.Dropout(0.5)
    x = torch.ones(8)
    print("train", drop(x).tolist())
    print("train", drop(x).tolist())
    drop.eval()
    print("eval ", drop(x).tolist())
    # --8<-- [end:dropout]

    # --8<-- [start:many]
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(50, 1))
    x = torch.ones(1, 50)
    with torch.inference_mode():
        draws = torch.stack([net(x) for _ in range(1000)]).flatten()
        fixed = net.eval()(x).item()
    # --8<-- [end:many]

    # --8<-- [start:plot_dropout]
    fig, ax = plt.subplots(figsize=(6.4, 3))
    ax.hist(draws, bins=30, color="C0", alpha=0.75)
    ax.axvline(fixed, color="C1")
    top = ax.get_ylim()[1]
    ax.set_ylim(0, top * 1.18)
    ax.annotate("evaluation mode", (fixed + 0.03, top * 1.07), color="C1")
    low = draws.min().item()
    ax.annotate("training mode", (low, top * 0.6), color="C0")
    ax.set(xlabel="output", ylabel="frequency");
    # --8<-- [end:plot_dropout]

    # --8<-- [start:batch_norm]
    bn = nn.BatchNorm1d(1)
    batch = torch.tensor([[10.0], [20.0], [30.0]])
    print("start", bn.running_mean.item(), bn.running_var.item())
    print("train", bn(batch).flatten().tolist())
    print("after", bn.running_mean.item(), bn.running_var.item())
    bn.eval()
    print("eval ", bn(batch).flatten().tolist())
    # --8<-- [end:batch_norm]

    # --8<-- [start:track]
    torch.manual_seed(0)
    data = 5 + 2 * torch.randn(200, 1)
    moving, average = nn.BatchNorm1d(1), nn.BatchNorm1d(1, momentum=None)
    traces = {"moving": [0.0], "average": [0.0], "batch": []}
    with torch.inference_mode():
        for batch in data.split(10):
            moving(batch), average(batch)
            traces["moving"].append(moving.running_mean.item())
            traces["average"].append(average.running_mean.item())
            traces["batch"].append(batch.mean().item())
    true_mean = data.mean().item()
    # --8<-- [end:track]

    # --8<-- [start:plot_track]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    steps = range(21)
    ax.plot(steps[1:], traces["batch"], "o", color="C5", ms=4)
    ax.axhline(true_mean, color="C5", ls="--", lw=1.2)
    ax.plot(steps, traces["moving"], ".-", color="C0")
    ax.plot(steps, traces["average"], ".-", color="C1")
    ax.annotate("running mean", (9.6, 2.6), color="C0")
    ax.annotate("plain average", (0.9, 6.9), color="C1")
    ax.annotate("mean of a batch", (20, 6.9), color="C5", ha="right")
    ax.set(xlabel="batch", ylabel="mean", ylim=(-0.2, 7.5), xticks=range(0, 21, 5));
    # --8<-- [end:plot_track]

    # --8<-- [start:table]
    rows = {
        "train()": probe(training=True, recording=True),
        "train() + inference_mode()": probe(training=True, recording=False),
        "eval()": probe(training=False, recording=True),
        "eval() + inference_mode()": probe(training=False, recording=False),
    }
    table = pd.DataFrame(rows).T
    # --8<-- [end:table]

    # --8<-- [start:eval_keeps_grad]
    net = make_net().eval()
    out = net(torch.randn(8, 4))
    print("eval: requires_grad", out.requires_grad)
    out.sum().backward()
    print("gradient", net[2].weight.grad is not None)
    # --8<-- [end:eval_keeps_grad]

    # --8<-- [start:frozen]
    for param in net[2].parameters():
        param.requires_grad_(False)
    net.train()
    [(name, param.requires_grad) for name, param in net.named_parameters()]
    # --8<-- [end:frozen]

    # --8<-- [start:what_changes]
    net = make_net()
    old = {name: value.clone() for name, value in net.state_dict().items()}
    with torch.inference_mode():
        net(torch.randn(8, 4) + 3)
    parameters = dict(net.named_parameters())
    for name, value in net.state_dict().items():
        kind = "parameter" if name in parameters else "statistic"
        print(f"{name:22} {kind}  changed: {not torch.equal(old[name], value)}")
    # --8<-- [end:what_changes]

    # --8<-- [start:compare]
    net = make_net()
    train(net, *make_clouds(400, seed=1))
    X_test, y_test = make_clouds(400, seed=2)
    scores = {}
    for size in (2, 5, 20, 80, 400):
        batches = list(zip(X_test.split(size), y_test.split(size)))
        good, bad = evaluate(net, batches), careless(copy.deepcopy(net), batches)
        scores[size] = good, bad
        print(f"batch size {size:3}   eval {good:.1%}   train {bad:.1%}")
    # --8<-- [end:compare]

    # --8<-- [start:plot_compare]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ticks = list(scores)
    ax.semilogx(ticks, [good for good, _ in scores.values()], "o-", color="C1")
    ax.semilogx(ticks, [bad for _, bad in scores.values()], "o-", color="C0")
    ax.axhline(0.5, color="C5", ls="--", lw=1.2)
    ax.annotate("evaluation mode", (2, 0.99), color="C1")
    ax.annotate("training mode", (20, 0.56), color="C0", ha="center")
    ax.annotate("base rate", (400, 0.465), color="C5", ha="right", va="center")
    ax.set(xlabel="batch size", ylabel="test accuracy", ylim=(0.42, 1.05))
    ax.set_xticks(ticks, ticks)
    ax.minorticks_off();
    # --8<-- [end:plot_compare]

    # --8<-- [start:never_back]
    net = make_net()
    net.train()
    for epoch in range(3):
        print(f"epoch {epoch}: training mode {net.training}")
        # ... one epoch of training ... | …… 训练一轮 ……
        net.eval()
        with torch.inference_mode():
            net(X_test)
    # --8<-- [end:never_back]

"""The whole workflow on a generated line: data, split, fit, evaluate, save, predict.

    python -m snippets.workflow.full
"""

# --8<-- [start:imports]
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:steps]
def draw_steps():
    """The six steps as boxes, with the way back from evaluation to the model."""
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    ax.axis("off")
    ax.set(xlim=(0, 10), ylim=(0, 5))
    steps = (
        ("1 prepare data", "split", 1.6, 3.9, "C0"),
        ("2 build model", "layer", 5, 3.9, "C0"),
        ("3 train model", "loop", 8.4, 3.9, "C0"),
        ("4 evaluate", "test data", 8.4, 1.4, "C1"),
        ("5 save model", "parameters", 5, 1.4, "C2"),
        ("6 predict", "new data", 1.6, 1.4, "C2"),
    )
    for name, what, x, y, color in steps:
        corner = (x - 1.35, y - 0.65)
        box = plt.Rectangle(corner, 2.7, 1.3, fc="#ffffff", ec=color, lw=1.6)
        ax.add_patch(box)
        ax.text(x, y + 0.24, name, ha="center", va="center", fontsize=12)
        ax.text(x, y - 0.3, what, ha="center", va="center", color="#59636e")
    arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": "#59636e"}
    for (x, y), end in (
        ((2.95, 3.9), (3.65, 3.9)),
        ((6.35, 3.9), (7.05, 3.9)),
        ((8.4, 3.25), (8.4, 2.05)),
        ((7.05, 1.4), (6.35, 1.4)),
        ((3.65, 1.4), (2.95, 1.4)),
    ):
        ax.annotate("", end, (x, y), arrowprops=arrow)
    back = arrow | {"ls": "--", "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (5.6, 3.25), (7.2, 2.05), arrowprops=back)
    ax.text(6.1, 2.5, "try again", ha="right", va="center", color="#59636e")
# --8<-- [end:steps]


# --8<-- [start:data]
def make_spring(seed=0):
    """Load in grams and noisy reading in mm: two columns (50, 1), y = 0.7x + 0.3."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.arange(0.0, 100.0, 2.0).unsqueeze(dim=1)
    y = 0.7 * X + 0.3 + 2 * torch.randn(X.shape, generator=generator)
    return X, y
# --8<-- [end:data]


# --8<-- [start:split]
def split(X, y, share=0.8, seed=0):
    """Shuffle the samples, then cut: returns (X_train, y_train), (X_test, y_test)."""
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    cut = int(share * len(X))
    train, test = order[:cut], order[cut:]
    return (X[train], y[train]), (X[test], y[test])
# --8<-- [end:split]


# --8<-- [start:plot_split]
def plot_split():
    """The last fifth as test set beside a random fifth."""
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), sharey=True)
    X, y = make_spring()
    sliced = (X[:40], y[:40]), (X[40:], y[40:])
    for ax, parts, title in zip(axes, (sliced, split(X, y)), ("in order", "shuffled")):
        for (inputs, labels), color in zip(parts, ("C0", "C1")):
            ax.scatter(inputs, labels, s=14, color=color)
        ax.set(title=title, xlabel="load in grams")
    axes[0].set_ylabel("reading in mm")
    axes[0].annotate("training data", (35, 8), color="C0")
    axes[0].annotate("test data", (72, 62), color="C1", ha="right")
# --8<-- [end:plot_split]


# --8<-- [start:model]
class Line(nn.Module):
    """One linear layer: (n, 1) -> (n, 1)."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)
# --8<-- [end:model]


# --8<-- [start:fit]
def fit(model, loss_fn, optimizer, train_set, test_set, num_epochs):
    """Train on the full batch; returns (training loss, test loss) of each epoch."""
    history = []
    for epoch in range(num_epochs):
        model.train()
        X, y = train_set
        loss = loss_fn(model(X), y)  # forward pass | 前向传播
        optimizer.zero_grad()  # forget the old gradient | 清掉旧梯度
        loss.backward()  # new gradient | 新梯度
        optimizer.step()  # update | 更新
        test_loss = evaluate(model, loss_fn, test_set)
        history.append((loss.item(), test_loss))
        if epoch % 10 == 0:
            print(f"epoch {epoch:2}  train {loss:9.2f}  test {test_loss:9.2f}")
    return history
# --8<-- [end:fit]


# --8<-- [start:evaluate]
def evaluate(model, loss_fn, data):
    """Loss of the model on data = (X, y), as a float; nothing is recorded."""
    X, y = data
    model.eval()
    with torch.inference_mode():
        return loss_fn(model(X), y).item()
# --8<-- [end:evaluate]


# --8<-- [start:predict]
def predict(model, x, mean, std):
    """Reading in mm for a column of loads in grams: (n, 1) -> (n, 1)."""
    model.eval()
    with torch.inference_mode():
        return model((x - mean) / std)
# --8<-- [end:predict]


if __name__ == "__main__":
    # --8<-- [start:prepare]
    X, y = make_spring()
    (X_train, y_train), (X_test, y_test) = split(X, y)
    print("train", X_train.shape, y_train.shape)
    print("test ", X_test.shape, y_test.shape)
    # --8<-- [end:prepare]

    # --8<-- [start:scale]
    mean, std = X_train.mean(), X_train.std()
    train_set = ((X_train - mean) / std, y_train)
    test_set = ((X_test - mean) / std, y_test)
    for name, (inputs, _) in (("train", train_set), ("test ", test_set)):
        print(f"{name} mean {inputs.mean():6.3f}   std {inputs.std():.3f}")
    # --8<-- [end:scale]

    # --8<-- [start:build]
    torch.manual_seed(42)
    model = Line()
    print(model(torch.zeros(5, 1)).shape)  # dummy batch | 试探用的假数据
    model.state_dict()
    # --8<-- [end:build]

    # --8<-- [start:train]
    loss_fn = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.03)
    history = fit(model, loss_fn, optimizer, train_set, test_set, num_epochs=100)
    # --8<-- [end:train]

    # --8<-- [start:baseline]
    constant = y_train.mean().expand(len(y_test), 1)
    baseline = loss_fn(constant, y_test).item()
    mae = evaluate(model, nn.L1Loss(), test_set)
    print(f"baseline {baseline:.2f}   test {history[-1][1]:.2f}   error {mae:.2f} mm")
    # --8<-- [end:baseline]

    # --8<-- [start:plot_losses]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    train_losses, test_losses = zip(*history)
    ax.semilogy(train_losses)
    ax.semilogy(test_losses)
    ax.axhline(baseline, color="C5", ls="--", lw=1.2)
    ax.annotate("baseline", (99, baseline * 1.15), color="C5", ha="right")
    ax.axhline(4, color="C2", ls=":", lw=1.4)
    ax.annotate("variance of the noise", (0, 2.5), color="C2", va="center")
    ax.annotate("training", (41, train_losses[40] * 1.35), color="C0")
    ax.annotate("test", (33, test_losses[35] * 0.55), color="C1", ha="right")
    ax.set(xlabel="epoch", ylabel="mean squared error", ylim=(1.8, 4000));
    # --8<-- [end:plot_losses]

    # --8<-- [start:save]
    new_loads = torch.tensor([[25.0], [60.0]])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spring.pt"
        state = {"model": model.state_dict(), "mean": mean, "std": std}
        torch.save(state, path)
        loaded = torch.load(path)
    copy = Line()
    copy.load_state_dict(loaded["model"])
    before = predict(model, new_loads, mean, std)
    after = predict(copy, new_loads, loaded["mean"], loaded["std"])
    after, torch.equal(before, after)
    # --8<-- [end:save]

    # --8<-- [start:recover]
    slope = (model.linear.weight / std).item()
    intercept = (model.linear.bias - slope * mean).item()
    print(f"y = {slope:.3f} x + {intercept:.3f}")
    # --8<-- [end:recover]

    # --8<-- [start:plot_line]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    ax.scatter(X_train, y_train, s=14, color="C0")
    ax.scatter(X_test, y_test, s=14, color="C1")
    ends = torch.tensor([[0.0], [100.0]])
    ax.plot(ends, predict(model, ends, mean, std), color="C2", lw=1.4)
    ax.plot(new_loads, after, "s", color="C3", ms=8, mfc="#ffffff")
    ax.annotate("training data", (30, 10), color="C0")
    ax.annotate("test data", (30, 3), color="C1")
    ax.annotate("new data", (58, 46), color="C3", ha="right")
    ax.annotate("fitted line", (99, 48), color="C2", ha="right", va="top")
    ax.set(xlabel="load in grams", ylabel="reading in mm");
    # --8<-- [end:plot_line]

    # --8<-- [start:unscaled]
    torch.manual_seed(42)
    raw = Line()
    optimizer = optim.SGD(raw.parameters(), lr=0.03)
    fit(raw, loss_fn, optimizer, (X_train, y_train), (X_test, y_test), 20);
    # --8<-- [end:unscaled]

    draw_steps()
    plot_split()

"""A linear model as a class: nn.Module, criterion, optimizer, loop, prediction.

    python -m snippets.linear_regression.module
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:class]
class LinearModel(nn.Module):
    """Hours of shape (n, 1) to scores of shape (n, 1)."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)
# --8<-- [end:class]


# --8<-- [start:train]
def train(model, criterion, optimizer, x, y, num_epochs):
    """Full-batch training; returns the loss before each update."""
    losses = []
    for epoch in range(num_epochs):
        y_pred = model(x)  # forward pass | 前向传播
        loss = criterion(y_pred, y)
        optimizer.zero_grad()
        loss.backward()  # backward pass | 反向传播
        optimizer.step()  # update | 更新
        losses.append(loss.item())
    return losses
# --8<-- [end:train]


# --8<-- [start:predict]
def predict(model, hours):
    """The score that the model gives to one number of hours, as a float."""
    with torch.inference_mode():
        return model(torch.tensor([[hours]])).item()
# --8<-- [end:predict]


# --8<-- [start:draw_layer]
def draw_layer(layer):
    """A linear layer as a graph and as numbers: one row of W for each output."""
    n_out, n_in = layer.weight.shape
    fig, ax = plt.subplots(figsize=(6.4, 2.8))
    ax.axis("off")
    ax.set(xlim=(0, 11.2), ylim=(0.3, 5.1), aspect="equal")
    inputs = [(0.8, 4.0 - i) for i in range(n_in)]
    outputs = [(4.2, 3.25 - 1.5 * j) for j in range(n_out)]
    text = {"ha": "center", "va": "center", "fontsize": 12, "zorder": 4}
    for j, end in enumerate(outputs):
        for start in inputs:
            ax.plot(*zip(start, end), color=f"C{j}", lw=1.3, zorder=1)
    nodes = [(spot, f"x{i + 1}", "C5") for i, spot in enumerate(inputs)]
    nodes += [(spot, f"y{j + 1}", f"C{j}") for j, spot in enumerate(outputs)]
    for spot, name, color in nodes:
        ax.add_patch(plt.Circle(spot, 0.4, fc="#ffffff", ec=color, lw=1.6, zorder=3))
        ax.text(*spot, name, **text)
    for j in range(n_out):
        y = 2.85 - 0.8 * j
        values = [*layer.weight[j].tolist(), layer.bias[j].item()]
        for i, value in enumerate(values):
            x = 5.9 + 1.0 * i + 0.35 * (i == n_in)
            box = plt.Rectangle((x - 0.5, y - 0.4), 1, 0.8, fill=False, ec=f"C{j}")
            ax.add_patch(box)
            ax.text(x, y, f"{value:.2f}", **text)
    ax.text(7.4, 3.65, "W", **text)
    ax.text(10.25, 3.65, "b", **text)
    ax.text(0.8, 4.75, "input", color="#59636e", **text)
    ax.text(4.2, 4.75, "output", color="#59636e", **text)
    ax.text(7.9, 4.75, "parameters", color="#59636e", **text)
# --8<-- [end:draw_layer]


# --8<-- [start:forgot]
class Forgotten(nn.Module):
    def __init__(self):
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)
# --8<-- [end:forgot]


# --8<-- [start:wrong_super]
class TwoLayers(LinearModel):
    def __init__(self):
        super(LinearModel, self).__init__()
        self.second = nn.Linear(1, 1)
# --8<-- [end:wrong_super]


# --8<-- [start:misspelt]
class Misspelt(nn.Module):
    def forword(self, x):
        return 2 * x


class Doubling(nn.Module):
    def forward(self, x):
        return 2 * x
# --8<-- [end:misspelt]


if __name__ == "__main__":
    # --8<-- [start:layer]
    torch.manual_seed(1)
    layer = nn.Linear(4, 2)
    x = torch.tensor([1.0, 2.0, 3.0, 4.0])
    for w, b, y in zip(layer.weight, layer.bias, layer(x)):
        terms = " ".join(f"{term:+.2f}" for term in w * x)
        print(f"{terms} {b:+.2f} = {y:+.2f}")
    # --8<-- [end:layer]

    # --8<-- [start:batch]
    batch = torch.ones(2, 3, 4)
    batch.shape, layer(batch).shape
    # --8<-- [end:batch]

    # --8<-- [start:data]
    hours = torch.tensor([[1.0], [2.0], [3.0]])
    scores = torch.tensor([[2.0], [4.0], [6.0]])
    torch.manual_seed(0)
    model = LinearModel()
    # --8<-- [end:data]

    # --8<-- [start:objects]
    criterion = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.03)
    for part in (model, model.linear, criterion, optimizer):
        print(f"{type(part).__name__:11} Module: {isinstance(part, nn.Module)}")
    loss = criterion(model(hours), scores)
    loss
    # --8<-- [end:objects]

    # --8<-- [start:fit]
    w, b = model.linear.weight, model.linear.bias
    losses, answers = [], {0: predict(model, 4.0)}
    for more in (100, 900):
        losses += train(model, criterion, optimizer, hours, scores, more)
        answers[len(losses)] = predict(model, 4.0)
        print(f"{len(losses):4} epochs   w {w.item():.4f}   b {b.item():.4f}")
        print(f"     loss {losses[-1]:.1e}   y(4) = {answers[len(losses)]:.3f}")
    # --8<-- [end:fit]

    # --8<-- [start:plot]
    baseline = scores.var(correction=0).item()
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    axes[0].semilogy(losses)
    axes[0].axhline(baseline, color="C5", ls="--", lw=1.2)
    axes[0].annotate("baseline", (1000, baseline * 1.6), color="C5", ha="right")
    axes[0].set(xlabel="epoch", ylabel="training loss", ylim=(3e-8, 60))
    axes[1].plot(hours, scores, "o", color="C0")
    torch.manual_seed(0)
    early = LinearModel()
    steps = optim.SGD(early.parameters(), lr=0.03)
    grid = torch.tensor([[0.0], [4.4]])
    for epochs, color in ((0, "C5"), (100, "C1")):
        train(early, criterion, steps, hours, scores, epochs)
        axes[1].plot(grid, early(grid).detach(), color=color)
    axes[1].plot(grid, model(grid).detach(), color="C0", lw=1.2)
    axes[1].annotate("epoch 0", (3, 0.85), color="C5")
    axes[1].annotate("epoch 100", (0.05, 3.1), color="C1")
    axes[1].annotate("epoch 1000", (2.35, 3.3), color="C0")
    axes[1].set(xlabel="study hours", ylabel="score", ylim=(-0.3, 9.3));
    # --8<-- [end:plot]

    # --8<-- [start:hook]
    def report(module, inputs, output):
        print("hook: score", output.item())

    handle = model.register_forward_hook(report)
    x = torch.tensor([[4.0]])
    y = model(x)
    y = model.forward(x)
    handle.remove()
    # --8<-- [end:hook]

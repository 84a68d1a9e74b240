"""nn.Parameter: what a model owns, and what training may change.

    python -m snippets.linear_regression.parameter
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:data]
def make_line():
    """50 points of y = 0.7x + 0.3 with x from 0 to 0.98: X and y of shape (50, 1)."""
    X = torch.arange(50).unsqueeze(dim=1) / 50
    return X, 0.7 * X + 0.3
# --8<-- [end:data]


# --8<-- [start:model]
class LinearRegressionModel(nn.Module):
    """One weight and one bias: (n, 1) -> (n, 1)."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weight * x + self.bias
# --8<-- [end:model]


# --8<-- [start:train]
def train(model, X, y, lr=0.1, num_epochs=1500):
    """Full-batch SGD; returns (weight, bias, loss) before every update."""
    loss_fn = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    history = []
    for epoch in range(num_epochs):
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        history.append((model.weight.item(), model.bias.item(), loss.item()))
        optimizer.step()
    return history
# --8<-- [end:train]


# --8<-- [start:start_at]
def start_at(weight, bias):
    """A model with these initial values instead of random ones."""
    model = LinearRegressionModel()
    nn.init.constant_(model.weight, weight)
    nn.init.constant_(model.bias, bias)
    return model
# --8<-- [end:start_at]


# --8<-- [start:half]
class HalfRegistered(nn.Module):
    """The same formula, but the bias is a plain tensor."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1))
        self.bias = torch.randn(1, requires_grad=True)

    def forward(self, x):
        return self.weight * x + self.bias
# --8<-- [end:half]


# --8<-- [start:listed]
class Listed(nn.Module):
    """Parameters in a Python list, where no module looks for them."""

    def __init__(self):
        super().__init__()
        self.both = [nn.Parameter(torch.randn(1)), nn.Parameter(torch.randn(1))]

    def forward(self, x):
        return self.both[0] * x + self.both[1]
# --8<-- [end:listed]


# --8<-- [start:misspelled]
class Misspelled(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights * x
# --8<-- [end:misspelled]


if __name__ == "__main__":
    X, y = make_line()
    # --8<-- [start:build]
    torch.manual_seed(42)
    model = LinearRegressionModel()
    # --8<-- [end:build]
    print(list(model.parameters()))
    print(model.state_dict())

    # --8<-- [start:compare_init]
    torch.manual_seed(42)
    starts = {
        "seed 42": LinearRegressionModel(),
        "all zero": start_at(0.0, 0.0),
        "far away": start_at(-0.6, 1.1),
    }
    runs = {name: train(model, X, y) for name, model in starts.items()}
    for name, history in runs.items():
        weight, bias, loss = history[0]
        end = history[-1]
        print(
            f"{name:9} start {weight:7.4f} {bias:7.4f}  loss {loss:.4f}"
            f"   end {end[0]:.4f} {end[1]:.4f}  loss {end[2]:.0e}"
        )
    # --8<-- [end:compare_init]

    # --8<-- [start:plot_init]
    baseline = y.var(correction=0).item()
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    places = {"seed 42": (0.2, -0.02), "all zero": (-0.25, -0.14)}
    places["far away"] = (-0.56, 1.14)
    for (name, history), color in zip(runs.items(), ("C0", "C1", "C2")):
        w, b, losses = zip(*history)
        axes[0].plot(w, b, ".-", color=color, ms=4)
        axes[0].annotate(name, places[name], color=color)
        axes[1].semilogy(losses, color=color)
    axes[0].plot(0.7, 0.3, "+", color="#59636e", ms=14)
    axes[0].set(xlabel="weight", ylabel="bias", xlim=(-0.8, 0.95), ylim=(-0.25, 1.3))
    axes[1].axhline(baseline, color="C5", ls="--", lw=1.2)
    axes[1].annotate("baseline", (850, baseline * 1.6), color="C5")
    axes[1].set(xlabel="epoch", ylabel="mean squared error");
    # --8<-- [end:plot_init]

    # --8<-- [start:train_half]
    torch.manual_seed(42)
    half = HalfRegistered()
    print("parameters:", [name for name, param in half.named_parameters()])
    history = train(half, X, y)
    for when, (weight, bias, loss) in (("start", history[0]), ("end", history[-1])):
        print(f"{when:5}  weight {weight:.4f}   bias {bias:.4f}   loss {loss:.4f}")
    print("gradient of the bias:", half.bias.grad)
    # --8<-- [end:train_half]

    # --8<-- [start:plot_half]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    with torch.no_grad():
        ax.scatter(X, y, color="#d1d9e0", s=36)
        ax.plot(X, starts["seed 42"](X), color="C0")
        ax.plot(X, half(X), color="C1")
    ax.annotate("weight and bias", (0.47, 0.66), color="C0", ha="right")
    ax.annotate("weight alone", (0.5, 0.45), color="C1")
    ax.set(xlabel="x", ylabel="y", ylim=(0, 1.1));
    # --8<-- [end:plot_half]

"""Squared or absolute error: gradients, outliers, and why one of them never settles.

    python -m snippets.linear_regression.loss_choice
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]

from snippets.linear_regression.parameter import LinearRegressionModel, make_line


# --8<-- [start:train]
def train(loss_fn, X, y, lr, num_epochs=1000, decay=0.0):
    """Full-batch SGD from seed 42; returns the model and each epoch's mean |error|."""
    torch.manual_seed(42)
    model = LinearRegressionModel()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    errors = []
    for epoch in range(num_epochs):
        optimizer.param_groups[0]["lr"] = lr / (1 + decay * epoch)
        optimizer.zero_grad()
        y_hat = model(X)
        loss_fn(y_hat, y).backward()
        optimizer.step()
        errors.append((y_hat - y).abs().mean().item())
    return model, errors
# --8<-- [end:train]


# --8<-- [start:outliers]
def make_outliers():
    """The line with noise of std 0.02; the last three of 50 labels are wrong."""
    X, y = make_line()
    generator = torch.Generator().manual_seed(0)
    y = y + 0.02 * torch.randn(y.shape, generator=generator)
    y[-3:] = -0.5
    return X, y
# --8<-- [end:outliers]


if __name__ == "__main__":
    X, y = make_line()
    # --8<-- [start:values]
    y_hat, target = torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3)
    print("L1Loss           ", nn.L1Loss()(y_hat, target).item())
    print("L1Loss, sum      ", nn.L1Loss(reduction="sum")(y_hat, target).item())
    print("MSELoss          ", nn.MSELoss()(y_hat, target).item())
    # --8<-- [end:values]

    # --8<-- [start:gradients]
    errors = torch.tensor([-2.0, -0.1, 0.0, 0.1, 2.0], requires_grad=True)
    for loss_fn in (nn.MSELoss(reduction="sum"), nn.L1Loss(reduction="sum")):
        errors.grad = None
        loss_fn(errors, torch.zeros(5)).backward()
        print(f"{type(loss_fn).__name__:8}", errors.grad.tolist())
    # --8<-- [end:gradients]

    # --8<-- [start:plot_losses]
    e = torch.linspace(-2.5, 2.5, 201, requires_grad=True)
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    for loss_fn, color in (
        (nn.MSELoss(reduction="none"), "C0"),
        (nn.L1Loss(reduction="none"), "C1"),
        (nn.HuberLoss(reduction="none"), "C2"),
    ):
        values = loss_fn(e, torch.zeros(201))
        [slopes] = torch.autograd.grad(values.sum(), e)
        axes[0].plot(e.detach(), values.detach(), color=color)
        axes[1].plot(e.detach(), slopes, color=color)
    axes[0].annotate("MSE", (-1.35, 2.6), color="C0")
    axes[0].annotate("MAE", (-2.5, 2.75), color="C1")
    axes[0].annotate("Huber", (1.45, 0.55), color="C2")
    axes[0].set(xlabel="error", ylabel="loss", ylim=(0, 4))
    axes[1].set(xlabel="error", ylabel="gradient", ylim=(-3, 3));
    # --8<-- [end:plot_losses]

    # --8<-- [start:compare]
    runs = {}
    for lr in (0.01, 0.1):
        runs["MSE", lr] = train(nn.MSELoss(), X, y, lr)[1]
        runs["MAE", lr] = train(nn.L1Loss(), X, y, lr)[1]
        runs["decaying", lr] = train(nn.L1Loss(), X, y, lr, decay=0.02)[1]
    for (name, lr), run in runs.items():
        last = "  ".join(f"{error:.1e}" for error in run[-3:])
        print(f"{name:8} lr {lr:4}   after 50: {run[50]:.3f}   last three: {last}")
    # --8<-- [end:compare]

    # --8<-- [start:plot_runs]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True)
    for ax, lr in zip(axes, (0.01, 0.1)):
        for name, color in (("MAE", "C1"), ("decaying", "C2"), ("MSE", "C0")):
            ax.semilogy(runs[name, lr], color=color, lw=1.2)
        ax.set(title=f"learning rate {lr}", xlabel="epoch", ylim=(1e-7, 1))
    axes[0].set_ylabel("mean absolute error")
    axes[0].annotate("MSE", (60, 0.1), color="C0")
    axes[0].annotate("MAE", (200, 7e-4), color="C1")
    axes[0].annotate("MAE, decaying", (230, 6e-5), color="C2")
    axes[1].annotate("MSE", (330, 8e-6), color="C0", ha="right")
    axes[1].annotate("MAE", (640, 0.14), color="C1")
    axes[1].annotate("MAE, decaying", (430, 4e-4), color="C2");
    # --8<-- [end:plot_runs]

    # --8<-- [start:one_number]
    scores = torch.tensor([60.0, 62.0, 63.0, 65.0, 0.0])  # one is wrong | 有一个记错了
    guesses = torch.arange(0.0, 70.0, 1.0)
    distances = guesses[:, None] - scores
    print("best for MSE:", guesses[(distances**2).mean(dim=1).argmin()].item())
    print("best for MAE:", guesses[distances.abs().mean(dim=1).argmin()].item())
    print("mean", scores.mean().item(), "  median", scores.median().item())
    # --8<-- [end:one_number]

    # --8<-- [start:fit_outliers]
    X_out, y_out = make_outliers()
    fits = {
        "MSE": train(nn.MSELoss(), X_out, y_out, 0.1, 1500)[0],
        "MAE": train(nn.L1Loss(), X_out, y_out, 0.1, 1500, decay=0.01)[0],
    }
    for name, model in fits.items():
        print(f"{name}   y = {model.weight.item():.2f}x + {model.bias.item():.2f}")
    # --8<-- [end:fit_outliers]

    # --8<-- [start:plot_outliers]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    ax.scatter(X_out, y_out, s=12, color="#59636e")
    for (name, model), color in zip(fits.items(), ("C0", "C1")):
        with torch.no_grad():
            ax.plot(X_out, model(X_out), color=color)
    ax.annotate("MSE", (0.8, 0.48), color="C0")
    ax.annotate("MAE", (0.7, 0.88), color="C1", ha="right")
    ax.annotate("outliers", (0.91, -0.5), ha="right", va="center", color="#59636e")
    ax.set(xlabel="x", ylabel="y", ylim=(-0.65, 1.2));
    # --8<-- [end:plot_outliers]

    # --8<-- [start:huber]
    errors = torch.tensor([0.01, 0.1, 1.0, 10.0])
    zeros, delta = torch.zeros(4), 0.5
    print(nn.HuberLoss(reduction="none", delta=delta)(errors, zeros))
    print(nn.SmoothL1Loss(reduction="none", beta=delta)(errors, zeros) * delta)
    print("half the square:  ", errors**2 / 2)
    print("line beyond delta:", delta * (errors - delta / 2))
    # --8<-- [end:huber]

    # --8<-- [start:units]
    for unit, factor in (("thousands", 1.0), ("single", 1000.0)):
        y_hat, target = torch.zeros(2) * factor, torch.tensor([0.1, 0.8]) * factor
        huber = nn.HuberLoss(reduction="none")(y_hat, target)
        half_square = nn.MSELoss(reduction="none")(y_hat, target) / 2
        print(f"{unit:9}  Huber / half square: {(huber / half_square).tolist()}")
    # --8<-- [end:units]

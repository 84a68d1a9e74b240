"""reduction of a loss: mean, sum or none, and what it does to the learning rate.

    python -m snippets.linear_regression.reduction
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:data]
def make_students(n, seed=0):
    """Hours from 0 to 3 and scores 2x plus noise of std 0.5: X, y of shape (n, 1)."""
    generator = torch.Generator().manual_seed(seed)
    X = 3 * torch.rand(n, 1, generator=generator)
    return X, 2 * X + 0.5 * torch.randn(n, 1, generator=generator)
# --8<-- [end:data]


# --8<-- [start:zero_model]
def zero_model(num_outputs=1):
    """One input; all weights and biases start at zero."""
    model = nn.Linear(1, num_outputs)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    return model
# --8<-- [end:zero_model]


# --8<-- [start:train]
def train(X, y, reduction, lr, num_steps=60):
    """Full-batch SGD; returns the model and the mean squared error before each step."""
    model = zero_model()
    loss_fn = nn.MSELoss(reduction=reduction)
    optimizer = optim.SGD(model.parameters(), lr=lr)
    errors = []
    for step in range(num_steps):
        optimizer.zero_grad()
        y_hat = model(X)
        loss_fn(y_hat, y).backward()
        optimizer.step()
        errors.append(nn.functional.mse_loss(y_hat, y).item())
    return model, errors
# --8<-- [end:train]


# --8<-- [start:one_epoch]
def one_epoch(make_optimizer, lr, reduction, batch_size):
    """The weight after one epoch over 300 students in batches, in fixed order."""
    X, y = make_students(300)
    model = zero_model()
    loss_fn = nn.MSELoss(reduction=reduction)
    optimizer = make_optimizer(model.parameters(), lr=lr)
    for batch_X, batch_y in zip(X.split(batch_size), y.split(batch_size)):
        optimizer.zero_grad()
        loss_fn(model(batch_X), batch_y).backward()
        optimizer.step()
    return model.weight.item()
# --8<-- [end:one_epoch]


# --8<-- [start:momentum]
def momentum(params, lr):
    return optim.SGD(params, lr=lr, momentum=0.9)
# --8<-- [end:momentum]


if __name__ == "__main__":
    # --8<-- [start:three_ways]
    y_hat = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
    y = torch.tensor([1.0, 4.0, 1.0])
    for reduction in ("none", "sum", "mean"):
        loss = nn.MSELoss(reduction=reduction)(y_hat, y)
        print(f"{reduction:5} {loss.tolist()}")
    # --8<-- [end:three_ways]

    # --8<-- [start:gradients]
    for n in (3, 30, 300):
        X, y = make_students(n)
        grads = []
        for reduction in ("mean", "sum"):
            model = zero_model()
            nn.MSELoss(reduction=reduction)(model(X), y).backward()
            grads.append(model.weight.grad.item())
        mean, total = grads
        print(f"n {n:3}  mean {mean:7.2f}  sum {total:8.2f}  ratio {total / mean:.0f}")
    # --8<-- [end:gradients]

    # --8<-- [start:compare]
    errors = {}
    for n in (3, 30, 300):
        X, y = make_students(n)
        for reduction in ("mean", "sum"):
            model, errors[reduction, n] = train(X, y, reduction, lr=0.01)
            last = errors[reduction, n][-1]
            weight = model.weight.item()
            print(f"n {n:3}   {reduction:4}   error {last:12.3f}   weight {weight:.3f}")
    # --8<-- [end:compare]
    first_inf = errors["sum", 300].index(float("inf"))

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.5), sharey=True)
    spots = {
        "sum": ((24, 0.25), (34, 40), (7, 3e6)),
        "mean": ((44, 0.045), (38, 0.7), (14, 8)),
    }
    for ax, reduction in zip(axes, ("sum", "mean")):
        for n, color, spot in zip((3, 30, 300), ("C0", "C1", "C2"), spots[reduction]):
            shown = [error for error in errors[reduction, n] if error < 1e9]
            ax.semilogy(shown, color=color)
            ax.annotate(f"n = {n}", spot, color=color)
        ax.set(title=reduction, xlabel="step", ylim=(0.02, 1e7))
    axes[0].set_ylabel("mean squared error");
    # --8<-- [end:plot]

    # --8<-- [start:same_path]
    X, y = make_students(300)
    by_mean, mean_errors = train(X, y, "mean", lr=0.01)
    by_sum, sum_errors = train(X, y, "sum", lr=0.01 / 300)
    print("mean", by_mean.weight.item(), by_mean.bias.item())
    print("sum ", by_sum.weight.item(), by_sum.bias.item())
    # --8<-- [end:same_path]

    # --8<-- [start:exceptions]
    rows = (
        ("SGD, 3 x 100", optim.SGD, 0.02, 100, 0.02 / 100),
        ("momentum, 3 x 100", momentum, 0.02, 100, 0.02 / 100),
        ("SGD, 128 128 44", optim.SGD, 0.02, 128, 0.02 / 128),
        ("Adam, lr / 100", optim.Adam, 0.02, 100, 0.02 / 100),
        ("Adam, same lr", optim.Adam, 0.02, 100, 0.02),
    )
    for name, make, lr, batch_size, sum_lr in rows:
        by_mean = one_epoch(make, lr, "mean", batch_size)
        by_sum = one_epoch(make, sum_lr, "sum", batch_size)
        print(f"{name:18} mean {by_mean:.4f}   sum {by_sum:.4f}")
    # --8<-- [end:exceptions]

    # --8<-- [start:numel]
    y_hat, y = torch.zeros(4, 3), torch.arange(12.0).reshape(4, 3)
    squares = (y_hat - y) ** 2
    print("MSELoss          ", nn.MSELoss()(y_hat, y).item())
    print("sum / 12 elements", squares.sum().item() / squares.numel())
    print("sum / 4 samples  ", squares.sum().item() / len(squares))
    # --8<-- [end:numel]

    # --8<-- [start:outputs]
    X, y = make_students(30)
    for num_outputs in (1, 3):
        model = zero_model(num_outputs)
        targets = y.expand(-1, num_outputs)  # the same score, repeated | 同一分数重复
        nn.MSELoss()(model(X), targets).backward()
        print(num_outputs, "outputs   gradients", model.weight.grad.flatten().tolist())
    # --8<-- [end:outputs]

    # --8<-- [start:worst]
    X, y = make_students(30)
    model, _ = train(X, y, "mean", lr=0.1)
    with torch.no_grad():
        losses = nn.MSELoss(reduction="none")(model(X), y)
    worst = losses.argmax()
    print(losses.shape, f"mean {losses.mean():.3f}")
    print(f"worst: student {worst.item()} with {losses[worst].item():.3f}")
    # --8<-- [end:worst]

    # --8<-- [start:unfair]
    train_X, train_y = make_students(240, seed=1)
    test_X, test_y = make_students(60, seed=2)
    model, _ = train(train_X, train_y, "mean", lr=0.1)
    with torch.no_grad():
        for reduction in ("sum", "mean"):
            loss_fn = nn.MSELoss(reduction=reduction)
            seen = loss_fn(model(train_X), train_y).item()
            unseen = loss_fn(model(test_X), test_y).item()
            print(f"{reduction:4}   training {seen:7.3f}   test {unseen:7.3f}")
    # --8<-- [end:unfair]

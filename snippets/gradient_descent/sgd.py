"""Stochastic gradient descent: one sample, one step.

    python -m snippets.gradient_descent.sgd
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:data]
def make_students(n=200, seed=0):
    """Hours of study and noisy scores: x, y of shape (n,), y = 2x + noise of std 1."""
    generator = torch.Generator().manual_seed(seed)
    x = 4 * torch.rand(n, generator=generator)
    y = 2 * x + torch.randn(n, generator=generator)
    return x, y
# --8<-- [end:data]


# --8<-- [start:gradient]
def gradient(w, x, y):
    """Derivative of (w * x - y)**2 by w, one value per sample."""
    return 2 * x * (w * x - y)
# --8<-- [end:gradient]


# --8<-- [start:mse]
def mse(w, x, y):
    return ((w * x - y) ** 2).mean()
# --8<-- [end:mse]


# --8<-- [start:sgd]
def sgd(x, y, lr, num_epochs, seed=0, shuffle=True):
    """Fit y = w * x one sample at a time; returns w before and after every step."""
    generator = torch.Generator().manual_seed(seed)
    w = torch.tensor(0.0)
    path = [w.item()]
    for epoch in range(num_epochs):
        order = torch.arange(len(x))
        if shuffle:
            order = torch.randperm(len(x), generator=generator)
        for i in order:
            w = w - lr * gradient(w, x[i], y[i])
            path.append(w.item())
    return path
# --8<-- [end:sgd]


# --8<-- [start:gd]
def gd(x, y, lr, num_epochs):
    """The same fit with the mean gradient of all samples: one step per epoch."""
    w = torch.tensor(0.0)
    path = [w.item()]
    for epoch in range(num_epochs):
        w = w - lr * gradient(w, x, y).mean()
        path.append(w.item())
    return path
# --8<-- [end:gd]


# --8<-- [start:decay]
def sgd_decay(x, y, lr, num_epochs, seed=0):
    """SGD whose learning rate falls as 1 / (1 + epoch)."""
    generator = torch.Generator().manual_seed(seed)
    w = torch.tensor(0.0)
    path = [w.item()]
    for epoch in range(num_epochs):
        for i in torch.randperm(len(x), generator=generator):
            w = w - lr / (1 + epoch) * gradient(w, x[i], y[i])
            path.append(w.item())
    return path
# --8<-- [end:decay]


if __name__ == "__main__":
    # --8<-- [start:train]
    x, y = make_students()
    w_best = (x @ y / (x @ x)).item()  # least squares | 最小二乘解
    num_epochs, lr = 5, 0.01
    path = sgd(x, y, lr, num_epochs)
    path_gd = gd(x, y, lr, num_epochs)
    print(f"least squares {w_best:.3f}  SGD {path[-1]:.3f}  batch GD {path_gd[-1]:.3f}")
    # --8<-- [end:train]

    # --8<-- [start:plot]
    fig, ax = plt.subplots()
    n = len(x)
    ax.plot(range(len(path)), path, color="C0", lw=1)
    ax.plot([n * k for k in range(num_epochs + 1)], path_gd, "o-", color="C1")
    ax.axhline(w_best, color="C5", ls="--")
    ax.annotate("stochastic", (300, 2.3), color="C0")
    ax.annotate("full batch", (620, 0.38), color="C1")
    ax.annotate("least squares", (1010, w_best + 0.06), color="C5")
    ax.set(xlabel="samples seen", ylabel="weight w", xlim=(0, 1280), ylim=(0, 2.5));
    # --8<-- [end:plot]

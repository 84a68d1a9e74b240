"""Linear regression from scratch: data, mini-batches, model, loss, update, loop.

    python -m snippets.linear_regression.scratch
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:data]
def synthetic_data(w, b, n, noise=0.01):
    """n samples of y = Xw + b + noise: X of shape (n, len(w)), y of shape (n, 1)."""
    X = torch.randn(n, len(w))
    y = X @ w + b
    y += noise * torch.randn(y.shape)
    return X, y.reshape(-1, 1)
# --8<-- [end:data]


# --8<-- [start:data_iter]
def data_iter(batch_size, X, y):
    """Yield all samples once, in random order, batch_size at a time."""
    order = torch.randperm(len(X))
    for i in range(0, len(X), batch_size):
        batch = order[i : i + batch_size]
        yield X[batch], y[batch]
# --8<-- [end:data_iter]


# --8<-- [start:model]
def init_params(num_features):
    """Small random weights of shape (num_features, 1) and a bias of zero."""
    w = torch.normal(0, 0.01, (num_features, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    return w, b


def linreg(X, w, b):
    """Predictions of shape (n, 1) for X of shape (n, num_features)."""
    return X @ w + b
# --8<-- [end:model]


# --8<-- [start:loss]
def squared_loss(y_hat, y):
    """Half the squared error of every sample, in the shape of y_hat."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
# --8<-- [end:loss]


# --8<-- [start:sgd]
def sgd(params, lr, num_samples):
    """One step along the mean of gradients that were summed over num_samples."""
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / num_samples
            param.grad.zero_()
# --8<-- [end:sgd]


# --8<-- [start:train]
def train(w, b, X, y, lr, batch_size, num_epochs, loss_fn=squared_loss):
    """Fit w and b in place; returns the mean loss of every mini-batch."""
    history = []
    for epoch in range(num_epochs):
        for batch_X, batch_y in data_iter(batch_size, X, y):
            loss = loss_fn(linreg(batch_X, w, b), batch_y).sum()  # forward | 前向
            loss.backward()  # backward | 反向
            sgd([w, b], lr, len(batch_X))  # update | 更新
            history.append(loss.item() / len(batch_X))
        with torch.no_grad():
            mean_loss = squared_loss(linreg(X, w, b), y).mean()
        print(f"epoch {epoch + 1}   loss {mean_loss:.6f}")
    return history
# --8<-- [end:train]


# --8<-- [start:flat_loss]
def flat_loss(y_hat, y):
    return (y_hat - y.reshape(-1)) ** 2 / 2 / len(y)
# --8<-- [end:flat_loss]


# --8<-- [start:full_batch]
def full_batch(X, y, lr, num_samples, num_steps=10):
    """Train on all of X at once, dividing by num_samples; returns the last loss."""
    w, b = init_params(X.shape[1])
    for step in range(num_steps):
        squared_loss(linreg(X, w, b), y).sum().backward()
        sgd([w, b], lr, num_samples)
    with torch.no_grad():
        return squared_loss(linreg(X, w, b), y).mean().item()
# --8<-- [end:full_batch]


if __name__ == "__main__":
    # --8<-- [start:make]
    torch.manual_seed(0)
    true_w, true_b = torch.tensor([2.0, -3.4]), 4.2
    features, labels = synthetic_data(true_w, true_b, 1000)
    print(features.shape, labels.shape)
    print(features[0], labels[0])
    # --8<-- [end:make]

    # --8<-- [start:scatter]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), sharey=True)
    for i, ax in enumerate(axes):
        ax.scatter(features[:, i], labels, s=4, color="C0")
        ax.set(xlabel=f"x{i + 1}", xlim=(-4, 4), xticks=range(-4, 5, 2))
    axes[0].set_ylabel("y");
    # --8<-- [end:scatter]

    # --8<-- [start:fit]
    lr, batch_size, num_epochs = 0.03, 10, 3
    w, b = init_params(2)
    history = train(w, b, features, labels, lr, batch_size, num_epochs)
    # --8<-- [end:fit]

    # --8<-- [start:estimates]
    baseline = squared_loss(labels.mean().expand(labels.shape), labels).mean().item()
    floor = 0.01**2 / 2  # variance of the noise, halved | 噪声方差的一半
    estimates = [*w.flatten().tolist(), b.item()]
    for name, truth, estimate in zip(("w1", "w2", "b"), (2, -3.4, 4.2), estimates):
        off = estimate - truth
        print(f"{name:2}  true {truth:4.1f}  estimated {estimate:7.4f}  off {off:+.4f}")
    # --8<-- [end:estimates]

    # --8<-- [start:plot]
    with torch.no_grad():
        fitted = linreg(features, w, b)
    residuals = labels - fitted
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.3))
    axes[0].semilogy(history, lw=1)
    for level, name, place in ((baseline, "baseline", 210), (floor, "noise", 0)):
        axes[0].axhline(level, color="C5", ls="--", lw=1.2)
        axes[0].annotate(name, (place, level * 1.3), color="C5")
    axes[0].set(xlabel="step", ylabel="training loss", ylim=(1e-5, 60))
    axes[1].scatter(fitted, residuals, s=4)
    axes[1].axhline(0, color="C5", ls="--", lw=1.2)
    axes[1].set(xlabel="prediction", ylabel="residual", ylim=(-0.045, 0.045));
    # --8<-- [end:plot]

    # --8<-- [start:wrong_shape]
    torch.manual_seed(0)
    w_wrong, b_wrong = init_params(2)
    wrong = train(w_wrong, b_wrong, features, labels, lr, batch_size, 3, flat_loss)
    print("w", w_wrong.flatten().tolist(), " b", b_wrong.item())
    # --8<-- [end:wrong_shape]

    # --8<-- [start:nominal]
    by_data = full_batch(features, labels, 0.5, len(features))
    by_name = full_batch(features, labels, 0.5, 5000)
    print(f"divided by {len(features)}: {by_data:.6f}   by 5000: {by_name:.6f}")
    # --8<-- [end:nominal]

"""The mean squared error by hand, in NumPy and in PyTorch, and its silent mistakes.

    python -m snippets.linear_regression.mse_by_hand
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:mse]
def mse(y_hat, y):
    """Mean squared error of two arrays or two tensors; no check of their shapes."""
    return ((y_hat - y) ** 2).mean()
# --8<-- [end:mse]


# --8<-- [start:safe_mse]
def safe_mse(y_hat, y):
    """Mean squared error that refuses to broadcast."""
    if y_hat.shape != y.shape:
        raise ValueError(f"shapes {tuple(y_hat.shape)} and {tuple(y.shape)} differ")
    return ((y_hat - y) ** 2).mean()
# --8<-- [end:safe_mse]


# --8<-- [start:draw_table]
def draw_table(y_hat, y):
    """Draw all differences of y_hat (n, 1) and y (n,), with the diagonal tinted."""
    table = (y_hat - y).tolist()
    n = len(table)
    fig, ax = plt.subplots(figsize=(5.2, 3.4))
    ax.axis("off")
    ax.set(xlim=(-1.9, n + 0.2), ylim=(-0.2, n + 1.4), aspect="equal")
    for i, row in enumerate(table):
        for j, value in enumerate(row):
            fill = ("C0", 0.3) if i == j else ("C1", 0.3)
            cell = plt.Rectangle((j, n - 1 - i), 1, 1, fc=fill, ec="#59636e")
            ax.add_patch(cell)
            place = (j + 0.5, n - 0.53 - i)
            ax.text(*place, f"{value:g}", ha="center", va="center", fontsize=14)
    muted = {"color": "#59636e", "ha": "center", "va": "center", "fontsize": 12}
    for k in range(n):
        ax.text(-0.35, n - 0.53 - k, f"{y_hat[k].item():g}", **muted)
        ax.text(k + 0.5, n + 0.3, f"{y[k].item():g}", **muted)
    turned = muted | {"rotation": 90, "rotation_mode": "anchor"}
    ax.text(-1.1, n / 2, "prediction", **turned)
    ax.text(n / 2, n + 0.95, "target", **muted)
# --8<-- [end:draw_table]


# --8<-- [start:check]
def check(both):
    """Assert that both(y_hat, y) returns the MSE from NumPy and from PyTorch."""
    for y_hat, y, right in ((10, 1, 81.0), ([1, 2, 3], [0, 0, 0], 14 / 3)):
        by_numpy, by_torch = both(y_hat, y)
        assert abs(by_numpy - right) < 1e-6, f"NumPy: {by_numpy}, not {right}"
        assert isinstance(by_torch, torch.Tensor), "return the tensor of nn.MSELoss"
        assert by_torch.dtype == torch.float32, f"PyTorch: {by_torch.dtype}"
        assert by_torch.ndim == 0 and abs(by_torch.item() - right) < 1e-5
# --8<-- [end:check]


# --8<-- [start:solution]
def both(y_hat, y):
    y_hat, y = np.array(y_hat), np.array(y)
    by_numpy = np.mean((y_hat - y) ** 2)
    criterion = nn.MSELoss()
    by_torch = criterion(torch.tensor(y_hat).float(), torch.tensor(y).float())
    return by_numpy, by_torch
# --8<-- [end:solution]


if __name__ == "__main__":
    # --8<-- [start:one_pair]
    y_hat, y = 10.0, 1.0
    print("NumPy  ", mse(np.array(y_hat), np.array(y)))
    print("PyTorch", mse(torch.tensor(y_hat), torch.tensor(y)))
    print("MSELoss", nn.MSELoss()(torch.tensor(y_hat), torch.tensor(y)))
    # --8<-- [end:one_pair]

    # --8<-- [start:students]
    hours = torch.tensor([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    scores = torch.tensor([2.1, 1.7, 4.0, 3.9, 6.1, 5.9])
    predictions = hours + 1
    errors = predictions - scores
    print("errors ", [round(error, 1) for error in errors.tolist()])
    print("squares", [round(square, 2) for square in (errors**2).tolist()])
    print(f"mean of the squares {mse(predictions, scores):.4f}")
    # --8<-- [end:students]

    # --8<-- [start:plot_squares]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6))
    axes[0].plot((0, 6), (1, 7), color="C0")
    for x, score, error in zip(hours, scores, errors):
        side = abs(error.item())
        corner = (x.item(), min(score, score + error).item())
        square = plt.Rectangle(corner, side, side, fc=("C1", 0.3), ec="C1")
        axes[0].add_patch(square)
    axes[0].plot(hours, scores, "o", color="#59636e")
    axes[0].set(xlabel="study hours", ylabel="score", aspect="equal")
    axes[0].set(xlim=(0, 7.2), ylim=(0, 7.2))
    axes[1].plot((0, 7.2), (0, 7.2), color="C5", ls="--", lw=1.2)
    axes[1].plot(scores, predictions, "o", color="C0")
    axes[1].set(xlabel="true value", ylabel="predicted value", aspect="equal")
    axes[1].set(xlim=(0, 7.2), ylim=(0, 7.2));
    # --8<-- [end:plot_squares]

    # --8<-- [start:judge]
    error = mse(predictions, scores)
    baseline = mse(scores.mean(), scores)
    print(f"MSE {error:.3f}   root {error.sqrt():.3f} points")
    print(f"always the mean: MSE {baseline:.3f}   share left {error / baseline:.1%}")
    # --8<-- [end:judge]

    # --8<-- [start:shape_trap]
    y_hat = torch.tensor([[1.0], [2.0], [3.0]])  # (3, 1)
    y = torch.tensor([1.0, 2.0, 3.0])  # (3,)
    print("differences", tuple((y_hat - y).shape))
    print(f"by hand     {mse(y_hat, y):.3f}")
    print(f"as columns  {mse(y_hat, y.reshape(-1, 1)):.3f}")
    # --8<-- [end:shape_trap]
    draw_table(y_hat, y)

    # --8<-- [start:uint8]
    bright, dark = np.array([200], dtype=np.uint8), np.array([220], dtype=np.uint8)
    print("uint8", bright - dark, (bright - dark) ** 2, mse(bright, dark))
    print("float", mse(bright.astype(np.float32), dark.astype(np.float32)))
    # --8<-- [end:uint8]

    # --8<-- [start:double]
    y_hat = torch.tensor([10.0], requires_grad=True)
    loss = nn.MSELoss()(y_hat, torch.from_numpy(np.array([1.0])))
    loss.backward()
    print(loss.dtype, y_hat.grad.dtype)
    # --8<-- [end:double]

    check(both)

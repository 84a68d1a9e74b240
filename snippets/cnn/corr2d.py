"""Cross-correlation by hand: one small kernel slides over an image.

    python -m snippets.cnn.corr2d
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn
# --8<-- [end:imports]

from snippets.common.images import dataset_name, load_images


# --8<-- [start:corr2d]
def corr2d(x, kernel):
    """Cross-correlate x (H, W) with kernel (h, w): result (H - h + 1, W - w + 1)."""
    h, w = kernel.shape
    y = torch.empty(x.shape[0] - h + 1, x.shape[1] - w + 1)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i : i + h, j : j + w]
            y[i, j] = (window * kernel).sum()
    return y
# --8<-- [end:corr2d]


# --8<-- [start:grid]
def draw_grid(ax, left, top, values, filled=None, color="C0"):
    """Draw a matrix as a grid of unit cells; the boolean mask `filled` tints some."""
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            corner = (left + j, -top - i - 1)
            ax.add_patch(plt.Rectangle(corner, 1, 1, fill=False, ec="#59636e", lw=0.8))
            if filled is not None and filled[i][j]:
                ax.add_patch(plt.Rectangle(corner, 1, 1, color=color, alpha=0.25, lw=0))
            ax.text(corner[0] + 0.5, corner[1] + 0.47, value, ha="center", va="center")
# --8<-- [end:grid]


if __name__ == "__main__":
    # --8<-- [start:data]
    X_train, y_train, X_test, y_test = load_images()
    DATASET = dataset_name()
    image = X_train[y_train == 7][0, 0]  # (28, 28)
    (image[6:14, 8:20] * 255).int()
    # --8<-- [end:data]

    # --8<-- [start:permute]
    torch.manual_seed(0)
    layer = nn.Linear(784, 10)
    pixels = image.flatten()
    order = torch.randperm(784)
    scores = layer(pixels)
    scores_shuffled = F.linear(pixels[order], layer.weight[:, order], layer.bias)
    torch.allclose(scores, scores_shuffled, atol=1e-5)
    # --8<-- [end:permute]

    # --8<-- [start:plot_permute]
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.1))
    panels = {"image": image, "pixels shuffled": pixels[order].reshape(28, 28)}
    for ax, (title, picture) in zip(axes, panels.items()):
        ax.imshow(picture.numpy(), cmap="gray")
        ax.set_title(title)
        ax.axis("off")
    # --8<-- [end:plot_permute]

    # --8<-- [start:example]
    x = torch.arange(25.0).reshape(5, 5)
    kernel = torch.arange(1.0, 10).reshape(3, 3)
    y = corr2d(x, kernel)
    y
    # --8<-- [end:example]

    # --8<-- [start:plot_example]
    fig, ax = plt.subplots(figsize=(6.4, 2.7))
    cells = torch.zeros(5, 5, dtype=torch.bool)
    cells[:3, :3] = True
    draw_grid(ax, 0, 0, x.int().tolist(), cells)
    draw_grid(ax, 6, 1, kernel.int().tolist())
    draw_grid(ax, 10, 1, y.int().tolist(), cells[2:, 2:], color="C1")
    for position, name in ((2.5, "input"), (7.5, "kernel"), (11.5, "output")):
        ax.text(position, 0.3 if position < 3 else -0.7, name, ha="center")
    ax.text(5.5, -2.5, "⋆", ha="center", va="center", fontsize=14)
    ax.text(9.5, -2.5, "=", ha="center", va="center", fontsize=14)
    ax.set(xlim=(-0.1, 13.1), ylim=(-5.1, 1), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_example]

    # --8<-- [start:plot_sliding]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    places = {"C0": (0, 0), "C1": (0, 2), "C2": (2, 2)}
    draw_grid(ax, 0, 0, [[""] * 5] * 5)
    draw_grid(ax, 8, 1, [[""] * 3] * 3)
    for n, (color, (i, j)) in enumerate(places.items()):
        gap = 0.08 + 0.07 * n
        side = 3 - 2 * gap
        corner = (j + gap, -i - 3 + gap)
        ax.add_patch(plt.Rectangle(corner, side, side, fill=False, ec=color, lw=2.5))
        cell = (8 + j, -1 - i - 1)
        ax.add_patch(plt.Rectangle(cell, 1, 1, color=color, alpha=0.6, lw=0))
    arrow = {"arrowstyle": "->", "color": "#59636e", "lw": 1.5}
    ax.annotate("", (5, 0.45), (0, 0.45), arrowprops=arrow)
    ax.annotate("", (5.45, -5), (5.45, 0), arrowprops=arrow)
    ax.annotate("", (7.8, -2.5), (5.9, -2.5), arrowprops=arrow)
    ax.text(2.5, 0.75, "first right", ha="center", color="#59636e")
    ax.text(5.65, -4.6, "then down", color="#59636e")
    ax.text(2.5, -5.7, "input", ha="center")
    ax.text(9.5, -0.7, "output", ha="center")
    ax.set(xlim=(-0.2, 11.2), ylim=(-6, 1.4), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_sliding]

    # --8<-- [start:conv2d]
    y_torch = F.conv2d(x[None, None], kernel[None, None])
    print(y_torch.shape, torch.equal(y_torch[0, 0], y))
    # --8<-- [end:conv2d]

    # --8<-- [start:patch]
    x.requires_grad_()
    corr2d(x, kernel)[1, 2].backward()
    x.grad
    # --8<-- [end:patch]

    # --8<-- [start:edge]
    edge = torch.tensor([[1.0, 0.0, -1.0]] * 3)
    feature_map = corr2d(image, edge)
    i, j = divmod(feature_map.argmax().item(), feature_map.shape[1])
    image[i : i + 3, j : j + 3], feature_map[i, j]
    # --8<-- [end:edge]

    # --8<-- [start:plot_edge]
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.1))
    frames = {"image": (image, "gray", 3), "feature map": (feature_map, "cividis", 1)}
    for ax, (title, (picture, cmap, side)) in zip(axes, frames.items()):
        ax.imshow(picture.numpy(), cmap=cmap)
        corner = (j - 0.5, i - 0.5)
        ax.add_patch(plt.Rectangle(corner, side, side, fill=False, ec="C1", lw=2))
        ax.set_title(title)
        ax.axis("off")
    # --8<-- [end:plot_edge]

    # --8<-- [start:linear]
    a, b = X_train[0, 0], X_train[1, 0]
    together = corr2d(2 * a + 3 * b, edge)
    apart = 2 * corr2d(a, edge) + 3 * corr2d(b, edge)
    torch.allclose(together, apart, atol=1e-5)
    # --8<-- [end:linear]

    # --8<-- [start:collapse]
    probe = torch.zeros(5, 5, requires_grad=True)
    corr2d(corr2d(probe, kernel), edge).backward()
    both = probe.grad  # (5, 5)
    two_layers = corr2d(corr2d(image, kernel), edge)
    torch.allclose(two_layers, corr2d(image, both), atol=1e-4)
    # --8<-- [end:collapse]

    # --8<-- [start:layout]
    conv = nn.Conv2d(3, 4, kernel_size=(3, 5))
    batch = torch.rand(2, 3, 10, 20)  # (N, C, H, W)
    conv(batch).shape
    # --8<-- [end:layout]

    # --8<-- [start:flip]
    window = torch.arange(25.0).reshape(5, 5)[:3, :3]
    print("cross-correlation", (window * kernel).sum().item())
    print("convolution      ", (window * kernel.flip(0, 1)).sum().item())
    print("matrix product\n", window @ kernel)
    # --8<-- [end:flip]

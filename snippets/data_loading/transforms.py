"""Transforms: bytes to fractions, channels first, standardized pixels.

    python -m snippets.data_loading.transforms
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_sample_image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2
# --8<-- [end:imports]

from snippets.common.images import dataset_name, load_images


# --8<-- [start:to_float]
def to_float(image):
    """Bytes (H, W) or (H, W, C), uint8, to float32 (C, H, W) between 0 and 1."""
    x = torch.tensor(image)
    if x.ndim == 2:
        x = x.unsqueeze(2)
    return x.permute(2, 0, 1).to(torch.float32) / 255
# --8<-- [end:to_float]


# --8<-- [start:dataset]
class Images(Dataset):
    """Images in a list or array, and a transform that runs whenever one is fetched."""

    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.transform(self.images[i]), self.labels[i]
# --8<-- [end:dataset]


# --8<-- [start:final_loss]
def final_loss(X, y, lr, num_steps=40):
    """Loss of logistic regression after a few steps: X (n, 784), y (n, 1)."""
    torch.manual_seed(0)
    model = nn.Linear(X.shape[1], 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step in range(num_steps):
        loss = F.binary_cross_entropy_with_logits(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return F.binary_cross_entropy_with_logits(model(X), y).item()
# --8<-- [end:final_loss]


if __name__ == "__main__":
    # --8<-- [start:data]
    X_train, y_train, X_test, y_test = load_images()
    DATASET = dataset_name()
    images = (255 * X_train[:, 0]).round().to(torch.uint8).numpy()  # as in a file
    image = images[0]
    print(image.shape, image.dtype, image.min(), image.max())
    # --8<-- [end:data]

    # --8<-- [start:scale]
    to_tensor = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    x = to_tensor(image)
    print(x.shape, x.dtype, f"{x.min():.3f} to {x.max():.3f}")
    print("same as by hand:", torch.allclose(x, to_float(image)))
    # --8<-- [end:scale]

    # --8<-- [start:color]
    photo = load_sample_image("flower.jpg").copy()
    print(photo.shape, "->", tuple(to_tensor(photo).shape))
    # --8<-- [end:color]

    # --8<-- [start:statistics]
    mean, std = X_train.mean().item(), X_train.std().item()
    standardize = v2.Normalize(mean=[mean], std=[std])
    Z_train, Z_test = standardize(X_train), standardize(X_test)
    for name, Z in {"training": Z_train, "test": Z_test}.items():
        print(f"{name:<8}  |mean| {Z.mean().abs():.3f}  std {Z.std():.3f}")
    print(f"range {Z_train.min():.2f} to {Z_train.max():.2f}")
    # --8<-- [end:statistics]

    # --8<-- [start:plot_steps]
    def numbers(ax, values, shades, form, title):
        for (i, j), value in np.ndenumerate(values):
            shade = {"fc": "C0", "alpha": 0.6 * shades[i, j].item(), "lw": 0}
            ax.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, **shade))
            text = form.format(value).replace("-", "−")
            ax.text(j, i, text, ha="center", va="center", fontsize=10)
        ax.set(xlim=(-0.5, 4.5), ylim=(4.5, -0.5), aspect="equal", title=title)

    fig, axes = plt.subplots(2, 2, figsize=(6.4, 6.8), layout="constrained")
    variance = F.avg_pool2d(x**2, 5, 1) - F.avg_pool2d(x, 5, 1) ** 2  # of each window
    top, left = divmod(variance.argmax().item(), variance.shape[2])
    window = (slice(top, top + 5), slice(left, left + 5))
    axes[0, 0].imshow(image, cmap="gray")
    box = {"fill": False, "ec": "C1", "lw": 2}
    axes[0, 0].add_patch(plt.Rectangle((left - 0.5, top - 0.5), 5, 5, **box))
    axes[0, 0].set_title("image")
    crop = x[0][window]
    numbers(axes[0, 1], image[window], crop, "{}", "bytes")
    numbers(axes[1, 0], crop.numpy(), crop, "{:.2f}", "tensor")
    z = standardize(x)[0][window]
    numbers(axes[1, 1], z.numpy(), crop, "{:.2f}", "standardized")
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.grid(False);
    # --8<-- [end:plot_steps]

    # --8<-- [start:compare]
    n = 1000
    y = (y_train[:n] >= 5).float().unsqueeze(1)  # (n, 1)
    inputs = {"bytes": 255 * X_train[:n], "fractions": X_train[:n]}
    inputs["standardized"] = Z_train[:n]
    rates = [10.0**k for k in range(-6, 1)]
    curves = {}
    for name, X in inputs.items():
        curves[name] = [final_loss(X.flatten(1), y, lr) for lr in rates]
        print(f"{name:<12}", " ".join(f"{loss:8.3g}" for loss in curves[name]))
    # --8<-- [end:compare]

    # --8<-- [start:plot_compare]
    fig, ax = plt.subplots(figsize=(6.4, 3.6))
    for (name, curve), color in zip(curves.items(), ("C2", "C0", "C1")):
        ax.plot(rates, curve, "o-", color=color)
    ax.axhline(np.log(2), color="C5", ls="--")
    ax.text(3e-4, 0.75, "always 50 %", color="C5", va="bottom")
    ax.text(1.4e-5, 2.4, "bytes", color="C2", va="top")
    ax.text(0.15, 0.47, "fractions", color="C0", va="top")
    ax.text(0.006, 0.43, "standardized", color="C1", ha="right", va="top")
    ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="training loss")
    ax.set(ylim=(0.3, 15), yticks=[0.5, 1, 2, 5, 10])
    ax.set_yticklabels(["0.5", "1", "2", "5", "10"])
    ax.minorticks_off();
    # --8<-- [end:plot_compare]

    # --8<-- [start:pipeline]
    transform = v2.Compose([to_tensor, v2.Normalize(mean=[mean], std=[std])])
    train_set = Images(images, y_train, transform)
    batch, labels = next(iter(DataLoader(train_set, batch_size=64, shuffle=True)))
    print(batch.shape, batch.dtype, labels.shape, labels.dtype)
    # --8<-- [end:pipeline]

    # --8<-- [start:unscaled]
    unscaled = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32)])
    print(unscaled(image).max(), standardize(unscaled(image)).max())
    # --8<-- [end:unscaled]

    # --8<-- [start:variance]
    wrong = v2.Normalize([mean], [std**2])(X_train)
    print(f"std {wrong.std():.2f}, range {wrong.min():.2f} to {wrong.max():.2f}")
    # --8<-- [end:variance]

    # --8<-- [start:each_image]
    def standardize_alone(x):
        return (x - x.mean()) / x.std()

    dark = x / 2
    print("before:", torch.allclose(x, dark))
    print("after:", torch.allclose(standardize_alone(x), standardize_alone(dark)))
    # --8<-- [end:each_image]

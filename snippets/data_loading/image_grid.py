"""A first look at image data: a grid with labels, counts, mean images, layouts.

    python -m snippets.data_loading.image_grid
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets
from torchvision.transforms import v2
# --8<-- [end:imports]

from snippets.common.images import dataset_name, load_images


# --8<-- [start:names]
CLOTHES = ["T-shirt", "trouser", "pullover", "dress", "coat"]
CLOTHES += ["sandal", "shirt", "sneaker", "bag", "ankle boot"]


def class_names(dataset):
    """Name of each class: of the clothes in Fashion-MNIST, else the digits."""
    return CLOTHES if dataset == "Fashion-MNIST" else [str(k) for k in range(10)]
# --8<-- [end:names]


# --8<-- [start:load_data]
def load_data(batch_size):
    """Loaders of batches: images (B, 1, 28, 28) float32, labels (B,) int64."""
    X_train, y_train, X_test, y_test = load_images()
    train, test = TensorDataset(X_train, y_train), TensorDataset(X_test, y_test)
    train_loader = DataLoader(train, batch_size=batch_size, shuffle=True)
    return train_loader, DataLoader(test, batch_size=batch_size)
# --8<-- [end:load_data]


# --8<-- [start:show_images]
def show_images(images, titles, rows, columns):
    """Draw images (N, H, W) in a grid, each below its title."""
    size = (0.8 * columns, 1.05 * rows)
    fig, axes = plt.subplots(rows, columns, figsize=size, layout="constrained")
    for ax, image, title in zip(axes.flat, images, titles):
        ax.imshow(image.numpy(), cmap="gray", vmin=0, vmax=1)
        ax.set_title(title, fontsize=10)
    for ax in axes.flat:
        ax.axis("off")
# --8<-- [end:show_images]


# --8<-- [start:mean_images]
def mean_images(X, y, num_classes=10):
    """Mean of the images of each class: (N, 1, H, W), (N,) to (num_classes, H, W)."""
    return torch.stack([X[y == k].mean(dim=(0, 1)) for k in range(num_classes)])
# --8<-- [end:mean_images]


if __name__ == "__main__":
    # --8<-- [start:batches]
    torch.manual_seed(0)
    DATASET = dataset_name()
    train_loader, test_loader = load_data(batch_size=18)
    print(len(train_loader.dataset), "to train,", len(test_loader.dataset), "to test")
    X, y = next(iter(train_loader))
    print(X.shape, X.dtype, y.shape, y.dtype)
    # --8<-- [end:batches]

    # --8<-- [start:grid]
    names = class_names(DATASET)
    show_images(X.squeeze(1), [names[k] for k in y], rows=2, columns=9)
    # --8<-- [end:grid]

    # --8<-- [start:item]
    image, label = train_loader.dataset[0]
    print(tuple(image.shape), type(label).__name__)
    to_tensor = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    fake = datasets.FakeData(4, (1, 28, 28), transform=to_tensor)
    image, label = fake[0]
    print(tuple(image.shape), type(label).__name__)
    # --8<-- [end:item]

    # --8<-- [start:counts]
    X_train, y_train = train_loader.dataset.tensors
    y_test = test_loader.dataset.tensors[1]
    train_counts, test_counts = y_train.bincount(), y_test.bincount()
    for k, name in enumerate(names):
        print(f"{name:<10} {train_counts[k]:5} {test_counts[k]:5}")
    base_rate = (y_test == train_counts.argmax()).float().mean().item()
    # --8<-- [end:counts]

    # --8<-- [start:means]
    means = mean_images(X_train, y_train)
    show_images(means, names, rows=2, columns=5)
    # --8<-- [end:means]

    # --8<-- [start:nearest]
    X_test = test_loader.dataset.tensors[0]
    distances = torch.cdist(X_test.flatten(1), means.flatten(1))  # (n, 10)
    nearest = (distances.argmin(dim=1) == y_test).float().mean().item()
    print(f"nearest mean {nearest:.1%}, base rate {base_rate:.1%}")
    # --8<-- [end:nearest]

    # --8<-- [start:photo]
    photo = torch.tensor(load_sample_image("flower.jpg")[::4, ::4])  # (107, 160, 3)
    chw = photo.permute(2, 0, 1)
    print(tuple(photo.shape), tuple(chw.shape))
    # --8<-- [end:photo]

    # --8<-- [start:layouts]
    right, wrong = chw.permute(1, 2, 0), chw.reshape(107, 160, 3)
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 2.8))
    for ax, image, title in zip(axes, (right, wrong), ("permute", "reshape")):
        ax.imshow(image.numpy())
        ax.set_title(title)
        ax.axis("off")
    # --8<-- [end:layouts]

    # --8<-- [start:clim]
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3))
    for ax, factor in zip(axes, (1, 0.1)):
        drawn = ax.imshow(factor * X[0, 0].numpy(), cmap="gray")
        print("black is {:.2f}, white is {:.2f}".format(*drawn.get_clim()))
        ax.set_title(f"{factor} × x")
        ax.axis("off")
    # --8<-- [end:clim]

    # --8<-- [start:shuffled]
    torch.manual_seed(0)
    n = len(X_train)
    X_mixed, y_mixed = X_train[torch.randperm(n)], y_train[torch.randperm(n)]
    same = torch.cdist(X_mixed[:200].flatten(1), X_train.flatten(1)).argmin(dim=1)
    share = (y_train[same] == y_mixed[:200]).float().mean().item()
    print(f"{share:.0%} of 200 labels still belong to their image")
    # --8<-- [end:shuffled]

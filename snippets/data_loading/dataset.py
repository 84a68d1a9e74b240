"""A dataset as a class: how many samples, and which one is number i.

    python -m snippets.data_loading.dataset
"""

# --8<-- [start:imports]
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset
# --8<-- [end:imports]


# --8<-- [start:write]
def write_salaries(path, n=205, seed=0):
    """A CSV file with a header, four features of n employees, and their salaries."""
    rng = np.random.default_rng(seed)
    X = rng.uniform((0, 20, 0, 2), (20, 40, 10, 12), (n, 4))
    X[:, 2:] = X[:, 2:].round()  # counts | 次数与人数
    y = 20 + X @ (1.5, 0.6, 1.0, 0.3) + rng.normal(0, 3, n)  # in thousands | 单位：千
    names = "years,hours,courses,team,salary"
    table = np.column_stack([X, y])
    np.savetxt(path, table, "%.1f", delimiter=",", header=names, comments="")
# --8<-- [end:write]


# --8<-- [start:class]
class SalaryDataset(Dataset):
    """Rows of a CSV file as pairs: features (4,) and salary (1,), both float32."""

    def __init__(self, path):
        table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32)
        self.X = torch.from_numpy(table[:, :-1])  # (n, 4)
        self.y = torch.from_numpy(table[:, -1:])  # (n, 1)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]
# --8<-- [end:class]


# --8<-- [start:no_len]
class Squares(Dataset):
    """Item i is i * i; nobody says how many there are."""

    def __getitem__(self, i):
        return i * i
# --8<-- [end:no_len]


# --8<-- [start:levels]
class LevelDataset(SalaryDataset):
    """The salary as one of three classes, one-hot: (4,) and (3,)."""

    def __getitem__(self, i):
        x, y = super().__getitem__(i)
        level = torch.bucketize(y[0], torch.tensor([50.0, 70.0]))  # 0, 1 or 2
        return x, F.one_hot(level, num_classes=3)
# --8<-- [end:levels]


# --8<-- [start:draw]
def draw_roles():
    """Dataset, data loader and training loop, and what passes between them."""
    fig, ax = plt.subplots(figsize=(6.6, 2.5))
    ax.set(xlim=(0, 13.2), ylim=(0.7, 4.5))
    ax.axis("off")
    boxes = (
        (0, 3.5, "dataset", ("__len__()", "__getitem__(i)"), "C0"),
        (5.4, 3.9, "data loader", ("shuffle", "group into batches", "stack"), "C1"),
        (11.2, 1.9, "loop", ("training",), "C2"),
    )
    for left, width, title, lines, color in boxes:
        ax.add_patch(plt.Rectangle((left + 0.05, 0.8), width, 3.6, fc="none", ec=color))
        middle = {"ha": "center", "va": "center", "fontsize": 12}
        ax.text(left + width / 2, 3.85, title, color=color, **middle)
        for k, line in enumerate(lines):
            ax.text(left + width / 2, 2.9 - 0.75 * k, line, **middle)
    arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": "#59636e"}
    for start, end, height, text in (
        (5.4, 3.6, 3.1, "index"),
        (3.6, 5.4, 1.7, "sample"),
        (9.4, 11.2, 2.4, "batch"),
    ):
        ax.annotate("", (end, height), (start, height), arrowprops=arrow)
        place = ((start + end) / 2, height + 0.2)
        ax.text(*place, text, color="#59636e", ha="center", fontsize=12)
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:file]
    write_salaries("salaries.csv")
    print(*Path("salaries.csv").read_text().splitlines()[:4], sep="\n")
    # --8<-- [end:file]

    # --8<-- [start:use]
    dataset = SalaryDataset("salaries.csv")
    x, y = dataset[0]
    print(len(dataset), "samples")
    print(x, x.shape)
    print(y, y.shape)
    # --8<-- [end:use]

    # --8<-- [start:loader]
    torch.manual_seed(0)
    loader = DataLoader(dataset, batch_size=32, shuffle=True)
    sizes = [len(X) for X, y in loader]
    X, y = next(iter(loader))
    print(X.shape, y.shape, sizes)
    # --8<-- [end:loader]

    # --8<-- [start:tensors]
    pairs = TensorDataset(dataset.X, dataset.y)
    x, y = pairs[0]
    print(len(pairs), x.equal(dataset[0][0]), y.equal(dataset[0][1]))
    # --8<-- [end:tensors]

    # --8<-- [start:torchvision]
    from torchvision import datasets

    for name in ("MNIST", "FashionMNIST", "CIFAR10"):
        cls = getattr(datasets, name)
        print(f"{name:12}", issubclass(cls, Dataset), hasattr(cls, "__len__"))
    # --8<-- [end:torchvision]

    # --8<-- [start:flat]
    flat = TensorDataset(dataset.X, dataset.y[:, 0])
    X, y = next(iter(DataLoader(flat, batch_size=32)))
    perfect = y.reshape(-1, 1)  # what a faultless model returns | 毫无误差的预测
    print("prediction", tuple(perfect.shape), " label", tuple(y.shape))
    print("difference", tuple((perfect - y).shape), ((perfect - y) ** 2).mean())
    # --8<-- [end:flat]

    # --8<-- [start:one_hot]
    level = torch.tensor(2)
    print("by hand  ", torch.eye(3)[level])
    print("F.one_hot", F.one_hot(level, num_classes=3), F.one_hot(level).dtype)
    # --8<-- [end:one_hot]

    # --8<-- [start:cure]
    loss_fn = nn.CrossEntropyLoss()
    X, target = next(iter(DataLoader(LevelDataset("salaries.csv"), batch_size=3)))
    scores = nn.Linear(4, 3)(X)
    as_float = loss_fn(scores, target.float())
    as_index = loss_fn(scores, target.argmax(1))  # (3,) of int64
    as_float.isclose(as_index).item()
    # --8<-- [end:cure]

    Path("salaries.csv").unlink()

"""Read everything at once, or each item on demand: files, a CSV, a stream.

    python -m snippets.data_loading.lazy
"""

# --8<-- [start:imports]
import multiprocessing
import pickle
from itertools import islice
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info
# --8<-- [end:imports]

import os
import tempfile


# --8<-- [start:write]
def write_folder(root, n=60):
    """n digits of 8x8 pixels as files root/<class>/<number>.npy."""
    digits = load_digits()
    for k in range(n):
        folder = Path(root, str(digits.target[k]))
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"{k:03}.npy", digits.images[k].astype(np.uint8))
# --8<-- [end:write]


# --8<-- [start:read]
def read_image(path):
    """One image (1, 8, 8) of dtype uint8 from its file; counts its calls."""
    read_image.calls += 1
    return torch.from_numpy(np.load(path)).unsqueeze(0)


read_image.calls = 0


def index_files(root):
    """Pairs (path, class) in the same order on every system."""
    paths = sorted(Path(root).glob("*/*.npy"))
    return [(path, int(path.parent.name)) for path in paths]
# --8<-- [end:read]


# --8<-- [start:in_memory]
class InMemory(Dataset):
    """Reads all files when it is built."""

    def __init__(self, root):
        self.items = [(read_image(path), label) for path, label in index_files(root)]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]
# --8<-- [end:in_memory]


# --8<-- [start:on_demand]
class OnDemand(Dataset):
    """Keeps the index; reads a file when its item is asked for."""

    def __init__(self, root):
        self.index = index_files(root)

    def __len__(self):
        return len(self.index)

    def __getitem__(self, i):
        path, label = self.index[i]
        return read_image(path), label
# --8<-- [end:on_demand]


# --8<-- [start:count]
def count_reads(cls, root, num_epochs=2):
    """How many files were read after building, and after each batch of ten."""
    read_image.calls = 0
    loader = DataLoader(cls(root), batch_size=10, shuffle=True)
    counts = [read_image.calls]
    for epoch in range(num_epochs):
        for images, labels in loader:
            counts.append(read_image.calls)
    return counts
# --8<-- [end:count]


# --8<-- [start:csv]
class LazyCSV(Dataset):
    """Rows of a CSV file with a header: features (d,), target (1,), float32.

    Reads the file once to note where each row starts, then one row per item.
    """

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            lengths = [len(line) for line in file]
        self.starts = np.cumsum(lengths)[:-1]  # (n,), after the header | 跳过表头

    def __len__(self):
        return len(self.starts)

    def __getitem__(self, i):
        with open(self.path, "rb") as file:
            file.seek(self.starts[i])
            row = torch.tensor([float(v) for v in file.readline().split(b",")])
        return row[:-1], row[-1:]
# --8<-- [end:csv]


# --8<-- [start:stream]
class Stream(IterableDataset):
    """Rows of a CSV file from the first to the last; no index, no length."""

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        with open(self.path) as file:
            for line in islice(file, 1, None):
                yield torch.tensor([float(value) for value in line.split(",")])
# --8<-- [end:stream]


# --8<-- [start:shared_stream]
class SharedStream(Stream):
    """A stream whose rows the workers divide among themselves."""

    def __iter__(self):
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return islice(super().__iter__(), first, None, step)
# --8<-- [end:shared_stream]


# --8<-- [start:whole_file]
class WholeFileEachTime(Dataset):
    """Looks lazy: nothing is read at the start. Counts the rows that it parses."""

    def __init__(self, path):
        self.path, self.rows_read = path, 0

    def __len__(self):
        return 60

    def __getitem__(self, i):
        table = np.loadtxt(self.path, delimiter=",", skiprows=1, dtype=np.float32)
        self.rows_read += len(table)
        return table[i, :-1], table[i, -1:]
# --8<-- [end:whole_file]


if __name__ == "__main__":
    temporary = tempfile.TemporaryDirectory()
    os.chdir(temporary.name)

    # --8<-- [start:folder]
    write_folder("digits")
    for path, label in index_files("digits")[::20]:
        print(path.as_posix(), "class", label)
    # --8<-- [end:folder]

    # --8<-- [start:compare]
    eager, lazy = count_reads(InMemory, "digits"), count_reads(OnDemand, "digits")
    print("after           in memory  on demand")
    for when, k in {"building": 0, "batch 1": 1, "epoch 1": 6, "epoch 2": 12}.items():
        print(f"{when:<15} {eager[k]:9}  {lazy[k]:9}")
    # --8<-- [end:compare]

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), sharex=True)
    batches = range(len(eager))
    held = [60] * len(eager), [0] + [10] * (len(lazy) - 1)
    for ax, curves in zip(axes, ((eager, lazy), held)):
        for curve, name, color in zip(curves, ("in memory", "on demand"), ("C0", "C1")):
            ax.plot(batches, curve, "o-", ms=4, color=color)
        ax.set(xlabel="batches", ylim=(-6, 132))
    axes[0].set_title("files read")
    axes[1].set_title("images in memory")
    axes[0].text(0, 70, "in memory", color="C0")
    axes[0].text(12, 22, "on demand", color="C1", ha="right")
    axes[1].text(0, 70, "in memory", color="C0")
    axes[1].text(12, 22, "on demand", color="C1", ha="right");
    # --8<-- [end:plot]

    # --8<-- [start:table]
    rng = np.random.default_rng(0)
    table = rng.normal(size=(60, 9)).round(3)
    header = ",".join([f"x{k}" for k in range(8)] + ["y"])
    np.savetxt("table.csv", table, "%.3f", delimiter=",", header=header, comments="")
    # --8<-- [end:table]

    # --8<-- [start:csv_equal]
    rows = LazyCSV("table.csv")
    X, y = next(iter(DataLoader(rows, batch_size=60)))
    everything = torch.tensor(table, dtype=torch.float32)
    print(X.shape, y.shape, torch.equal(torch.cat([X, y], 1), everything))
    # --8<-- [end:csv_equal]

    # --8<-- [start:twice]
    multiprocessing.set_start_method("fork", force=True)
    for cls in (Stream, SharedStream):
        for num_workers in (0, 2):
            loader = DataLoader(cls("table.csv"), batch_size=5, num_workers=num_workers)
            print(cls.__name__, num_workers, "workers:", sum(map(len, loader)), "rows")
    # --8<-- [end:twice]

    # --8<-- [start:count_rows]
    dataset = WholeFileEachTime("table.csv")
    total = sum(len(X) for X, y in DataLoader(dataset, batch_size=10))
    print(f"{total} rows used, {dataset.rows_read} rows parsed")
    # --8<-- [end:count_rows]

    print(len(pickle.dumps(rows)), "bytes make a worker's copy of the index")

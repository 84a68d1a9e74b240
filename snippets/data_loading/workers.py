"""Worker processes of a DataLoader: who makes a batch, the guard, random numbers.

    python -m snippets.data_loading.workers
"""

# --8<-- [start:imports]
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset, get_worker_info
# --8<-- [end:imports]

import tempfile


# --8<-- [start:origin]
class Origin(Dataset):
    """Item i is (i, id of the worker or -1 in the main process, pid of the process)."""

    def __init__(self, n):
        self.n, self.calls = n, 0

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        self.calls += 1
        info = get_worker_info()
        return i, -1 if info is None else info.id, os.getpid()
# --8<-- [end:origin]


# --8<-- [start:started]
def started(num_epochs, **options):
    """How many different processes make the items of several epochs."""
    loader = DataLoader(Origin(8), batch_size=2, num_workers=2, **options)
    pids = set()
    for epoch in range(num_epochs):
        for _, _, batch_pids in loader:
            pids.update(batch_pids.tolist())
    return len(pids)
# --8<-- [end:started]


# --8<-- [start:fit]
def fit(num_workers, num_epochs=5):
    """Logistic regression on 8 features; returns the mean loss of every epoch."""
    torch.manual_seed(0)
    X = torch.randn(96, 8)
    y = (X.sum(1, keepdim=True) + torch.randn(96, 1) > 0).float()  # (96, 1)
    dataset = TensorDataset(X, y)
    loader = DataLoader(dataset, batch_size=32, shuffle=True, num_workers=num_workers)
    model, loss_fn = nn.Linear(8, 1), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = []
    for epoch in range(num_epochs):
        total = 0.0
        for inputs, labels in loader:
            loss = loss_fn(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(inputs)
        losses.append(total / len(X))
    return losses
# --8<-- [end:fit]


# --8<-- [start:noisy]
class Noisy(Dataset):
    """Eight random numbers from a NumPy generator that the dataset owns."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return 8

    def __getitem__(self, i):
        return self.rng.random()


def show_epochs(**options):
    loader = DataLoader(Noisy(), batch_size=2, num_workers=2, **options)
    for epoch in range(2):
        batches = [" ".join(f"{value:.2f}" for value in batch) for batch in loader]
        print(f"epoch {epoch}:", " | ".join(batches))
# --8<-- [end:noisy]


# --8<-- [start:seed_worker]
def seed_worker(worker_id):
    """Gives the worker's copy of the dataset a generator of its own."""
    info = get_worker_info()
    info.dataset.rng = np.random.default_rng(info.seed)
# --8<-- [end:seed_worker]


# --8<-- [start:scripts]
TOP = """\
import multiprocessing

print("top of the file, as", __name__)
"""
START = """\
context = multiprocessing.get_context("spawn")
worker = context.Process(target=print, args=("work done",))
worker.start()
worker.join()
print("exit code", worker.exitcode)
"""
UNGUARDED = TOP + START
GUARDED = TOP + 'if __name__ == "__main__":\n' + indent(START, "    ")
# --8<-- [end:scripts]


# --8<-- [start:run_script]
def run_script(text):
    """Run a text as a program of its own; shows its output and its last error."""
    Path("program.py").write_text(text)
    command = [sys.executable, "-u", "program.py"]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout, end="")
    name, found, message = done.stderr.rpartition("RuntimeError:")
    print(found + indent(dedent(message.partition("...")[0]).rstrip(), "  "))
# --8<-- [end:run_script]


if __name__ == "__main__":
    temporary = tempfile.TemporaryDirectory()
    os.chdir(temporary.name)

    # --8<-- [start:fork]
    multiprocessing.set_start_method("fork", force=True)
    # --8<-- [end:fork]

    # --8<-- [start:who]
    for num_workers in (0, 2):
        dataset = Origin(8)
        loader = DataLoader(dataset, batch_size=2, num_workers=num_workers)
        pids = set()
        for indices, ids, batch_pids in loader:
            print(f"items {indices.tolist()} made by {ids.tolist()}")
            pids.update(batch_pids.tolist())
        print(f"{len(pids)} process(es), main among them: {os.getpid() in pids}")
        print(f"calls counted in the main process: {dataset.calls}\n")
    # --8<-- [end:who]

    # --8<-- [start:plot_processes]
    def box(ax, center, size, text, color):
        (x, y), (w, h) = center, size
        for look in ({"fc": "#ffffff"}, {"fc": color, "alpha": 0.2}):
            ax.add_patch(plt.Rectangle((x - w / 2, y - h / 2), w, h, lw=0, **look))
        ax.add_patch(plt.Rectangle((x - w / 2, y - h / 2), w, h, fill=False, ec=color))
        ax.text(x, y, text, ha="center", va="center")

    def arrow(ax, start, end, color="#59636e"):
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": color})

    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    box(ax, (5, 5.9), (9.8, 2), "", "C0")
    ax.text(5, 6.55, "main process", ha="center", va="center", color="C0")
    box(ax, (1.8, 5.7), (2.6, 0.8), "sampler", "C0")
    box(ax, (8, 5.7), (3, 0.8), "training loop", "C0")
    for k, x in enumerate((2.5, 7.5)):
        box(ax, (x, 1.3), (4.8, 2.4), "", "C1")
        ax.text(x, 2.1, f"worker {k}", ha="center", va="center", color="C1")
        box(ax, (x, 1), (3.6, 0.9), "copy of the dataset", "C1")
    arrow(ax, (1.4, 5.25), (1.4, 2.55))
    arrow(ax, (2.4, 5.25), (5.9, 2.55))
    arrow(ax, (4.1, 2.55), (7.4, 5.25))
    arrow(ax, (8.6, 2.55), (8.6, 5.25))
    ax.text(1.2, 3.9, "indices", ha="right", va="center")
    ax.text(8.8, 3.9, "batches", ha="left", va="center")
    ax.set(xlim=(-0.6, 10.6), ylim=(0, 7))
    ax.axis("off");
    # --8<-- [end:plot_processes]

    print(started(2), started(2, persistent_workers=True))
    run_script(UNGUARDED)
    run_script(GUARDED)

    # --8<-- [start:plot_guard]
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    box(ax, (1.6, 5.6), (3, 1), "main process", "C0")
    box(ax, (7.4, 5.6), (4.6, 1), "copy of its memory", "C1")
    ax.text(4.1, 5.75, "fork", ha="center")
    arrow(ax, (3.15, 5.6), (5.05, 5.6))
    box(ax, (1.6, 3.5), (3, 1), "main process", "C0")
    box(ax, (7.4, 3.5), (4.6, 1), "new Python runs the file", "C1")
    ax.text(4.1, 3.65, "spawn", ha="center")
    arrow(ax, (3.15, 3.5), (5.05, 3.5))
    box(ax, (2.2, 0.8), (4.2, 1), "starts a worker again and fails", "C4")
    box(ax, (7.4, 0.8), (4.6, 1), "skips the rest and works", "C2")
    arrow(ax, (6, 2.95), (3.2, 1.35))
    arrow(ax, (7.4, 2.95), (7.4, 1.35))
    ax.text(4.2, 2.2, "no guard", ha="right", va="center")
    ax.text(7.6, 2.2, "guard", ha="left", va="center")
    ax.set(xlim=(0, 9.8), ylim=(0, 6.4))
    ax.axis("off");
    # --8<-- [end:plot_guard]

    losses = {workers: fit(workers) for workers in (0, 2)}
    print("same losses:", losses[0] == losses[2])

    # --8<-- [start:plot_fit]
    fig, ax = plt.subplots(figsize=(6.4, 3))
    epochs = range(1, len(losses[0]) + 1)
    ax.plot(epochs, losses[0], color="C0")
    ax.plot(epochs, losses[2], "o", ms=10, color="C1", mfc="none")
    ax.axhline(np.log(2), color="C5", ls="--")
    ax.text(5, np.log(2) + 0.02, "always 50 %", color="C5", ha="right")
    ax.text(1.6, losses[0][0] - 0.07, "no workers", color="C0")
    ax.text(1.6, 0.38, "two workers", color="C1")
    ax.set(xlabel="epochs", ylabel="training loss", ylim=(0.2, 0.9))
    ax.set_xticks(epochs);
    # --8<-- [end:plot_fit]

    show_epochs()
    show_epochs(worker_init_fn=seed_worker)

    # --8<-- [start:broken]
    words = ["12", "7", "seven", "3"]

    def parse(indices):
        return [int(words[i]) for i in indices]

    loader = DataLoader(range(4), num_workers=1, collate_fn=parse)
    try:
        print(list(loader))
    except ValueError as error:
        lines = str(error).splitlines()
        print(lines[0], lines[-1], sep="\n")
    # --8<-- [end:broken]

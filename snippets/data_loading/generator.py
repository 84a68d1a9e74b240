"""Mini-batches from a generator: cut, shuffle, and start again in every epoch.

    python -m snippets.data_loading.generator
"""

# --8<-- [start:imports]
import math

import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:cut]
def cut(batch_size, X, y):
    """Yield the rows of X and y in the order of the file, batch_size at a time."""
    for i in range(0, len(X), batch_size):
        yield X[i : i + batch_size], y[i : i + batch_size]
# --8<-- [end:cut]


# --8<-- [start:data_iter]
def data_iter(batch_size, X, y):
    """Yield every row of X and y once, in random order, batch_size at a time."""
    order = torch.randperm(len(X))
    for i in range(0, len(X), batch_size):
        rows = order[i : i + batch_size]
        yield X[rows], y[rows]
# --8<-- [end:data_iter]


# --8<-- [start:count]
def count_batches(n, batch_size):
    """Number of batches in one epoch of n samples, and the size of the last one."""
    batches = math.ceil(n / batch_size)
    return batches, n - (batches - 1) * batch_size
# --8<-- [end:count]


# --8<-- [start:class]
class Batches:
    """Mini-batches of X and y that a for loop can go through again and again."""

    def __init__(self, batch_size, X, y):
        self.batch_size, self.X, self.y = batch_size, X, y

    def __iter__(self):
        return data_iter(self.batch_size, self.X, self.y)

    def __len__(self):
        return math.ceil(len(self.X) / self.batch_size)
# --8<-- [end:class]


# --8<-- [start:draw]
def draw_tiles(ax, rows, left, bottom, labels):
    """One tile for each row number, in the color of its label."""
    for k, row in enumerate(rows):
        tile = plt.Rectangle((left + k, bottom), 1, 1, ec="#59636e", lw=0.8)
        tile.set(facecolor=(f"C{int(labels[row])}", 0.25))
        ax.add_patch(tile)
        center = {"ha": "center", "va": "center", "fontsize": 12}
        ax.text(left + k + 0.5, bottom + 0.5, str(row), **center)


def brace(ax, left, right, height, text, color):
    """A line from left to right with short ends that point down, and a text above."""
    heights = (height - 0.25, height, height, height - 0.25)
    ax.plot((left, left, right, right), heights, color=color, lw=1.5)
    middle = (left + right) / 2
    ax.text(middle, height + 0.15, text, color=color, ha="center", fontsize=12)
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:data]
    n, batch_size = 12, 5
    X = torch.arange(n).reshape(n, 1)  # (12, 1)
    y = (torch.arange(n) >= 6).long()  # (12,)
    # --8<-- [end:data]

    # --8<-- [start:first]
    for batch_X, batch_y in cut(batch_size, X, y):
        print("rows", batch_X.flatten().tolist(), " labels", batch_y.tolist())
    # --8<-- [end:first]

    # --8<-- [start:counts]
    for samples, size in ((n, batch_size), (1000, 100), (60000, 64)):
        batches, last = count_batches(samples, size)
        print(f"{samples:5} samples by {size:3}: {batches:3} iterations, last {last}")
    # --8<-- [end:counts]

    # --8<-- [start:words]
    fig, ax = plt.subplots(figsize=(6.4, 4.4))
    step = 0
    for epoch in range(2):
        left, bottom = 0, -5.2 * epoch
        for batch_X, _ in cut(batch_size, X, y):
            step, size = step + 1, len(batch_X)
            draw_tiles(ax, batch_X.flatten().tolist(), left, bottom, y)
            brace(ax, left + 0.1, left + size - 0.1, bottom + 1.5, "batch", "C2")
            place = (left + size / 2, bottom - 0.75)
            ax.text(*place, f"iteration {step}", color="C3", ha="center", fontsize=12)
            left += size + 0.4
        brace(ax, 0, left - 0.4, bottom + 2.75, f"epoch {epoch + 1}", "C4")
    ax.set(xlim=(-0.2, 13.2), ylim=(-6.1, 3.6), aspect="equal")
    ax.axis("off");
    # --8<-- [end:words]

    # --8<-- [start:shuffled]
    torch.manual_seed(0)
    for epoch in range(2):
        batches = list(data_iter(batch_size, X, y))
        seen = torch.cat([batch_X for batch_X, _ in batches]).flatten()
        complete = seen.sort().values.equal(torch.arange(n))
        print(f"epoch {epoch}, every row once: {complete}")
        for batch_X, batch_y in batches:
            print("  rows", batch_X.flatten().tolist(), " labels", batch_y.tolist())
    # --8<-- [end:shuffled]

    # --8<-- [start:group]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    draw_tiles(ax, range(n), 0.4, 5.2, y)
    draw_tiles(ax, seen.tolist(), 0.4, 2.6, y)
    left = 0
    for batch_X, _ in batches:
        draw_tiles(ax, batch_X.flatten().tolist(), left, 0, y)
        left += len(batch_X) + 0.4
    arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": "#59636e"}
    for top, text in ((5.05, "shuffle"), (2.45, "group into batches")):
        ax.annotate("", (6.4, top - 1.3), (6.4, top), arrowprops=arrow)
        ax.text(6.8, top - 0.65, text, color="#59636e", va="center", fontsize=13)
    ax.set(xlim=(-0.2, 13), ylim=(-0.2, 6.4), aspect="equal")
    ax.axis("off");
    # --8<-- [end:group]

    # --8<-- [start:used_up]
    batches = data_iter(batch_size, X, y)
    for epoch in range(3):
        iterations = 0
        for batch_X, batch_y in batches:
            iterations += 1  # a step of training | 训练一步
        print(f"epoch {epoch}: {iterations} iterations")
    # --8<-- [end:used_up]

    # --8<-- [start:again]
    loader = Batches(batch_size, X, y)
    for epoch in range(3):
        iterations = sum(1 for batch in loader)
        print(f"epoch {epoch}: {iterations} of {len(loader)} iterations")
    # --8<-- [end:again]

    # --8<-- [start:pairs]
    torch.manual_seed(0)
    hours = torch.rand(1000)
    points = 2 * hours + 0.1 * torch.randn(1000)

    pairs = {"in the file": (hours, points)}
    order = torch.randperm(1000)
    pairs["one order"] = hours[order], points[order]
    pairs["two orders"] = hours[torch.randperm(1000)], points[torch.randperm(1000)]
    corr = {name: torch.stack(p).corrcoef()[0, 1].item() for name, p in pairs.items()}
    for name, r in corr.items():
        print(f"{name:11}  correlation {r:5.2f}")
    # --8<-- [end:pairs]

"""Indexing: slices, index tensors, one entry per row, masks, and what is a copy.

    python -m snippets.tensors.indexing
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:pick]
def pick(scores, labels):
    """Score of the labeled class: scores (n, k), int64 labels (n,) -> (n,)."""
    rows = torch.arange(len(labels))
    return scores[rows, labels]
# --8<-- [end:pick]


# --8<-- [start:memory]
def shares_memory(a, b):
    """Whether two tensors lie in the same block of memory."""
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
# --8<-- [end:memory]


# --8<-- [start:draw]
def draw_grid(ax, values, left, top, colors):
    """Write a matrix into tiles; colors holds one color per entry, row by row."""
    colors = iter(colors)
    for r, row in enumerate(values.tolist()):
        for c, value in enumerate(row):
            tile = plt.Rectangle((left + c, top - r - 1), 1, 1)
            tile.set(facecolor=(next(colors), 0.25), edgecolor="#59636e", lw=0.8)
            ax.add_patch(tile)
            text = f"{value:.2g}"
            ax.text(left + c + 0.5, top - r - 0.5, text, ha="center", va="center")
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:cube]
    x = torch.arange(1, 13).reshape(3, 2, 2)
    # --8<-- [end:cube]

    # --8<-- [start:basic]
    print(x[0])
    print(x[0, 1], x[0, 1].shape)
    print(x[0, 1, 1], x[0, 1, 1].shape)
    print(x[-1, -1, -1].item())
    # --8<-- [end:basic]

    # --8<-- [start:slices]
    print("x[:, 0, 0]", x[:, 0, 0])
    print("x[..., -1]", x[..., -1])
    print("x[::2]", x[::2].shape, " x[1:2]", x[1:2].shape, " x[1]", x[1].shape)
    # --8<-- [end:slices]

    # --8<-- [start:index_tensor]
    i = torch.tensor([0, 0, 2, 1])
    picked_slices = x[i]
    print(x.shape, "->", picked_slices.shape)
    # --8<-- [end:index_tensor]

    # --8<-- [start:plot_index]
    fig, ax = plt.subplots(figsize=(6.4, 3.5))
    colors = ["C0", "C1", "C2"]
    for k in range(3):
        draw_grid(ax, x[k], 1.5 + 3 * k, 6, 4 * [colors[k]])
        ax.text(2.5 + 3 * k, 6.15, f"x[{k}]", ha="center", va="bottom")
    for place, k in enumerate(i.tolist()):
        draw_grid(ax, x[k], 3 * place, 2, 4 * [colors[k]])
        ax.text(3 * place + 1, -0.15, f"i[{place}] = {k}", ha="center", va="top")
        start, end = (2.5 + 3 * k, 3.9), (3 * place + 1, 2.1)
        arrow = {"arrowstyle": "->", "color": colors[k], "lw": 1.5}
        ax.annotate("", end, start, arrowprops=arrow)
    ax.set(xlim=(-0.2, 11.2), ylim=(-0.9, 6.9), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_index]

    # --8<-- [start:batch]
    torch.manual_seed(0)
    hours = torch.tensor([0.5, 1.0, 1.5, 2.0, 2.5, 3.0])
    points = 20 * hours + 10
    order = torch.randperm(len(hours))
    batch = order[:3]
    print("batch", batch, hours[batch], points[batch])
    # --8<-- [end:batch]

    # --8<-- [start:pick_per_row]
    scores = torch.tensor(
        [[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.2, 0.2, 0.6], [0.3, 0.6, 0.1]]
    )
    labels = torch.tensor([1, 0, 2, 0])
    print(pick(scores, labels))
    # --8<-- [end:pick_per_row]

    # --8<-- [start:plot_pick]
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.0))
    wrong = scores[:, labels]
    chosen = [c == label for label in labels for c in range(3)]
    diagonal = [r == c for r in range(4) for c in range(4)]
    for ax, grid, marks in zip(axes, (scores, wrong), (chosen, diagonal)):
        draw_grid(ax, grid, 0, 4, ["C1" if mark else "#ffffff" for mark in marks])
        ax.set(xlim=(-0.7, 4.2), ylim=(-0.2, 4.2), aspect="equal")
        ax.axis("off")
    axes[0].set_title("one entry per row")
    axes[1].set_title("every row with every label")
    for r, label in enumerate(labels.tolist()):
        axes[0].text(-0.15, 3.5 - r, label, color="C1", ha="right", va="center");
    # --8<-- [end:plot_pick]

    # --8<-- [start:boolean]
    high = x > 6
    print(high.dtype, high.shape, "true:", high.sum().item())
    print(x[high])
    print(torch.where(high, x, 0)[1])
    unsure = pick(scores, labels) < 0.5
    print(unsure, scores[unsure])
    # --8<-- [end:boolean]

    # --8<-- [start:views]
    parts = {"x[0]": x[0], "x[:, 0, 0]": x[:, 0, 0], "x[1:]": x[1:], "x[i]": x[i]}
    parts["x[[0, 1]]"], parts["x[x > 6]"] = x[[0, 1]], x[x > 6]
    for name, part in parts.items():
        print(f"{name:<11}", "view" if shares_memory(x, part) else "copy")
    # --8<-- [end:views]

    # --8<-- [start:write]
    y = x.clone()
    y[0][0, 0] = -1  # through a view: arrives | 经过视图：写得进去
    y[i][1, 0, 1] = -2  # into a copy: lost | 写进副本：丢失
    y[i, 1, 1] = -3  # one bracket: arrives | 只用一对方括号：写得进去
    print(y.flatten())
    # --8<-- [end:write]

    # --8<-- [start:count]
    votes = torch.tensor([0, 2, 2, 2])
    counts = torch.zeros(3, dtype=torch.int64)
    counts[votes] += 1
    print(counts, torch.bincount(votes, minlength=3))
    # --8<-- [end:count]

"""Changing shape: which operations share memory, which copy, and which reorder.

    python -m snippets.tensors.reshape
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:shares]
def shares_memory(a, b):
    """True if the first elements of both tensors lie at the same address."""
    return a.data_ptr() == b.data_ptr()
# --8<-- [end:shares]


# --8<-- [start:grid]
def draw_grid(ax, values, left, top, label):
    """Draw a matrix as cells with its label above; 1 to 3 blue, 4 to 6 orange."""
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            fill = ("C0" if value <= 3 else "C1", 0.3)
            corner = (left + j, top - i - 1)
            cell = plt.Rectangle(corner, 1, 1, facecolor=fill, edgecolor="#59636e")
            ax.add_patch(cell)
            ax.text(left + j + 0.5, top - i - 0.53, value, ha="center", va="center")
    ax.text(left, top + 0.15, label, va="bottom")
# --8<-- [end:grid]


# --8<-- [start:disc]
def disc_image(size=28, radius=10):
    """A disc as a color image (size, size, 3): red inside, green outside, no blue."""
    i = torch.arange(size) - size // 2
    disc = (i.unsqueeze(1) ** 2 + i**2 < radius**2).float()
    return torch.stack([disc, 1 - disc, torch.zeros(size, size)], dim=2)
# --8<-- [end:disc]


if __name__ == "__main__":
    # --8<-- [start:reshape]
    x = torch.arange(1.0, 11.0)
    print(x.reshape(5, 2))
    print(x.reshape(10, 1).shape, x.reshape(2, -1).shape)
    print(x.shape)
    # --8<-- [end:reshape]

    # --8<-- [start:transpose]
    t = torch.arange(1, 7).reshape(2, 3)
    print(t)
    print(t.T)
    print(t.stride(), t.T.stride(), shares_memory(t, t.T))
    # --8<-- [end:transpose]

    # --8<-- [start:view]
    x = torch.arange(1.0, 10.0)
    z = x.view(1, 9)
    z[0, 0] = 100
    print(x)
    print(z.shape, shares_memory(x, z), x.view(3, -1).shape)
    # --8<-- [end:view]

    # --8<-- [start:contiguous]
    flat = t.T.reshape(6)
    print(flat, shares_memory(t, flat))
    print(t.is_contiguous(), t.T.is_contiguous(), t.T.contiguous().view(6))
    # --8<-- [end:contiguous]

    # --8<-- [start:join]
    p, q = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6])
    print(torch.stack([p, q], dim=0))
    print(torch.stack([p, q], dim=1))
    print(torch.cat([p, q]))
    print(torch.cat([t, t, t], dim=0).shape, torch.cat([t, t, t], dim=1).shape)
    # --8<-- [end:join]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(5.6, 4.4))
    draw_grid(ax, [range(1, 7)], 0, 11, "memory")
    draw_grid(ax, t.tolist(), 0, 8.6, "t (2, 3)")
    draw_grid(ax, t.reshape(3, 2).tolist(), 4.4, 8.6, "t.reshape (3, 2)")
    draw_grid(ax, t.T.tolist(), 8.8, 8.6, "t.T (3, 2)")
    draw_grid(ax, torch.stack([p, q]).tolist(), 0, 3.6, "stack dim=0 (2, 3)")
    draw_grid(ax, torch.stack([p, q], dim=1).tolist(), 4.4, 3.6, "stack dim=1 (3, 2)")
    draw_grid(ax, [torch.cat([p, q]).tolist()], 8.8, 3.6, "cat (6,)")
    ax.set(xlim=(-0.1, 14.9), ylim=(0.4, 11.9))
    ax.axis("off");
    # --8<-- [end:plot]

    # --8<-- [start:squeeze]
    print(p.shape, p.unsqueeze(0).shape, p.unsqueeze(1).shape)
    print(torch.cat([t, p.unsqueeze(0)]).shape)
    for shape in ((1, 9), (1, 3, 1, 4), (3, 4), (1, 1)):
        print(shape, "squeezed:", torch.zeros(shape).squeeze().shape)
    # --8<-- [end:squeeze]

    # --8<-- [start:permute]
    image = torch.rand(size=(224, 224, 3))  # height, width, channel | 高、宽、通道
    chw = image.permute(2, 0, 1)
    print(chw.shape, chw[0, 10, 20] == image[10, 20, 0], shares_memory(image, chw))
    # --8<-- [end:permute]

    # --8<-- [start:cube]
    cube = torch.arange(24).reshape(2, 3, 4)
    print(cube.ndim, cube.mT.shape, cube.transpose(0, 2).shape)
    # --8<-- [end:cube]

    # --8<-- [start:scramble]
    image = disc_image()
    right = image.permute(2, 0, 1)
    wrong = image.reshape(3, 28, 28)
    print(right.shape == wrong.shape, torch.equal(right, wrong))
    # --8<-- [end:scramble]

    # --8<-- [start:plot_scramble]
    fig, axes = plt.subplots(1, 2, figsize=(5.6, 2.9))
    for ax, name, channels in zip(axes, ("permute", "reshape"), (right, wrong)):
        ax.imshow(channels[0].tolist(), cmap="gray")
        ax.set(title=name, xticks=[], yticks=[])
    # --8<-- [end:plot_scramble]

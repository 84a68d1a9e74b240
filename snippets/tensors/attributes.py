"""What a tensor tells about itself: ndim, shape, dtype, device, item.

    python -m snippets.tensors.attributes
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import pandas as pd
import torch
# --8<-- [end:imports]


# --8<-- [start:attrs]
def attributes(tensors):
    """One row per named tensor: ndim, shape, number of elements, dtype and device."""
    rows = [
        (x.ndim, tuple(x.shape), x.numel(), x.dtype, x.device) for x in tensors.values()
    ]
    columns = ["ndim", "shape", "numel()", "dtype", "device"]
    return pd.DataFrame(rows, index=list(tensors), columns=columns)
# --8<-- [end:attrs]


# --8<-- [start:precision]
def precision(value, dtypes):
    """One row per dtype: bytes per number, and what conversion leaves of the value."""
    converted = [torch.tensor(value, dtype=torch.float64).to(dtype) for dtype in dtypes]
    rows = [(x.element_size(), str(x.item())) for x in converted]
    return pd.DataFrame(rows, index=dtypes, columns=["bytes", "value"])
# --8<-- [end:precision]


# --8<-- [start:draw]
def draw_sheet(ax, sheet, x, y, z=1):
    """Numbered unit squares for a matrix; x, y is the upper left corner."""
    for r, row in enumerate(sheet.tolist()):
        for c, value in enumerate(row):
            left, low = x + c, y - r - 1
            square = plt.Rectangle((left, low), 1, 1, fc="#ffffff", ec="C0", zorder=z)
            ax.add_patch(square)
            text = {"ha": "center", "va": "center", "size": 11.5, "zorder": z}
            ax.text(left + 0.5, low + 0.5, value, **text)


def draw_arrow(ax, start, end, dim, shift, ha):
    """An arrow along one dimension, and the number of the dimension beside it."""
    arrow = {"arrowstyle": "->", "color": "C1", "lw": 1.8}
    ax.annotate("", end, start, arrowprops=arrow)
    middle = [(s + e) / 2 + d for s, e, d in zip(start, end, shift)]
    ax.text(*middle, f"dim {dim}", color="C1", ha=ha, va="center", size=12)


def draw_tensor(ax, tensor, name, x, y):
    """A tensor of up to three dimensions, with an arrow for each of them."""
    ndim, step = tensor.ndim, 1.25
    sheets = tensor.reshape((1,) * (3 - ndim) + tensor.shape)
    depth, rows, columns = sheets.shape
    for k in reversed(range(depth)):
        draw_sheet(ax, sheets[k], x + step * k, y + step * k, z=10 - k)
    top = y + step * (depth - 1)
    ax.text(x, top + 0.45, f"{name} {tuple(tensor.shape)}", size=13.5)
    if ndim >= 1:
        bottom = y - rows - 0.35
        end = (x + columns, bottom)
        draw_arrow(ax, (x, bottom), end, ndim - 1, (0, -0.5), "center")
    if ndim >= 2:
        end = (x - 0.35, y - rows)
        draw_arrow(ax, (x - 0.35, y), end, ndim - 2, (-0.2, 0), "right")
    if ndim == 3:
        end = (x + step * (depth - 1) - 0.35, top + 0.1)
        draw_arrow(ax, (x - 0.35, y + 0.1), end, 0, (-0.25, 0.15), "right")
# --8<-- [end:draw]


# --8<-- [start:check]
def check(answer):
    """answer: a tensor of [3, 1, 4, 1], and the dtype and device predicted for it."""
    x, dtype, device = answer
    assert isinstance(x, torch.Tensor), "the first entry is not a tensor"
    assert x.tolist() == [3, 1, 4, 1], "these are not the four numbers"
    assert x.dtype == dtype, f"predicted {dtype}, but it is {x.dtype}"
    assert x.device == torch.device(device), f"predicted {device}, but it is {x.device}"
    print("all correct")
# --8<-- [end:check]


if __name__ == "__main__":
    # --8<-- [start:ladder]
    scalar = torch.tensor(1)
    vector = torch.tensor([1, 2, 3, 4])
    matrix = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    cube = torch.tensor(
        [
            [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
            [[13, 14, 15, 16], [17, 18, 19, 20], [21, 22, 23, 24]],
        ]
    )
    print(cube.ndim, cube.shape)
    # --8<-- [end:ladder]

    # --8<-- [start:plot_ladder]
    fig, ax = plt.subplots(figsize=(6.4, 4.6))
    draw_tensor(ax, scalar, "scalar", 0, 8.5)
    draw_tensor(ax, vector, "vector", 6.6, 8.5)
    draw_tensor(ax, matrix, "matrix", 0, 4)
    draw_tensor(ax, cube, "3-D tensor", 6.6, 4)
    ax.set(xlim=(-2, 12.2), ylim=(0, 9.6), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_ladder]

    # --8<-- [start:table]
    tensors = {"scalar": scalar, "vector": vector, "matrix": matrix, "cube": cube}
    torch.manual_seed(0)
    tensors["noise"] = torch.rand(3, 32, 48)
    attributes(tensors)
    # --8<-- [end:table]

    # --8<-- [start:sheet]
    sheet = torch.tensor([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
    print(sheet.ndim, sheet.shape)
    print(sheet[0].ndim, sheet[0].shape)
    # --8<-- [end:sheet]

    # --8<-- [start:shape]
    channels, height, width = tensors["noise"].shape
    print(channels, height, width, channels * height * width)
    print(matrix.shape, matrix.size(), matrix.shape[0], matrix.size(0))
    print(matrix.shape, "transposed", matrix.T.shape)
    # --8<-- [end:shape]

    # --8<-- [start:convert]
    dtypes = [torch.float64, torch.float32, torch.float16, torch.int64, torch.bool]
    precision(8.1, dtypes)
    # --8<-- [end:convert]

    # --8<-- [start:item]
    entry = cube[0, 0, 0]
    print(entry, entry.shape)
    print(entry.item(), type(entry.item()))
    print(vector.tolist())
    print(torch.tensor(0.1).item())
    # --8<-- [end:item]

    # --8<-- [start:solution]
    x = torch.tensor([3, 1, 4, 1])
    print(x.dtype, x.device)
    check((x, torch.int64, "cpu"))
    # --8<-- [end:solution]

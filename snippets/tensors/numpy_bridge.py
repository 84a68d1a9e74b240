"""From NumPy to PyTorch and back: what shares memory, and which type travels.

    python -m snippets.tensors.numpy_bridge
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import torch
# --8<-- [end:imports]


# --8<-- [start:draw]
def draw_memory(ax, values, top, color):
    """Draw numbers side by side as cells of one block of memory."""
    for k, value in enumerate(values):
        cell = plt.Rectangle((3.3 + k, top - 1), 1, 1)
        cell.set(facecolor=(color, 0.25), edgecolor="#59636e")
        ax.add_patch(cell)
        ax.text(3.8 + k, top - 0.53, f"{value:g}", ha="center", va="center")


def draw_owner(ax, name, height, to, color):
    """Draw a name on the left and an arrow to the memory that it reads."""
    box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": color}
    ax.text(0.9, height, name, color=color, ha="center", va="center", bbox=box)
    arrow = {"arrowstyle": "->", "color": color, "lw": 1.5}
    ax.annotate("", (3.2, to), (1.8, height), arrowprops=arrow)
# --8<-- [end:draw]


# --8<-- [start:check]
def check(combine):
    """Try combine(array_a, array_b) on arrays of two shapes."""
    rng = np.random.default_rng(0)
    for shape in ((3,), (2, 4)):
        a, b = rng.normal(size=shape), rng.normal(size=shape)
        before = a.copy(), b.copy()
        result = combine(a, b)
        assert isinstance(result, torch.Tensor), "return a tensor"
        assert result.shape == shape, "the shape should stay"
        same = (a == before[0]).all() and (b == before[1]).all()
        assert same, "your function wrote into its arguments"
        np.testing.assert_allclose(result, a - b + a * b, rtol=1e-4)
# --8<-- [end:check]


# --8<-- [start:solution]
def combine(array_a, array_b):
    """(A - B) + A * B, element by element; the result has the shape of both."""
    a, b = torch.from_numpy(array_a), torch.from_numpy(array_b)
    return (a - b) + a * b
# --8<-- [end:solution]


if __name__ == "__main__":
    # --8<-- [start:share]
    a = np.array([1.0, 2.0, 3.0])
    t = torch.from_numpy(a)
    c = torch.tensor(a)
    a[0] = 99
    print("from_numpy  ", t)
    print("torch.tensor", c)
    # --8<-- [end:share]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(5.4, 2.6))
    draw_memory(ax, t.tolist(), 3.7, "C0")
    draw_memory(ax, c.tolist(), 1.3, "C1")
    draw_owner(ax, "array a", 3.9, 3.35, "C0")
    draw_owner(ax, "tensor t", 2.5, 3.05, "C0")
    draw_owner(ax, "tensor c", 0.8, 0.8, "C1")
    ax.text(6.5, 3.35, "one memory", color="C0", va="center")
    ax.text(6.5, 2.9, "two views", color="C0", va="center")
    ax.text(6.5, 0.8, "a copy", color="C1", va="center")
    ax.set(xlim=(-0.1, 8.5), ylim=(0.1, 4.5), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot]

    # --8<-- [start:rebind]
    a = np.array([1.0, 2.0, 3.0])
    t = torch.from_numpy(a)
    a += 10  # writes into the memory | 写进原来的内存
    print(t)
    a = a + 100  # a new array takes the name | 新数组占用了这个名字
    print(t, a)
    # --8<-- [end:rebind]

    # --8<-- [start:dtype]
    floats, integers = np.arange(1.0, 8.0), np.arange(1, 8)
    print("floats  ", floats.dtype, torch.arange(1.0, 8.0).dtype)
    print("integers", integers.dtype, torch.arange(1, 8).dtype)
    print("from_numpy(floats)", torch.from_numpy(floats).dtype)
    # --8<-- [end:dtype]

    # --8<-- [start:readings]
    table = np.array([[20.5, 21.0], [19.0, 22.5], [18.0, 20.0]])
    readings = torch.from_numpy(table)  # (3, 2)
    weights = torch.tensor([[0.5], [0.5]])  # (2, 1)
    # --8<-- [end:readings]

    # --8<-- [start:cast]
    x = readings.float()
    print((x @ weights).flatten())
    print("shares memory:", x.data_ptr() == readings.data_ptr())
    print("float64 * float32 ->", (readings * weights.T).dtype)
    # --8<-- [end:cast]

    # --8<-- [start:back]
    t = torch.tensor([1.0, 2.0, 3.0])
    b = t.numpy()
    t.add_(1)
    print(b, b.dtype)
    # --8<-- [end:back]

    # --8<-- [start:log]
    w = torch.zeros(1)
    shared, kept = [], []
    for step in range(4):
        w += 0.5
        shared.append(w.numpy())
        kept.append(w.numpy().copy())
    print("shared", np.concatenate(shared))
    print("kept  ", np.concatenate(kept))
    # --8<-- [end:log]

    # --8<-- [start:detach]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    b = w.detach().numpy()
    b[0] = 99
    print(w)
    # --8<-- [end:detach]

    # --8<-- [start:follow]
    array_a, array_b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    a, copied = torch.from_numpy(array_a), torch.tensor(array_a)
    result = combine(array_a, array_b)
    array_a[0] = 99
    print("from_numpy  ", a)
    print("torch.tensor", copied)
    print("result      ", result)
    # --8<-- [end:follow]

    check(combine)

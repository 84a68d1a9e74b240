"""Leaves and nodes: where the graph hangs, what it keeps, and when it is gone.

    python -m snippets.autograd.leaf_and_fn
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import pandas as pd
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:kind]
def kind(node):
    """Name of a node of the graph without its address in memory."""
    return "None" if node is None else type(node).__name__
# --8<-- [end:kind]


# --8<-- [start:describe]
def describe(tensors):
    """One row per tensor: is it a leaf, does it require a gradient, who made it?"""
    columns = ["is_leaf", "requires_grad", "grad_fn"]
    rows = [(t.is_leaf, t.requires_grad, kind(t.grad_fn)) for t in tensors.values()]
    return pd.DataFrame(rows, columns=columns, index=list(tensors))
# --8<-- [end:describe]


# --8<-- [start:walk]
def walk(node, depth=0):
    """Yield (node, depth) for every path from a result back to the leaves."""
    yield node, depth
    for following, _ in node.next_functions:
        if following is not None:
            yield from walk(following, depth + 1)
# --8<-- [end:walk]


# --8<-- [start:gradients]
def gradients(root):
    """Send the gradient 1 into a scalar's node; list what travels on each edge.

    Returns (node, next node or None, slot, gradient) per edge. No .grad is touched.
    """
    depth = dict(sorted(walk(root), key=lambda pair: pair[1]))  # longest path counts
    arrived, edges = {root: torch.tensor(1.0)}, []
    for node in sorted(depth, key=depth.get):
        if node.next_functions:  # not a leaf | 不是叶子
            downstream = node(arrived[node])
            if isinstance(downstream, torch.Tensor):
                downstream = (downstream,)
            for slot, (following, _) in enumerate(node.next_functions):
                edges.append((node, following, slot, downstream[slot]))
                if following is not None:
                    arrived[following] = arrived.get(following, 0) + downstream[slot]
    return edges
# --8<-- [end:gradients]


# --8<-- [start:draw]
def place(root, edges):
    """A spot (x, y) for each node, and for each empty slot under (node, slot)."""
    columns, rows = {root: [0.0]}, {root: 0.0}
    for node, following, slot, _ in edges:
        key = following or (node, slot)
        shift = 0.0 if len(node.next_functions) == 1 else 1.7 * slot - 0.85
        x = sum(columns[node]) / len(columns[node]) + shift
        columns.setdefault(key, []).append(x)
        rows[key] = min(rows.get(key, 0.0), rows[node] - 1.25)
    return {key: (sum(xs) / len(xs), rows[key]) for key, xs in columns.items()}


def draw_node(ax, spot, text, color):
    box = {"boxstyle": "round,pad=0.4", "facecolor": "#ffffff", "edgecolor": color}
    ax.text(*spot, text, color=color, ha="center", va="center", bbox=box, fontsize=9.5)


def draw_edge(ax, start, end, gradient):
    style = {"arrowstyle": "-", "color": "#59636e", "shrinkA": 12, "shrinkB": 11}
    if gradient is not None:
        style |= {"arrowstyle": "->", "color": "C1", "lw": 1.5}
        left = end[0] < start[0]
        x = (start[0] + end[0]) / 2 + (-0.12 if left else 0.12)
        align = {"ha": "right" if left else "left", "va": "center"}
        ax.text(x, (start[1] + end[1]) / 2, f"{gradient:g}", color="C1", **align)
    ax.annotate("", end, start, arrowprops=style)


def draw_graph(ax, root, names):
    """Draw the graph below a node; names: leaf to the text below its box."""
    edges = gradients(root)
    spots = place(root, edges)
    for node, following, slot, gradient in edges:
        draw_edge(ax, spots[node], spots[following or (node, slot)], gradient)
    for key, (x, y) in spots.items():
        if isinstance(key, tuple):
            draw_node(ax, (x, y), "no gradient", "#59636e")
        elif key.next_functions:
            draw_node(ax, (x, y), kind(key), "#1f2328")
        else:
            draw_node(ax, (x, y), kind(key), "C0")
            name = names[key.variable]
            ax.text(x, y - 0.5, name, color="C0", ha="center", va="center")
    ax.axis("off")
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:build]
    x, target = torch.tensor(2.0), torch.tensor(10.0)
    w = torch.tensor(3.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    p = w * x
    y = p + b
    loss = (y - target) ** 2
    # --8<-- [end:build]

    # --8<-- [start:table]
    tensors = {"x": x, "target": target, "w": w, "b": b, "p": p, "y": y, "loss": loss}
    describe(tensors | {"x * 5": x * 5})
    # --8<-- [end:table]

    # --8<-- [start:tree]
    for node, depth in walk(loss.grad_fn):
        print("    " * depth + kind(node))
    # --8<-- [end:tree]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(4.8, 4.5))
    edges = gradients(loss.grad_fn)
    draw_graph(ax, loss.grad_fn, {w: "w", b: "b"})
    for spot, name in {(-0.85, -5.5): "x", (0.85, -3.0): "target"}.items():
        ax.text(*spot, name, color="#59636e", ha="center", va="center")
    ax.set(xlim=(-3.3, 1.5), ylim=(-5.8, 0.4));
    # --8<-- [end:plot]

    # --8<-- [start:local]
    a = torch.tensor(2.0, requires_grad=True)
    z = 3 * a * a
    last = z.grad_fn
    to_product, to_a = last(torch.tensor(1.0))
    first = last.next_functions[0][0]
    to_a_again, _ = first(to_product)
    print(kind(first), kind(last), "two nodes:", first is not last)
    print("into the leaf:", to_a.item(), "+", to_a_again.item())
    z.backward()
    print("a.grad:", a.grad.item())
    # --8<-- [end:local]

    # --8<-- [start:overloads]
    v = torch.ones(2, 3, requires_grad=True)
    print(kind(v.sum().grad_fn), kind(v.sum(0).grad_fn))
    layer = nn.Linear(3, 4)
    for shape in [(2, 3), (5, 2, 3)]:
        print(shape, "->", kind(layer(torch.ones(shape)).grad_fn))
    print(type(layer.parameters()).__name__, [p.is_leaf for p in layer.parameters()])
    # --8<-- [end:overloads]

    # --8<-- [start:retain]
    y = w * x + b
    y.retain_grad()  # before backward | 要在 backward 之前
    ((y - target) ** 2).backward()
    print("y.grad", y.grad.item(), "  b.grad", b.grad.item(), "  w.grad", w.grad.item())
    # --8<-- [end:retain]

    # --8<-- [start:dot]
    x = torch.arange(4.0, requires_grad=True)
    y = 2 * torch.dot(x, x)
    y.backward()
    print(x.grad)
    # --8<-- [end:dot]

    # --8<-- [start:keep]
    x.grad = None
    y = 2 * torch.dot(x, x)
    y.backward(retain_graph=True)
    y.backward()
    print(x.grad)
    # --8<-- [end:keep]

    # --8<-- [start:starts]
    scaled_late = torch.randn(3, requires_grad=True) * 0.01
    scaled_first = (torch.randn(3) * 0.01).requires_grad_()
    drawn_small = torch.normal(0, 0.01, (3,), requires_grad=True)
    describe(
        {
            "randn(3, requires_grad=True) * 0.01": scaled_late,
            "(randn(3) * 0.01).requires_grad_()": scaled_first,
            "normal(0, 0.01, (3,), requires_grad=True)": drawn_small,
        }
    )
    # --8<-- [end:starts]

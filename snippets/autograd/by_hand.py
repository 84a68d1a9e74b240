"""Derivatives by hand: the computation graph, local derivatives and the chain rule.

    python -m snippets.autograd.by_hand
"""

# --8<-- [start:imports]
import math

import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:count]
def count(sizes):
    """Weights between layers of these sizes; paths on from one of the first weights.

    Every path goes through one unit of each later layer.
    """
    weights = sum(m * n for m, n in zip(sizes, sizes[1:]))
    return weights, math.prod(sizes[2:])
# --8<-- [end:count]


# --8<-- [start:draw_network]
def draw_network(ax, sizes):
    """Draw the layers as columns of units; the paths from one first weight in color."""

    def place(layer, unit):
        return layer, (sizes[layer] - 1) / 2 - unit

    for layer in range(len(sizes) - 1):
        for i in range(sizes[layer]):
            for j in range(sizes[layer + 1]):
                reached = layer > 1 or (layer == 1 and i == 1)
                color = "C1" if reached else "#d1d9e0"
                width, above = (1.2, 1) if reached else (0.8, 0)
                if (layer, i, j) == (0, 1, 1):
                    color, width, above = "C0", 3, 1
                ends = zip(place(layer, i), place(layer + 1, j))
                ax.plot(*ends, color=color, lw=width, zorder=above)
    for layer, size in enumerate(sizes):
        xs, ys = zip(*(place(layer, unit) for unit in range(size)))
        ax.plot(xs, ys, "o", ms=9, mfc="#ffffff", mec="#59636e", zorder=2)
    ax.axis("off")
# --8<-- [end:draw_network]


# --8<-- [start:walk]
def graph_node(tensor):
    """The node of the autograd graph that made the tensor, or collects its gradient."""
    return torch.autograd.graph.get_gradient_edge(tensor).node


def walk(root):
    """All edges (node, k, source) behind a tensor: source made input k of node.

    An input that needs no gradient has no node; its source is the pair (node, k).
    """
    nodes, edges = [graph_node(root)], []
    for node in nodes:  # the list grows on the way | 列表边走边变长
        for k, (source, _) in enumerate(node.next_functions):
            edges.append((node, k, source or (node, k)))
            if source and source not in nodes:
                nodes.append(source)
    return edges


def local_derivatives(node):
    """What the node passes to its inputs when the number 1 arrives."""
    derivatives = node(torch.tensor(1.0))
    return derivatives if isinstance(derivatives, tuple) else (derivatives,)
# --8<-- [end:walk]


# --8<-- [start:draw]
def draw_graph(
    ax, edges, names, labels, colors, backward=False, width=1.3, shifts=None
):
    """Draw the graph from left to right, or without its constants from right to left.

    names: text of a node; labels: text of the edge (node, k); colors: color of a node;
    shifts: how far to move a node up.
    """
    if backward:
        edges = [edge for edge in edges if not isinstance(edge[2], tuple)]
    depth = {key: 0 for node, _, source in edges for key in (node, source)}
    for _ in edges:  # longest way to the result | 到结果的最长路径
        for node, _, source in edges:
            depth[source] = max(depth[source], depth[node] + 1)
    columns = {}
    for node, d in depth.items():
        columns.setdefault(d, []).append(node)
    place = {}
    for d, column in columns.items():
        for row, node in enumerate(column):
            x, y = -2 * d, 1.25 * ((len(column) - 1) / 2 - row)
            y += (shifts or {}).get(node, 0)
            place[node] = x, y
            kind = type(node).__name__.rpartition("Backward")[0].upper()
            text = "\n".join(t for t in (kind, names.get(node)) if t)
            usual = "#d1d9e0" if isinstance(node, tuple) else "#59636e"
            box = plt.Rectangle((x - width / 2, y - 0.42), width, 0.84, fill=False)
            box.set(ec=colors.get(node, usual), lw=1.5)
            ax.add_patch(box)
            ax.text(x, y - 0.03, text, ha="center", va="center", linespacing=1.4)
    for node, k, source in edges:
        (x0, y0), (x1, y1) = place[source], place[node]
        start, end = (x0 + width / 2, y0), (x1 - width / 2, y1)
        arrow = {"arrowstyle": "<|-" if backward else "-|>", "shrinkA": 1, "shrinkB": 1}
        arrow["color"] = "C1" if backward else "#59636e"
        ax.annotate("", end, start, arrowprops=arrow)
        ax.text(
            (start[0] + end[0]) / 2, (y0 + y1) / 2, labels.get((node, k), ""),
            color="C1" if backward else "C0", ha="center", va="center",
            bbox={"fc": "#ffffff", "ec": "none", "pad": 1} if labels else None,
        )  # fmt: skip
    xs, ys = zip(*place.values())
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    half = width / 2 + 0.05
    ax.set(xlim=(left - half, right + half), ylim=(low - 0.5, high + 0.5))
    ax.axis("off")
# --8<-- [end:draw]


# --8<-- [start:slope]
def slope(f, x, h=1e-5):
    """The derivative of f at x, measured: two values of f, a small step apart."""
    return (f(x + h) - f(x - h)) / (2 * h)
# --8<-- [end:slope]


if __name__ == "__main__":
    # --8<-- [start:size]
    sizes = [784, 512, 256, 128, 64, 10]
    weights, paths = count(sizes)
    print(f"{weights:,} weights, {paths:,} paths from one weight of the first layer")
    # --8<-- [end:size]

    # --8<-- [start:plot_network]
    small = [4, 5, 5, 4, 1]
    fig, ax = plt.subplots(figsize=(5.6, 2.8))
    draw_network(ax, small)
    ax.text(0, -2.3, "input", ha="center")
    ax.text(len(small) - 1, -2.3, "loss", ha="center")
    ax.text(0.5, 1.45, "w", ha="center", color="C0")
    ax.set(ylim=(-2.5, 2.3));
    # --8<-- [end:plot_network]

    # --8<-- [start:forward]
    a = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    c = a + b
    d = b + 1
    e = c * d
    print(c.item(), d.item(), e.item())
    # --8<-- [end:forward]

    # --8<-- [start:local]
    dc_da, dc_db, dd_db = 1.0, 1.0, 1.0
    de_dc, de_dd = d.item(), c.item()
    print("by hand ", de_dc, de_dd)
    print("by node ", *(g.item() for g in e.grad_fn(torch.tensor(1.0))))
    # --8<-- [end:local]

    # --8<-- [start:plot_forward]
    edges = walk(e)
    named = {"a": a, "b": b, "c": c, "d": d, "e": e}
    names = {graph_node(t): f"{name} = {t.item():g}" for name, t in named.items()}
    names[d.grad_fn, 1] = "1"
    labels = {
        (node, k): f"{g:g}"
        for node in (c.grad_fn, d.grad_fn, e.grad_fn)
        for k, g in enumerate(local_derivatives(node))
        if g is not None
    }
    colors = {graph_node(t): "C0" for t in (a, b)}
    fig, ax = plt.subplots(figsize=(5.6, 2.8))
    draw_graph(ax, edges, names, labels, colors)
    # --8<-- [end:plot_forward]

    # --8<-- [start:backward]
    de_da = de_dc * dc_da
    de_db = de_dc * dc_db + de_dd * dd_db
    print(de_da, de_db)
    # --8<-- [end:backward]

    # --8<-- [start:plot_backward]
    grads = torch.autograd.grad(e, list(named.values()), retain_graph=True)
    grad_names = {
        graph_node(t): f"∂e/∂{name} = {g.item():g}"
        for (name, t), g in zip(named.items(), grads)
    }
    flows = {
        (e.grad_fn, 0): f"1 × {de_dc:g}",
        (e.grad_fn, 1): f"1 × {de_dd:g}",
        (c.grad_fn, 0): f"{de_dc:g} × {dc_da:g}",
        (c.grad_fn, 1): f"{de_dc:g} × {dc_db:g}",
        (d.grad_fn, 0): f"{de_dd:g} × {dd_db:g}",
    }
    fig, ax = plt.subplots(figsize=(5.6, 2))
    draw_graph(ax, edges, grad_names, flows, colors, backward=True)
    # --8<-- [end:plot_backward]

    # --8<-- [start:check]
    e.backward()
    print("autograd", a.grad.item(), b.grad.item())
    by_a = slope(lambda a: (a + 1) * (1 + 1), 2)
    by_b = slope(lambda b: (2 + b) * (b + 1), 1)
    print(f"measured {by_a:.6f} {by_b:.6f}")
    # --8<-- [end:check]

    # --8<-- [start:node]
    x = torch.tensor(2.0, requires_grad=True)
    w = torch.tensor(3.0, requires_grad=True)
    z = x * w
    dL_dz = 5.0
    print("by hand", dL_dz * w.item(), dL_dz * x.item())
    print("by node", *(g.item() for g in z.grad_fn(torch.tensor(dL_dz))))
    # --8<-- [end:node]

    # --8<-- [start:plot_node]
    fig, ax = plt.subplots(figsize=(5.6, 2.4))
    ax.add_patch(plt.Circle((0, 0), 0.42, fill=False, ec="#59636e", lw=1.5))
    ax.text(0, -0.02, "×", ha="center", va="center", fontsize=15)
    inputs = (("x", x, w, 1.15), ("w", w, x, -1.15))
    for name, value, local, y in inputs:
        for shift, style, color in ((0.09, "-|>", "C0"), (-0.09, "<|-", "C1")):
            arrow = {"arrowstyle": style, "color": color}
            ends = (-0.4, 0.3 * y + shift), (-2.2, y + shift)
            ax.annotate("", *ends, arrowprops=arrow)
        down = f"∂L/∂{name} = {dL_dz:g} × {local.item():g} = {dL_dz * local.item():g}"
        ax.text(-2.4, y + 0.15, f"{name} = {value.item():g}", color="C0", ha="right")
        ax.text(-2.4, y - 0.3, down, color="C1", ha="right")
        local_text = f"∂z/∂{name} = {local.item():g}"
        ax.text(-0.6, 0.95 * y, local_text, color="#59636e", va="center")
    for shift, style, color in ((0.09, "-|>", "C0"), (-0.09, "<|-", "C1")):
        arrow = {"arrowstyle": style, "color": color}
        ax.annotate("", (2, shift), (0.45, shift), arrowprops=arrow)
    ax.text(2.15, 0.1, f"z = {z.item():g}", color="C0")
    ax.text(2.15, -0.35, f"∂L/∂z = {dL_dz:g}", color="C1")
    ax.text(2.15, -0.75, "upstream gradient", color="C1")
    ax.text(-0.6, 1.5, "local gradient", color="#59636e", va="center")
    ax.set(xlim=(-5.5, 4.2), ylim=(-1.7, 1.9), aspect="equal")
    ax.axis("off");
    # --8<-- [end:plot_node]

    # --8<-- [start:nodes]
    y = 3 * x * x
    for node in dict.fromkeys(node for node, _, _ in walk(y)):
        local = [g.item() for g in local_derivatives(node) if g is not None]
        print(node.name(), "local gradients", local)
    # --8<-- [end:nodes]

    # --8<-- [start:model]
    x, y = 2.0, 4.0
    w = torch.tensor(1.0, requires_grad=True)
    y_hat = w * x
    r = y_hat - y
    L = r**2
    dL_dr = 2 * r.item()
    dL_dy_hat = dL_dr * 1
    dL_dw = dL_dy_hat * x
    print(L.item(), dL_dr, dL_dy_hat, dL_dw)
    # --8<-- [end:model]

    # --8<-- [start:plot_model]
    named = {"w": w, "ŷ": y_hat, "r": r, "L": L}
    names = {graph_node(t): f"{name} = {t.item():g}" for name, t in named.items()}
    names |= {(y_hat.grad_fn, 1): f"x = {x:g}", (r.grad_fn, 1): f"y = {y:g}"}
    up = {"w": dL_dw, "ŷ": dL_dy_hat, "r": dL_dr, "L": 1.0}
    grad_names = {graph_node(named[n]): f"∂L/∂{n} = {g:g}" for n, g in up.items()}
    labels, flows = {}, {}
    for name in ("ŷ", "r", "L"):
        node = named[name].grad_fn
        local = local_derivatives(node)[0].item()
        labels[node, 0], flows[node, 0] = f"{local:g}", f"{up[name]:g} × {local:g}"
    edges, colors = walk(L), {graph_node(w): "C0"}
    fig, (above, below) = plt.subplots(2, 1, figsize=(5.6, 3.1), height_ratios=(2, 1))
    draw_graph(above, edges, names, labels, colors, width=1.2)
    draw_graph(below, edges, grad_names, flows, colors, backward=True, width=1.2)
    # --8<-- [end:plot_model]

    # --8<-- [start:check_model]
    L.backward()
    print("autograd", w.grad.item())
    print("measured", slope(lambda w: (w * x - y) ** 2, 1.0))
    # --8<-- [end:check_model]

    # --8<-- [start:layers]
    torch.manual_seed(0)
    X, T = torch.randn(3, 5), torch.randn(2, 5)  # a column is a sample | 一列一个样本
    W1 = torch.randn(4, 3, requires_grad=True)
    b1 = torch.randn(4, 1, requires_grad=True)
    W2 = torch.randn(2, 4, requires_grad=True)
    b2 = torch.randn(2, 1, requires_grad=True)
    H = W1 @ X + b1  # (4, 5)
    Y = W2 @ H + b2  # (2, 5)
    # --8<-- [end:layers]

    # --8<-- [start:plot_layers]
    named = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "H": H, "Y": Y}
    names = {graph_node(t): f"{name} {tuple(t.shape)}" for name, t in named.items()}
    edges = walk(Y)
    for node, k, source in edges:
        if isinstance(source, tuple):
            names[source] = f"X {tuple(X.shape)}"
        elif "Mm" in type(source).__name__:
            names[source] = f"{tuple((W2 @ H).shape if node is Y.grad_fn else H.shape)}"
    first = [n for n, _, _ in walk(H)] + [graph_node(W1), graph_node(b1)]
    colors = {n: "C1" for n in names if not isinstance(n, tuple)}
    colors |= {n: "C0" for n in first}
    fig, ax = plt.subplots(figsize=(5.8, 1.9))
    draw_graph(ax, edges, names, {}, colors, width=1.6)
    # --8<-- [end:plot_layers]

    # --8<-- [start:chain]
    loss = ((Y - T) ** 2).mean()
    with torch.no_grad():
        dY = 2 * (Y - T) / Y.numel()  # (2, 5), from the loss | 来自损失
        dW2, db2 = dY @ H.T, dY.sum(dim=1, keepdim=True)
        dH = W2.T @ dY  # (4, 5), passed on | 继续往回传
        dW1, db1 = dH @ X.T, dH.sum(dim=1, keepdim=True)
    loss.backward()
    by_hand = {"W2": (W2, dW2), "b2": (b2, db2), "W1": (W1, dW1), "b1": (b1, db1)}
    for name, (tensor, grad) in by_hand.items():
        print(name, tuple(grad.shape), torch.allclose(grad, tensor.grad))
    # --8<-- [end:chain]

    # --8<-- [start:collapse]
    with torch.no_grad():
        one_layer = (W2 @ W1) @ X + (W2 @ b1 + b2)
    torch.allclose(Y, one_layer, atol=1e-6)
    # --8<-- [end:collapse]

    # --8<-- [start:too_early]
    with torch.no_grad():
        W2_changed = W2 - 0.01 * dW2
        dW1_late = W2_changed.T @ dY @ X.T
    print("right", W1.grad[0])
    print("wrong", dW1_late[0])
    # --8<-- [end:too_early]

    # --8<-- [start:precision]
    for dtype in (torch.float32, torch.float64):
        at = torch.tensor(1.0, dtype=dtype)
        for h in (1e-1, 1e-4, 1e-8):
            measured = slope(lambda w: (w * x - y) ** 2, at, h)
            print(f"{dtype}  h = {h:<6g} slope {measured:.4f}")
    # --8<-- [end:precision]

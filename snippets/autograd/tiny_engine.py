"""A scalar autograd engine: values that remember their inputs and local derivatives.

    python -m snippets.autograd.tiny_engine
"""

# --8<-- [start:imports]
import math
from collections import Counter

import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]

from snippets.autograd.by_hand import draw_graph


# --8<-- [start:value]
class Value:
    """A number, what it was computed from, and the local derivative by each input.

    inputs: pairs (value, local derivative); empty for a leaf.
    """

    def __init__(self, data, inputs=()):
        self.data = float(data)
        self.inputs = inputs
        self.grad = 0.0

    def __repr__(self):
        return f"Value({self.data:g}, grad={self.grad:g})"

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, n):
        return Value(self.data**n, ((self, n * self.data ** (n - 1)),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_value(other)

    def __rsub__(self, other):
        return as_value(other) - self

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        propagate(self)


def as_value(x):
    """Numbers become leaves; values stay what they are."""
    return x if isinstance(x, Value) else Value(x)
# --8<-- [end:value]


# --8<-- [start:functions]
def relu(x):
    """max(x, 0) of a Value; its derivative at 0 counts as 0."""
    return Value(max(x.data, 0.0), ((x, float(x.data > 0)),))


def tanh(x):
    """Hyperbolic tangent of a Value."""
    t = math.tanh(x.data)
    return Value(t, ((x, 1 - t * t),))
# --8<-- [end:functions]


# --8<-- [start:order]
def backward_order(root):
    """All values behind root, each of them after everything that uses it."""
    uses, todo = Counter(), [root]
    while todo:
        for value, _ in todo.pop().inputs:
            uses[value] += 1
            if uses[value] == 1:  # met for the first time | 第一次遇到
                todo.append(value)
    order, ready = [], [root]
    while ready:
        order.append(ready.pop())
        for value, _ in order[-1].inputs:
            uses[value] -= 1
            if uses[value] == 0:  # nothing more will arrive | 不会再有梯度传来
                ready.append(value)
    return order
# --8<-- [end:order]


# --8<-- [start:propagate]
def propagate(root):
    """Add the derivative of root by each value behind it to that value's grad."""
    order = backward_order(root)
    for value in order:
        if value.inputs:  # results start afresh, leaves add up | 中间结果清零，叶子累加
            value.grad = 0.0
    root.grad += 1.0
    for value in order:
        for source, local in value.inputs:
            source.grad += local * value.grad
# --8<-- [end:propagate]


# --8<-- [start:overwrite]
def propagate_overwriting(root):
    """propagate with = in place of +=: wrong wherever a value is used twice."""
    root.grad = 1.0
    for value in backward_order(root):
        for source, local in value.inputs:
            source.grad = local * value.grad
# --8<-- [end:overwrite]


# --8<-- [start:as_met]
def order_as_met(root):
    """All values behind root in the order in which they are met: too early for some."""
    order = [root]
    for value in order:  # the list grows on the way | 列表边走边变长
        for source, _ in value.inputs:
            if source not in order:
                order.append(source)
    return order


def propagate_along(order):
    """Pass gradients on in a given order; returns what each value had at its turn."""
    for value in order:
        value.grad = 0.0
    order[0].grad, had = 1.0, {}
    for value in order:
        had[value] = value.grad
        for source, local in value.inputs:
            source.grad += local * value.grad
    return had
# --8<-- [end:as_met]


# --8<-- [start:path_by_path]
def path_by_path(value, upstream=1.0):
    """Right, but walks every path on its own; returns the number of visits."""
    value.grad += upstream
    visits = 1
    for source, local in value.inputs:
        visits += path_by_path(source, upstream * local)
    return visits
# --8<-- [end:path_by_path]


# --8<-- [start:doubled]
def doubled(n):
    """x and x * 2**n, computed by adding the last value to itself n times."""
    x = result = Value(1.0)
    for _ in range(n):
        result = result + result
    return x, result
# --8<-- [end:doubled]


if __name__ == "__main__":
    # --8<-- [start:demo]
    a, b = Value(2.0), Value(1.0)
    e = (a + b) * (b + 1)
    e.backward()
    print(e, a, b)
    # --8<-- [end:demo]

    # --8<-- [start:same]
    x, w = Value(2.0), Value(3.0)
    (5 * (x * w)).backward()  # upstream 5 | 上游梯度为 5
    print("one node  ", x.grad, w.grad)
    w = Value(1.0)
    ((w * 2.0 - 4.0) ** 2).backward()
    print("(wx - y)^2", w.grad)
    # --8<-- [end:same]

    # --8<-- [start:curve]
    def f(x, tanh, relu):
        return x * tanh(x) - relu(x - 1) ** 2 + 0.5 * relu(-x)

    points = torch.linspace(-3, 3, 121, dtype=torch.float64)
    heights, slopes = [], []
    for point in points.tolist():
        x = Value(point)
        y = f(x, tanh, relu)
        y.backward()
        heights.append(y.data)
        slopes.append(x.grad)
    # --8<-- [end:curve]

    # --8<-- [start:compare]
    points.requires_grad_()
    f(points, torch.tanh, torch.relu).sum().backward()
    slopes = torch.tensor(slopes, dtype=torch.float64)
    difference = (slopes - points.grad).abs().max().item()
    print(f"largest difference {difference:.1e}")
    # --8<-- [end:compare]

    # --8<-- [start:plot_curve]
    fig, ax = plt.subplots()
    at = points.tolist()
    ax.plot(at, heights, color="C5")
    ax.plot(at, slopes, color="C0")
    ax.plot(at[::6], points.grad[::6], "o", mfc="none", color="C1")
    ax.annotate("f(x)", (-2, 3.2), color="C5")
    ax.annotate("slope of the engine", (-2.9, -1.2), color="C0")
    ax.annotate("slope of PyTorch", (-2.9, -2.4), color="C1")
    ax.set(xlabel="x", xticks=range(-3, 4));
    # --8<-- [end:plot_curve]

    # --8<-- [start:order_demo]
    x = Value(3.0)
    u = x**2
    v = u * 5
    y = u + v
    names = {y: "y", u: "u", v: "v", x: "x", v.inputs[1][0]: "5"}
    turns = []
    for order in (order_as_met(y), backward_order(y)):
        turns.append(propagate_along(order))
        print([names[value] for value in order], "dy/dx =", x.grad)
    # --8<-- [end:order_demo]

    # --8<-- [start:plot_order]
    edges = [(n, k, s) for n in (y, v, u) for k, (s, _) in enumerate(n.inputs)]
    edges = [edge for edge in edges if names[edge[2]] != "5"]
    labels = {(n, k): f"× {n.inputs[k][1]:g}" for n, k, _ in edges}
    fig, axes = plt.subplots(2, 1, figsize=(5.6, 3.8))
    for ax, had, title in zip(axes, turns, ("order as met", "all uses first")):
        visited = [value for value in had if names[value] != "5"]
        boxes = {
            value: f"{turn}. {names[value]}\n∂y/∂{names[value]}: {had[value]:g}"
            for turn, value in enumerate(visited, start=1)
        }
        colors = {u: "C4" if had is turns[0] else "C2"}
        draw_graph(ax, edges, boxes, labels, colors, backward=True, shifts={v: -0.8})
        ax.set_title(title)
    # --8<-- [end:plot_order]

    # --8<-- [start:doubling]
    for n in (5, 10, 15):
        x, result = doubled(n)
        visits = path_by_path(result)
        print(f"{n:2} sums: {visits:6,} visits path by path,", end=" ")
        print(f"{len(backward_order(result)):2} with a count, dy/dx = {x.grad:,.0f}")
    # --8<-- [end:doubling]

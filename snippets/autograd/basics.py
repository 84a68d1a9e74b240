"""Gradients on request: requires_grad, backward, grad, and gradients that add up.

    python -m snippets.autograd.basics
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:repeated]
def repeated(num_calls, clear):
    """x.grad after each of num_calls backward calls on 3 * x * x at x = 2."""
    x = torch.tensor([2.0], requires_grad=True)
    seen = []
    for call in range(num_calls):
        if clear:
            x.grad = None
        y = 3 * x * x
        y.backward()
        seen.append(x.grad.item())
    return seen
# --8<-- [end:repeated]


# --8<-- [start:anatomy]
def anatomy(tensor):
    """The four parts of a tensor that matter to autograd, as text."""
    grad = tensor.grad if tensor.is_leaf else "not kept"
    return {
        "numbers": str(tensor.tolist()),
        "requires_grad": str(tensor.requires_grad),
        "grad": str(grad.tolist() if isinstance(grad, torch.Tensor) else grad),
        "grad_fn": type(tensor.grad_fn).__name__.replace("NoneType", "None"),
    }


def draw_card(ax, name, tensor, left, colors):
    """A box with the parts of a tensor, one per line."""
    box = plt.Rectangle((left, 0), 4.2, 4, fc="none", ec="#59636e", lw=1.2)
    ax.add_patch(box)
    ax.text(left + 2.1, 4.25, name, size=13, ha="center", weight="bold")
    for row, (part, text) in enumerate(anatomy(tensor).items()):
        color = colors.get(part, "#59636e")
        ax.text(left + 0.15, 3.5 - row, part, color=color, size=11, va="center")
        at = {"ha": "right", "va": "center", "size": 11}
        ax.text(left + 4.05, 3.5 - row, text, **at)
# --8<-- [end:anatomy]


if __name__ == "__main__":
    # --8<-- [start:ask]
    x = torch.tensor([2.0], requires_grad=True)
    print(x, x.grad)
    # --8<-- [end:ask]

    # --8<-- [start:forward]
    y = 3 * x * x
    print(y)
    # --8<-- [end:forward]

    # --8<-- [start:backward]
    y.backward()
    print(x.grad)
    # --8<-- [end:backward]

    # --8<-- [start:plot_anatomy]
    fig, ax = plt.subplots(figsize=(6.4, 3.1))
    draw_card(ax, "x", x, 0, {"numbers": "C0", "grad": "C1"})
    draw_card(ax, "y", y, 6.4, {"numbers": "C0", "grad_fn": "C1"})
    for start, end, height, label, color in (
        (4.3, 6.3, 3.5, "forward", "C0"),
        (6.3, 4.3, 1, "backward", "C1"),
    ):
        arrow = {"arrowstyle": "->", "color": color, "lw": 1.8}
        ax.annotate("", (end, height), (start, height), arrowprops=arrow)
        ax.text(5.3, height + 0.2, label, color=color, ha="center", size=11)
    ax.set(xlim=(-0.1, 10.7), ylim=(-0.1, 4.8))
    ax.axis("off");
    # --8<-- [end:plot_anatomy]

    # --8<-- [start:spread]
    c = torch.tensor([5.0])
    results = {"c * c": c * c, "x * c": x * c, "x * c + c": x * c + c}
    for name, result in results.items():
        print(f"{name:9} requires_grad={result.requires_grad}")
    # --8<-- [end:spread]

    # --8<-- [start:again]
    y = 3 * x * x
    y.backward()
    print(x.grad)
    # --8<-- [end:again]

    # --8<-- [start:plot_repeated]
    added, cleared = repeated(4, clear=False), repeated(4, clear=True)
    fig, ax = plt.subplots(figsize=(6.4, 3))
    calls = torch.arange(1, 5)
    for values, shift, color in ((cleared, -0.2, "C0"), (added, 0.2, "C1")):
        bars = ax.bar(calls + shift, values, width=0.36, color=color)
        ax.bar_label(bars, fmt="%.0f", color=color, padding=2)
    ax.annotate("cleared", (0.6, 19), color="C0")
    ax.annotate("accumulated", (1.6, 34), color="C1")
    ax.set(xlabel="calls of backward", ylabel="gradient", ylim=(0, 56), xticks=calls)
    ax.grid(visible=False, axis="x");
    # --8<-- [end:plot_repeated]

    # --8<-- [start:uses]
    x = torch.tensor([2.0], requires_grad=True)
    (3 * x + x * x).backward()  # two uses, one call | 用了两次，调用一次
    in_one_call = x.grad
    x.grad = None
    (3 * x).backward()  # one use per call | 每次调用用一次
    (x * x).backward()
    print(in_one_call, x.grad)
    # --8<-- [end:uses]

    # --8<-- [start:dot]
    x = torch.arange(4.0, requires_grad=True)
    y = 2 * torch.dot(x, x)
    y.backward()
    print(x.grad, torch.equal(x.grad, 4 * x))
    # --8<-- [end:dot]

    x.grad.zero_()
    print(x.grad)

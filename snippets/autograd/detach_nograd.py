"""What autograd records, and three ways to keep it from recording.

    python -m snippets.autograd.detach_nograd
"""

from snippets.autograd.leaf_and_fn import draw_graph

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import pandas as pd
import torch
# --8<-- [end:imports]


# --8<-- [start:fold]
def fold(a):
    """Halve a number until it lies between -1 and 1; a negative one is tripled."""
    while a.abs() > 1:
        a = a / 2
    if a < 0:
        a = -3 * a
    return a
# --8<-- [end:fold]


# --8<-- [start:chain]
def chain(h, weights):
    """tanh(h @ W) for one W after the other; h: (n, d), each W: (d, d) -> (n, d)."""
    for W in weights:
        h = torch.tanh(h @ W)
    return h
# --8<-- [end:chain]


# --8<-- [start:count]
def numbers_kept(h, weights):
    """How many new numbers the chain keeps in memory for backward()."""
    kept = {}

    def note(t):
        kept[t.data_ptr()] = t.numel()
        return t

    with torch.autograd.graph.saved_tensors_hooks(note, lambda t: t):
        chain(h, weights)
    old = {t.data_ptr() for t in [h, *weights]}
    return sum(n for address, n in kept.items() if address not in old)
# --8<-- [end:count]


# --8<-- [start:outcome]
def outcome(take):
    """Compute w**2 at w = 2, multiply take(w) by 10 in place, then go backward.

    Returns requires_grad of take(w), whether it shares memory with w, and the gradient.
    """
    w = torch.tensor([2.0], requires_grad=True)
    loss = (w**2).sum()
    t = take(w)
    flags = t.requires_grad, t.data_ptr() == w.data_ptr()
    with torch.no_grad():
        t.mul_(10)
    try:
        loss.backward()
        return *flags, f"{w.grad.item():g}"
    except RuntimeError as error:
        return *flags, type(error).__name__
# --8<-- [end:outcome]


if __name__ == "__main__":
    # --8<-- [start:rule]
    x = torch.tensor(2.0)
    w = torch.tensor(3.0, requires_grad=True)
    results = {"x * 5": x * 5, "w * 5": w * 5, "w * x + 1": w * x + 1, "w > 1": w > 1}
    for name, result in results.items():
        print(f"{name:9}", result.requires_grad)
    # --8<-- [end:rule]

    # --8<-- [start:branches]
    for start in (0.8, 6.0, -6.0):
        a = torch.tensor(start, requires_grad=True)
        result = fold(a)
        result.backward()
        print(f"{start:4}: {result.item():5.2f}, gradient {a.grad.item():6.3f}")
    # --8<-- [end:branches]

    # --8<-- [start:staircase]
    starts = torch.linspace(-8, 8, 161)
    folded, slopes = [], []
    for start in starts:
        a = start.clone().requires_grad_()
        result = fold(a)
        result.backward()
        folded.append(result.item())
        slopes.append(a.grad.item())
    # --8<-- [end:staircase]

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.0), sharex=True)
    for ax, values, color in zip(axes, (folded, slopes), ("C0", "C1")):
        ax.plot(starts, values, ".", ms=3, color=color)
        ax.set(xlabel="start a", xticks=range(-8, 9, 4), ylim=(-3.4, 3.4))
    axes[0].set(title="value")
    axes[1].set(title="gradient");
    # --8<-- [end:plot]

    # --8<-- [start:share]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    d = w.detach()
    d[0] = 5
    print(w, d)
    # --8<-- [end:share]

    # --8<-- [start:again]
    d.requires_grad_()
    (3 * d).sum().backward()
    print("d.grad", d.grad, "  w.grad", w.grad)
    # --8<-- [end:again]

    # --8<-- [start:constant]
    x = torch.tensor(2.0, requires_grad=True)
    u = x**2
    tracked = u * x
    cut = u.detach() * x
    for z in (tracked, cut):
        x.grad = None
        z.backward(retain_graph=True)  # drawn below | 下面还要画图
        print("value", z.item(), "  gradient", x.grad.item())
    # --8<-- [end:constant]

    # --8<-- [start:cut]
    fig, axes = plt.subplots(1, 2, figsize=(5.6, 3.2), width_ratios=(2.7, 3.4))
    draw_graph(axes[0], tracked.grad_fn, {x: "x"})
    draw_graph(axes[1], cut.grad_fn, {x: "x"})
    axes[1].text(-0.85, -1.75, "u", color="#59636e", ha="center", va="center")
    axes[0].set(title="recorded", xlim=(-1.7, 1.0), ylim=(-3.3, 0.4))
    axes[1].set(title="detached", xlim=(-1.6, 1.8), ylim=(-3.3, 0.4));
    # --8<-- [end:cut]

    # --8<-- [start:block]
    with torch.no_grad():
        y = w * 3
    print(y.requires_grad, y.is_leaf, y.grad_fn)


    @torch.no_grad()
    def predict(x):
        return w * x


    print(predict(2.0).requires_grad, w.requires_grad)
    # --8<-- [end:block]

    # --8<-- [start:memory]
    torch.manual_seed(0)
    weights = [(torch.randn(64, 64) / 8).requires_grad_() for _ in range(8)]
    h = torch.randn(32, 64)
    recorded = numbers_kept(h, weights)
    with torch.no_grad():
        unrecorded = numbers_kept(h, weights)
    print(f"recorded {recorded:,}   under no_grad {unrecorded}")
    # --8<-- [end:memory]

    # --8<-- [start:inference]
    with torch.inference_mode():
        y = w * 3
    print(y.requires_grad, y.is_inference(), y.clone().is_inference())
    # --8<-- [end:inference]

    # --8<-- [start:compare]
    ways = {
        "w": lambda w: w,
        "w.detach()": lambda w: w.detach(),
        "w.data": lambda w: w.data,
        "w.clone()": lambda w: w.clone(),
        "w.detach().clone()": lambda w: w.detach().clone(),
    }
    columns = ["requires_grad", "shares memory", "gradient after the write"]
    rows = [outcome(take) for take in ways.values()]
    pd.DataFrame(rows, columns=columns, index=list(ways))
    # --8<-- [end:compare]

    # --8<-- [start:best]
    w = torch.tensor([1.0], requires_grad=True)
    shared, kept = w.detach(), w.detach().clone()
    with torch.no_grad():
        w += 1
    print("shared", shared, "  kept", kept)
    # --8<-- [end:best]

"""One weight, trained by autograd alone: forward, loss, backward, update, clear.

    python -m snippets.autograd.linear_step
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:data]
def load_data():
    """Three students: hours of study and scores, x and y of shape (3,)."""
    return torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
# --8<-- [end:data]


# --8<-- [start:train]
def train(x, y, lr, num_epochs):
    """Fit y = w * x from w = 1; returns w and the loss before every update."""
    w = torch.tensor(1.0, requires_grad=True)
    losses = []
    for epoch in range(num_epochs):
        y_hat = w * x  # forward pass | 前向传播
        loss = ((y_hat - y) ** 2).mean()
        loss.backward()  # backward pass | 反向传播
        with torch.no_grad():
            w -= lr * w.grad  # update | 更新
        w.grad.zero_()
        losses.append(loss.item())
    return w, losses
# --8<-- [end:train]


# --8<-- [start:baseline]
def mean_baseline(y):
    """MSE of the constant prediction y.mean()."""
    return ((y.mean() - y) ** 2).mean().item()
# --8<-- [end:baseline]


# --8<-- [start:graph_size]
def graph_size(tensor):
    """Number of nodes in the graph that ends in tensor; 0 for a plain tensor."""
    seen, todo = set(), [tensor.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [parent for parent, _ in node.next_functions]
    return len(seen)
# --8<-- [end:graph_size]


# --8<-- [start:draw]
def draw_box(ax, x, y, text, color):
    box = {"boxstyle": "round,pad=0.5", "fc": "#ffffff", "ec": color, "lw": 1.5}
    ax.text(x, y, text, ha="center", va="center", size=11.5, bbox=box)


def draw_arrow(ax, start, end, text, at, color):
    arrow = {"arrowstyle": "->", "color": color, "lw": 1.8}
    ax.annotate("", end, start, arrowprops=arrow)
    ax.text(*at, text, color=color, size=11, ha="center", va="center")
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:step]
    x, y = load_data()
    w = torch.tensor(1.0, requires_grad=True)
    y_hat = w * x
    loss = ((y_hat - y) ** 2).mean()
    loss.backward()
    print(f"predicted {y_hat.tolist()}  loss {loss.item():.2f}  gradient {w.grad:.2f}")
    # --8<-- [end:step]

    # --8<-- [start:flags]
    lr = 0.01
    print("lr * w.grad      requires_grad", (lr * w.grad).requires_grad)
    print("w - lr * w.grad  requires_grad", (w - lr * w.grad).requires_grad)
    # --8<-- [end:flags]

    # --8<-- [start:update]
    old, gradient = w.item(), w.grad.item()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
    print(f"w {w.item():.4f}  loss {((w * x - y) ** 2).mean().item():.2f}")
    # --8<-- [end:update]

    # --8<-- [start:plot_loop]
    fig, ax = plt.subplots(figsize=(6.4, 2.9))
    draw_box(ax, 1, 3, f"w = {old:.2f}", "C2")
    predicted = ", ".join(f"{value:g}" for value in y_hat.tolist())
    draw_box(ax, 5, 3, f"y_hat = {predicted}", "C0")
    draw_box(ax, 9.2, 3, f"loss = {loss.item():.2f}", "C0")
    draw_box(ax, 9.2, 0.5, f"w.grad = {gradient:.2f}".replace("-", "−"), "C1")
    draw_box(ax, 1, 0.5, f"w = {w.item():.2f}", "C2")
    draw_arrow(ax, (2.1, 3), (3.3, 3), "forward", (2.7, 3.5), "C0")
    draw_arrow(ax, (6.7, 3), (7.9, 3), "compare with y", (7.2, 3.65), "C0")
    draw_arrow(ax, (9.2, 2.4), (9.2, 1.1), "backward", (10.4, 1.75), "C1")
    draw_arrow(ax, (7.6, 0.5), (2.1, 0.5), "update", (4.9, 0.85), "C2")
    draw_arrow(ax, (1, 1.1), (1, 2.4), "next epoch", (2.2, 1.75), "#59636e")
    ax.set(xlim=(-0.1, 11.1), ylim=(-0.1, 3.9))
    ax.axis("off");
    # --8<-- [end:plot_loop]

    # --8<-- [start:run]
    w, losses = train(x, y, lr, num_epochs=100)
    print(f"before training: 4 hours -> {1.0 * 4:.2f}")
    for epoch in (0, 1, 10, 50, 99):
        print(f"epoch {epoch:2}  loss {losses[epoch]:.2e}")
    print(f"w = {w.item():.4f}, after training: 4 hours -> {w.item() * 4:.2f}")
    # --8<-- [end:run]

    # --8<-- [start:plot_loss]
    baseline = mean_baseline(y)
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.semilogy(losses)
    ax.axhline(baseline, color="C5", ls="--")
    ax.annotate("predicting the mean", (99, baseline * 1.7), color="C5", ha="right")
    ax.annotate("training loss", (52, 1.5e-3), color="C0")
    ax.set(xlabel="epochs", ylabel="mean squared error", ylim=(1e-8, 30));
    # --8<-- [end:plot_loss]

    # --8<-- [start:sums]
    w = torch.tensor(1.0, requires_grad=True)
    total, total_item = 0.0, 0.0
    for epoch in range(1, 101):
        loss = ((w * x - y) ** 2).mean()
        total = total + loss
        total_item += loss.item()
        if epoch in (1, 10, 100):
            print(f"after {epoch:3} losses: {graph_size(total)} nodes")
    print(type(total).__name__, type(total_item).__name__)
    # --8<-- [end:sums]

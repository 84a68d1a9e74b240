"""Full batch, mini-batch and single samples: one algorithm, counted in two currencies.

    python -m snippets.gradient_descent.compare
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import pandas as pd
import torch
# --8<-- [end:imports]


# --8<-- [start:data]
def make_students(n=500, seed=0):
    """Hours of study and scores: x, y of shape (n,), y = 2x + 5 + noise of std 1."""
    generator = torch.Generator().manual_seed(seed)
    x = 4 * torch.rand(n, generator=generator)
    y = 2 * x + 5 + torch.randn(n, generator=generator)
    return x, y


def least_squares(x, y):
    """The weights [w, b] of the smallest MSE, shape (2,)."""
    features = torch.stack([x, torch.ones_like(x)], dim=1)
    return torch.linalg.lstsq(features, y[:, None]).solution[:, 0]
# --8<-- [end:data]


# --8<-- [start:count]
def count(n, batch_size):
    """Per update, the sample gradients; per epoch, the updates and sample gradients."""
    batches = torch.arange(n).split(batch_size)
    return len(batches[0]), len(batches), sum(len(batch) for batch in batches)


def gradient_noise(w, b, x, y, batch_size, draws=1000):
    """Std of the batch gradient by w over random batches drawn without replacement."""
    generator = torch.Generator().manual_seed(1)
    gradients = 2 * x * (w * x + b - y)  # one per sample | 每个样本一个
    order = torch.rand(draws, len(x), generator=generator).argsort(dim=1)
    return gradients[order[:, :batch_size]].mean(dim=1).std().item()
# --8<-- [end:count]


# --8<-- [start:descend]
def descend(x, y, batch_size, lr, num_epochs, seed=1):
    """Fit y = w * x + b from zero, R runs side by side: x, y (n,), lr (R,).

    Returns [w, b] over the T updates, (T + 1, R, 2), and sample gradients, (T + 1,).
    """
    generator = torch.Generator().manual_seed(seed)
    lr = lr.reshape(-1, 1)
    w, b = torch.zeros_like(lr), torch.zeros_like(lr)
    path, spent = [torch.cat([w, b], dim=1)], [0]
    for epoch in range(num_epochs):
        order = torch.rand(len(lr), len(x), generator=generator).argsort(dim=1)
        for batch in order.split(batch_size, dim=1):  # (R, batch_size)
            error = w * x[batch] + b - y[batch]
            grad_w = 2 * (error * x[batch]).mean(dim=1, keepdim=True)
            grad_b = 2 * error.mean(dim=1, keepdim=True)
            w, b = w - lr * grad_w, b - lr * grad_b
            path.append(torch.cat([w, b], dim=1))
            spent.append(spent[-1] + batch.shape[1])
    return torch.stack(path), torch.tensor(spent)
# --8<-- [end:descend]


# --8<-- [start:excess]
def excess(path, x, y):
    """MSE above the smallest possible: path of shape (..., 2) to (...)."""
    dw, db = (path - least_squares(x, y)).unbind(dim=-1)
    return (dw * x.mean() + db) ** 2 + dw**2 * x.var(correction=0)
# --8<-- [end:excess]


# --8<-- [start:race]
def race(x, y, batch_size, rates, num_epochs, repeats):
    """Mean excess of the repeats after each update, (T + 1, len(rates)), and spent."""
    lr = torch.tensor(rates).repeat_interleave(repeats)
    path, spent = descend(x, y, batch_size, lr, num_epochs)
    curves = excess(path, x, y).reshape(len(path), len(rates), repeats).mean(dim=2)
    return curves, spent


def first_below(curve, target):
    """Index of the first value at most target, or None."""
    hits = (curve <= target).nonzero()
    return hits[0].item() if len(hits) else None
# --8<-- [end:race]


# --8<-- [start:best]
def best_rate(curves, rates, target):
    """Updates and learning rate of the column of curves that is first below target."""
    hits = [(first_below(curves[:, k], target), rate) for k, rate in enumerate(rates)]
    return min(hit for hit in hits if hit[0] is not None)
# --8<-- [end:best]


if __name__ == "__main__":
    # --8<-- [start:students]
    x, y = make_students()
    w_best, b_best = least_squares(x, y)
    print(f"{len(x)} students, best line: w = {w_best:.2f}, b = {b_best:.2f}")
    # --8<-- [end:students]

    # --8<-- [start:costs]
    sizes = {"full batch": len(x), "mini-batch": 32, "one sample": 1}
    rows = [
        [size, *count(len(x), size), gradient_noise(w_best, b_best, x, y, size)]
        for size in sizes.values()
    ]
    columns = ["batch size", "per update", "updates", "per epoch", "noise"]
    costs = pd.DataFrame(rows, index=sizes, columns=columns).round(2)
    costs
    # --8<-- [end:costs]

    # --8<-- [start:grid]
    rates = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2]
    runs = {
        "full batch": race(x, y, len(x), rates, num_epochs=200, repeats=1),
        "mini-batch": race(x, y, 32, rates, num_epochs=10, repeats=100),
        "one sample": race(x, y, 1, rates, num_epochs=8, repeats=100),
    }
    # --8<-- [end:grid]

    # --8<-- [start:rates]
    table = pd.DataFrame(index=pd.Index(rates, name="learning rate"))
    for name, (curves, spent) in runs.items():
        hits = [first_below(curve, 0.1) for curve in curves.T]
        table[name] = ["never" if k is None else f"{spent[k]:,}" for k in hits]
    table
    # --8<-- [end:rates]

    # --8<-- [start:result]
    rows = []
    for target in (0.1, 0.02):
        for name, (curves, spent) in runs.items():
            updates, rate = best_rate(curves, rates, target)
            rows.append([target, name, rate, spent[updates].item(), updates])
    columns = ["target", "method", "learning rate", "sample gradients", "updates"]
    result = pd.DataFrame(rows, columns=columns).set_index(["target", "method"])
    result
    # --8<-- [end:result]

    # --8<-- [start:curves]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.3), sharey=True)
    for k, (curves, spent) in enumerate(runs.values()):
        best = curves.nan_to_num(torch.inf).min(dim=1).values  # (T + 1,)
        axes[0].plot(range(1, len(best)), best[1:], color=f"C{k}", lw=1.2)
        axes[1].plot(spent[1:], best[1:], color=f"C{k}", lw=1.2)
    for ax, label in zip(axes, ("updates", "sample gradients")):
        ax.set(xscale="log", yscale="log", xlim=(0.7, 4e4), ylim=(6e-3, 60))
        ax.set_xlabel(label)
        for target in (0.1, 0.02):
            ax.axhline(target, color="#59636e", ls=":", lw=1)
    axes[0].set_ylabel("excess MSE")
    axes[0].annotate("full batch", (1, 0.03), color="C0")
    axes[0].annotate("mini-batch", (190, 0.0085), color="C1")
    axes[0].annotate("one sample", (200, 1), color="C2");
    # --8<-- [end:curves]

    # --8<-- [start:paths]
    w, b = torch.linspace(-0.2, 6.4, 80), torch.linspace(-0.3, 6, 80)
    grid = torch.stack(torch.meshgrid(w, b, indexing="xy"), dim=-1)
    surface = excess(grid, x, y)
    clear = {"fc": "#ffffff", "ec": "none", "pad": 1}
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True)
    for k, (name, size) in enumerate(sizes.items()):
        updates, rate = best_rate(runs[name][0], rates, 0.1)
        path, _ = descend(x, y, size, torch.tensor([rate]), num_epochs=60)
        ax = axes[k // 2]
        ax.plot(*path[: updates + 1, 0].T, ".-", color=f"C{k}", lw=1, ms=3)
        x_label, y_label = [(3.9, 3.5), (3.1, 0.9), (2.95, 3.6)][k]
        ax.annotate(name, (x_label, y_label), color=f"C{k}", bbox=clear)
    for ax in axes:
        ax.contour(w, b, surface, [0.1, 1, 5, 15, 40], colors="#59636e", linewidths=0.5)
        ax.grid(False)
        ax.set(xlabel="weight w", ylabel="bias b")
    axes[1].set_ylabel("");
    # --8<-- [end:paths]

    # --8<-- [start:scaling]
    rows = []
    for n in (250, 1000, 2000):
        full, full_spent = race(*make_students(n), n, [0.15], num_epochs=60, repeats=1)
        num_epochs = max(1, 1000 // n)
        one, one_spent = race(*make_students(n), 1, [0.02], num_epochs, repeats=100)
        full_bill = full_spent[first_below(full[:, 0], 0.1)].item()
        one_bill = one_spent[first_below(one[:, 0], 0.1)].item()
        (per_update, _, per_epoch), (per_step, _, _) = count(n, n), count(n, 1)
        rows.append([n, per_update, per_step, per_epoch, full_bill, one_bill])
    columns = ["students", "update, full", "update, one", "epoch, both"]
    columns += ["target, full", "target, one"]
    scaling = pd.DataFrame(rows, columns=columns).set_index("students")
    scaling
    # --8<-- [end:scaling]

    # --8<-- [start:one-rate]
    full = runs["full batch"]
    rate = best_rate(runs["one sample"][0], rates, 0.1)[1]
    handicapped = full[1][first_below(full[0][:, rates.index(rate)], 0.1)].item()
    fair = full[1][best_rate(full[0], rates, 0.1)[0]].item()
    print(f"full batch, learning rate {rate}: {handicapped:,}; its own best: {fair:,}")
    # --8<-- [end:one-rate]

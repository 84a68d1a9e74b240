"""Logistic regression from scratch: sigmoid, likelihood, gradient, loop.

    python -m snippets.logistic_regression.scratch
"""

# --8<-- [start:imports]
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:data]
def make_exam(n=60, seed=0):
    """Hours of study (n,) from 0 to 6, and 1 for passed, 0 for failed (n,), as floats.

    The chance of passing is sigmoid(1.5 * (hours - 3)): one half at three hours.
    """
    generator = torch.Generator().manual_seed(seed)
    hours = 6 * torch.rand(n, generator=generator)
    chance = torch.sigmoid(1.5 * (hours - 3))
    return hours, torch.bernoulli(chance, generator=generator)
# --8<-- [end:data]


# --8<-- [start:line]
def fit_line(x, y):
    """Slope and intercept of the least-squares line through points x, y (n,)."""
    A = torch.stack([x, torch.ones_like(x)], dim=1)  # (n, 2)
    slope, intercept = torch.linalg.lstsq(A, y.unsqueeze(1)).solution.flatten().tolist()
    return slope, intercept
# --8<-- [end:line]


# --8<-- [start:sigmoid]
def sigmoid(z):
    """Scores of any shape to numbers between 0 and 1 of the same shape."""
    return 1 / (1 + torch.exp(-z))
# --8<-- [end:sigmoid]


# --8<-- [start:bce]
def bce(p, y):
    """Mean binary cross-entropy of probabilities p and 0/1 targets y, both (n,)."""
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
# --8<-- [end:bce]


# --8<-- [start:grad]
def gradient(w, b, x, y):
    """Derivatives of the mean loss by w and by b."""
    error = sigmoid(w * x + b) - y  # (n,)
    return (error * x).mean(), error.mean()
# --8<-- [end:grad]


# --8<-- [start:loop]
def train(x, y, lr, num_epochs):
    """Gradient descent from w = b = 0; returns w, b and the loss before each step."""
    w, b = torch.tensor(0.0), torch.tensor(0.0)
    losses = []
    for epoch in range(num_epochs):
        losses.append(bce(sigmoid(w * x + b), y).item())
        dw, db = gradient(w, b, x, y)
        w, b = w - lr * dw, b - lr * db
    return w, b, losses
# --8<-- [end:loop]


# --8<-- [start:plot_sigmoids]
def plot_sigmoids():
    """Left the logistic function, right four sigmoids with limits -1, 1 and slope 1."""
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    z = torch.linspace(-7, 7, 281)
    axes[0].axhline(0.5, color="C5", ls="--", lw=1)
    axes[0].plot(z, sigmoid(z))
    axes[0].plot(0, 0.5, "o", color="C0")
    axes[0].set(xlabel="score", ylabel="probability", title="logistic function")
    axes[0].set(xticks=range(-6, 7, 3))
    x = torch.linspace(-4, 4, 161)
    curves = {
        "erf": torch.erf(math.sqrt(math.pi) / 2 * x),
        "tanh": torch.tanh(x),
        "x/√(1+x²)": x / torch.sqrt(1 + x**2),
        "arctan": 2 / math.pi * torch.atan(math.pi / 2 * x),
    }
    for i, (name, curve) in enumerate(curves.items()):
        axes[1].plot(x, curve, color=f"C{i}", lw=1.4)
        axes[1].annotate(name, (1.2, -0.1 - 0.24 * i), color=f"C{i}")
    axes[1].set(xlabel="x", title="other sigmoids", xticks=range(-4, 5, 2))
# --8<-- [end:plot_sigmoids]


# --8<-- [start:plot_bce]
def plot_bce():
    """The loss of one sample against the predicted probability, for both targets."""
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    p = torch.linspace(0.005, 0.995, 199)
    ax.plot(p, -(1 - p).log(), color="C1")
    ax.plot(p, -p.log(), color="C0")
    ax.plot(0.5, math.log(2), "o", color="C5")
    ax.annotate("y = 1", (0.12, 3.2), color="C0", fontsize=11)
    ax.annotate("y = 0", (0.88, 3.2), color="C1", fontsize=11, ha="right")
    ax.annotate("log 2", (0.5, 0.95), color="C5", ha="center")
    ax.set(xlabel="probability p", ylabel="loss", ylim=(0, 5))
# --8<-- [end:plot_bce]


# --8<-- [start:three]
def three_students(num_epochs):
    """Failed after 1 and 2 hours, passed after 3: w, P(4 h) and the decision hours."""
    hours, passed = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 0.0, 1.0])
    w, b, losses = train(hours, passed, 0.3, num_epochs)
    return w.item(), sigmoid(4 * w + b).item(), (-b / w).item()
# --8<-- [end:three]


if __name__ == "__main__":
    # --8<-- [start:show_data]
    hours, passed = make_exam()
    n = len(hours)
    print(f"{passed.sum():.0f} of {n} passed")
    print(hours[:5], passed[:5], sep="\n")
    # --8<-- [end:show_data]

    # --8<-- [start:show_line]
    slope, intercept = fit_line(hours, passed)
    for h in (0, 3, 6):
        print(f"{h} hours: {slope * h + intercept:+.2f}")
    more_hours = torch.cat([hours, torch.full((5,), 15.0)])
    more_passed = torch.cat([passed, torch.ones(5)])
    slope_5, intercept_5 = fit_line(more_hours, more_passed)
    crossing, crossing_5 = (0.5 - intercept) / slope, (0.5 - intercept_5) / slope_5
    print(f"one half at {crossing:.2f} h, with five more at {crossing_5:.2f} h")
    # --8<-- [end:show_line]

    # --8<-- [start:show_sigmoid]
    scores = torch.tensor([[-4.0, 0.0], [1.5, 6.0]])
    print(sigmoid(scores))
    print(torch.equal(nn.Sigmoid()(scores), torch.sigmoid(scores)))
    nn.Sigmoid()(torch.tensor(6.0))
    # --8<-- [end:show_sigmoid]

    # --8<-- [start:show_bce]
    p = torch.sigmoid(1.5 * (hours - 3))  # the true chances | 真实的概率
    likelihood = torch.where(passed == 1, p, 1 - p).prod()
    mean_log = -likelihood.log() / n
    print(f"likelihood {likelihood:.1e}   -log of it / n  {mean_log:.4f}")
    print(f"bce {bce(p, passed):.4f}   torch {F.binary_cross_entropy(p, passed):.4f}")
    # --8<-- [end:show_bce]

    # --8<-- [start:check_grad]
    w = torch.tensor(0.4, requires_grad=True)
    b = torch.tensor(-1.0, requires_grad=True)
    bce(torch.sigmoid(w * hours + b), passed).backward()
    dw, db = gradient(w.detach(), b.detach(), hours, passed)
    print(f"by hand   {dw:.6f} {db:.6f}\nautograd  {w.grad:.6f} {b.grad:.6f}")
    # --8<-- [end:check_grad]

    # --8<-- [start:fit]
    num_epochs = 2000
    w, b, losses = train(hours, passed, lr=0.3, num_epochs=num_epochs)
    base = passed.mean()
    baseline = bce(base.expand(n), passed).item()
    print(f"w {w:.3f}   b {b:.3f}")
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}   baseline {baseline:.4f}")
    # --8<-- [end:fit]

    # --8<-- [start:answers]
    p_four = sigmoid(w * 4 + b).item()
    decision = (-b / w).item()
    accuracy = ((w * hours + b > 0) == (passed == 1)).float().mean().item()
    base_rate = max(base.item(), 1 - base.item())
    print(f"P(pass) after 4 hours {p_four:.3f}   one half at {decision:.2f} hours")
    print(f"accuracy {accuracy:.3f}   base rate {base_rate:.3f}")
    # --8<-- [end:answers]

    # --8<-- [start:robust]
    w_5, b_5, _ = train(more_hours, more_passed, lr=0.1, num_epochs=5000)
    decision_5 = (-b_5 / w_5).item()
    print(f"one half at {decision_5:.2f} hours with five more, line {crossing_5:.2f}")
    # --8<-- [end:robust]

    # --8<-- [start:plot]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    axes[0].plot(losses)
    axes[0].axhline(baseline, color="C5", ls="--", lw=1.2)
    axes[0].annotate("baseline", (num_epochs, baseline - 0.025), color="C5", ha="right")
    axes[0].set(xlabel="epoch", ylabel="training loss", ylim=(0.3, 0.75))
    grid = torch.linspace(0, 6, 121)
    axes[1].scatter(hours, passed, s=14, alpha=0.5)
    axes[1].plot(grid, slope * grid + intercept, color="C5", ls="--", lw=1.2)
    axes[1].plot(grid, sigmoid(w * grid + b), color="C1")
    axes[1].plot(decision, 0.5, "o", color="C1")
    axes[1].annotate("line", (4.6, 1.1), color="C5")
    axes[1].annotate("fitted curve", (3.25, 0.33), color="C1")
    axes[1].set(xlabel="study hours", ylabel="probability of passing")
    axes[1].set(ylim=(-0.2, 1.2));
    # --8<-- [end:plot]

    # --8<-- [start:squared]
    z = torch.tensor([0.0, -4.0, -8.0, -12.0], requires_grad=True)
    y = torch.ones(4)
    (0.5 * (torch.sigmoid(z) - y) ** 2).sum().backward()
    squared = z.grad.clone()
    z.grad = None
    F.binary_cross_entropy(torch.sigmoid(z), y, reduction="sum").backward()
    for score, a, c in zip(z.tolist(), squared.tolist(), z.grad.tolist()):
        print(f"score {score:5.0f}   squared error {a:9.6f}   cross-entropy {c:9.6f}")
    # --8<-- [end:squared]

    # --8<-- [start:show_three]
    for epochs in (100, 1000, 10_000):
        w_3, p_3, half = three_students(epochs)
        print(f"{epochs:6} epochs: w {w_3:.2f}  P(4 h) {p_3:.5f}  half at {half:.2f} h")
    # --8<-- [end:show_three]

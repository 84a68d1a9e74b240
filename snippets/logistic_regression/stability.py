"""Saturation: what BCELoss loses for large scores, and the loss on logits keeps.

    python -m snippets.logistic_regression.stability
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
# --8<-- [end:imports]

from snippets.logistic_regression.scratch import make_exam


# --8<-- [start:on_probs]
def on_probs(z, y):
    """Losses of logits z (n,) and targets y (n,), by way of the probability."""
    return F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none")
# --8<-- [end:on_probs]


# --8<-- [start:on_logits]
def on_logits(z, y):
    """The same losses (n,), computed from the logits themselves."""
    return F.binary_cross_entropy_with_logits(z, y, reduction="none")
# --8<-- [end:on_logits]


# --8<-- [start:loss_and_grad]
def loss_and_grad(loss_fn, scores, target):
    """Loss and its derivative by the score, two lists, for one target 0.0 or 1.0."""
    z = torch.tensor(scores, requires_grad=True)
    losses = loss_fn(z, torch.full_like(z, target))
    losses.sum().backward()
    return losses.tolist(), z.grad.tolist()
# --8<-- [end:loss_and_grad]


# --8<-- [start:first_one]
def first_one(dtype):
    """The first score in steps of 0.1 whose sigmoid is exactly 1."""
    z = torch.arange(0, 40, 0.1, dtype=torch.float64).to(dtype)
    return z[torch.sigmoid(z) == 1][0].item()
# --8<-- [end:first_one]


# --8<-- [start:naive]
def naive(z, y):
    """The textbook formula, (n,) and (n,) to (n,)."""
    p = torch.sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log())
# --8<-- [end:naive]


# --8<-- [start:stable]
def stable(z, y):
    """The rewritten formula, (n,) and (n,) to (n,): no exponential can overflow."""
    largest = torch.maximum(z, torch.zeros_like(z))  # max(z, 0)
    return largest - z * y + torch.log1p(torch.exp(-z.abs()))
# --8<-- [end:stable]


# --8<-- [start:plot]
def plot():
    """Loss and gradient for y = 0 against the score, both ways, in two panels."""
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
    scores = torch.linspace(-5, 30, 701).tolist()
    for loss_fn, color, style in ((on_logits, "C0", "-"), (on_probs, "C1", "--")):
        for ax, curve in zip(axes, loss_and_grad(loss_fn, scores, 0.0)):
            ax.plot(scores, curve, style, color=color, lw=1.8)
    axes[0].annotate("BCELoss", (15.5, 93), color="C1", ha="right")
    axes[0].annotate("BCEWithLogitsLoss", (29.5, 3), color="C0", ha="right")
    axes[1].annotate("BCELoss", (17.8, 0.06), color="C1")
    axes[1].annotate("BCEWithLogitsLoss", (29.5, 1.05), color="C0", ha="right")
    axes[0].set(title="loss", xlabel="score", ylim=(-4, 108))
    axes[1].set(title="gradient", xlabel="score", ylim=(-0.06, 1.18))
# --8<-- [end:plot]


# --8<-- [start:train_from]
def train_from(b, loss_fn, x, y, lr, num_epochs):
    """Fit w * x + b from w = 0 and the given b; returns w, b, loss before each step."""
    params = torch.tensor([0.0, b], requires_grad=True)
    optimizer = torch.optim.SGD([params], lr=lr)
    losses = []
    for epoch in range(num_epochs):
        loss = loss_fn(params[0] * x + params[1], y).mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return *params.tolist(), losses
# --8<-- [end:train_from]


# --8<-- [start:clamped]
def clamped(eps):
    """The textbook loss with the probability kept between eps and 1 - eps."""

    def loss_fn(z, y):
        p = torch.sigmoid(z).clamp(eps, 1 - eps)
        return -(y * p.log() + (1 - y) * (1 - p).log())

    return loss_fn
# --8<-- [end:clamped]


if __name__ == "__main__":
    # --8<-- [start:saturate]
    for z in (10.0, 16.0, 17.0, -17.0, -200.0):
        p = torch.sigmoid(torch.tensor(z))
        print(f"score {z:6.0f}   p = {p.item():.9g}   1 - p = {(1 - p).item():.3g}")
    # --8<-- [end:saturate]

    # --8<-- [start:dtypes]
    for dtype in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        print(f"{str(dtype):15} sigmoid is 1 from score {first_one(dtype):.1f}")
    # --8<-- [end:dtypes]

    # --8<-- [start:compare]
    scores = [2.0, 16.0, 17.0, 200.0]
    prob_loss, prob_grad = loss_and_grad(on_probs, scores, 0.0)
    logit_loss, logit_grad = loss_and_grad(on_logits, scores, 0.0)
    print("  score    BCELoss  gradient    with logits  gradient")
    for z, *row in zip(scores, prob_loss, prob_grad, logit_loss, logit_grad):
        print("{:7.0f} {:10.3f} {:9.3f} {:14.3f} {:9.3f}".format(z, *row))
    # --8<-- [end:compare]

    # --8<-- [start:mirror]
    scores = [-17.0, -25.0, -50.0, -200.0]
    low_loss, low_grad = loss_and_grad(on_probs, scores, 1.0)
    for z, loss, grad in zip(scores, low_loss, low_grad):
        print(f"score {z:5.0f}   BCELoss {loss:7.3f}   gradient {grad + 0.0:8.1e}")
    # --8<-- [end:mirror]

    # --8<-- [start:by_hand]
    for y in (0.0, 1.0):
        loss, grad = loss_and_grad(naive, [200.0], y)
        print(f"score 200, y = {y:.0f}: loss {loss[0]}, gradient {grad[0]}")
    # --8<-- [end:by_hand]

    # --8<-- [start:check]
    scores = [-200.0, -20.0, -1.5, 0.0, 1.5, 20.0, 200.0]
    for y in (0.0, 1.0):
        loss, grad = map(torch.tensor, loss_and_grad(stable, scores, y))
        loss_ref, grad_ref = map(torch.tensor, loss_and_grad(on_logits, scores, y))
        gap = torch.maximum((loss - loss_ref).abs(), (grad - grad_ref).abs()).max()
        print(f"y = {y:.0f}: largest difference {gap.item():.1e}")
        print("gradient", [round(g, 3) for g in grad.tolist()])
    # --8<-- [end:check]

    # --8<-- [start:log1p]
    tail = torch.exp(torch.tensor(-20.0))
    log_1p, log_plain = torch.log1p(tail).item(), torch.log(1 + tail).item()
    print(f"log1p {log_1p:.2e}   log(1 + ...) {log_plain:.2e}")
    # --8<-- [end:log1p]

    # --8<-- [start:draw]
    plot();
    # --8<-- [end:draw]

    # --8<-- [start:train]
    hours, passed = make_exam()
    w_p, b_p, loss_p = train_from(20.0, on_probs, hours, passed, 0.3, 1000)
    w_l, b_l, loss_l = train_from(20.0, on_logits, hours, passed, 0.3, 1000)
    print(f"BCELoss      loss {loss_p[0]:5.2f} -> {loss_p[-1]:5.2f}   w {w_p:.3f}")
    print(f"with logits  loss {loss_l[0]:5.2f} -> {loss_l[-1]:5.2f}   w {w_l:.3f}")
    # --8<-- [end:train]

    # --8<-- [start:plot_training]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.plot(loss_p, "--", color="C1", lw=1.8)
    ax.plot(loss_l, color="C0", lw=1.8)
    ax.annotate("BCELoss", (1000, loss_p[-1] * 0.6), color="C1", ha="right")
    ax.annotate("BCEWithLogitsLoss", (1000, loss_l[-1] * 1.5), color="C0", ha="right")
    ax.set(xlabel="epoch", ylabel="training loss", yscale="log", ylim=(0.2, 110));
    # --8<-- [end:plot_training]

    # --8<-- [start:clamp]
    for eps in (1e-8, 1e-7):
        loss, grad = loss_and_grad(clamped(eps), [20.0], 0.0)
        print(f"eps {eps:.0e}: loss {loss[0]:.2f}, gradient {grad[0]:.2f}")
    # --8<-- [end:clamp]

    # --8<-- [start:report]
    z = torch.tensor(20.0)
    print(f"1 - sigmoid(z)   {(1 - torch.sigmoid(z)).item():.2e}")
    print(f"sigmoid(-z)      {torch.sigmoid(-z).item():.2e}")
    print(f"log p(class 0)   {F.logsigmoid(-z).item():.2f}")
    # --8<-- [end:report]

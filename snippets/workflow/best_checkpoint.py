"""The best checkpoint: chosen on the validation set, tested once.

    python -m snippets.workflow.best_checkpoint
"""

# --8<-- [start:imports]
import copy

import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:data]
def make_data(n=150, num_features=60, seed=0):
    """x (n, num_features), y (n, 1): five features matter, noise has std 2."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, num_features, generator=generator)
    w = torch.zeros(num_features, 1)
    w[:5, 0] = torch.tensor([2.0, -1.5, 1.0, 1.0, -0.5])
    return x, x @ w + 2 * torch.randn(n, 1, generator=generator)
# --8<-- [end:data]


# --8<-- [start:steps]
def run_epoch(model, optimizer, x, y, batch_size=10):
    model.train()
    for i in torch.randperm(len(x)).split(batch_size):
        loss = nn.functional.mse_loss(model(x[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def evaluate(model, x, y):
    """Mean squared error of a model on (x, y), as a number."""
    model.eval()
    with torch.inference_mode():
        return nn.functional.mse_loss(model(x), y).item()
# --8<-- [end:steps]


# --8<-- [start:coins]
def guess(num_guessers, num_labels):
    """Accuracies (num_guessers,) of coin flips, all scored on the same coin flips."""
    labels = torch.randint(0, 2, (num_labels,))
    guesses = torch.randint(0, 2, (num_guessers, num_labels))
    return (guesses == labels).float().mean(1)
# --8<-- [end:coins]


if __name__ == "__main__":
    # --8<-- [start:split]
    x, y = make_data()
    torch.manual_seed(0)
    train, val, test = torch.randperm(len(x)).split([90, 30, 30])
    len(train), len(val), len(test), len(torch.cat([train, val, test]).unique())
    # --8<-- [end:split]

    # --8<-- [start:loop]
    model = nn.Linear(60, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    history, best = [], {"loss": float("inf")}
    for epoch in range(1, 101):
        run_epoch(model, optimizer, x[train], y[train])
        val_loss = evaluate(model, x[val], y[val])
        history.append((evaluate(model, x[train], y[train]), val_loss))
        if val_loss < best["loss"]:
            state = copy.deepcopy(model.state_dict())
            best = {"loss": val_loss, "epoch": epoch, "state": state}
    print(f"best: epoch {best['epoch']}, {best['loss']:.2f}   last: {val_loss:.2f}")
    # --8<-- [end:loop]

    # --8<-- [start:plot]
    train_losses, val_losses = zip(*history)
    baseline = (y[val] - y[train].mean()).square().mean().item()
    fig, ax = plt.subplots()
    epochs = range(1, 101)
    ax.plot(epochs, train_losses, color="C0")
    ax.plot(epochs, val_losses, color="C1")
    ax.axhline(baseline, color="C5", ls="--")
    ax.axvline(best["epoch"], color="#59636e", ls=":", lw=1.2)
    ax.plot(best["epoch"], best["loss"], "o", color="C1", ms=8)
    ax.annotate("best epoch", (best["epoch"] + 2, 0.4), color="#59636e")
    ax.annotate("training loss", (66, 2.4), color="C0")
    ax.annotate("validation loss", (66, 5.6), color="C1")
    ax.annotate("predicting the mean", (60, baseline + 0.3), color="C5")
    ax.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, baseline + 2));
    # --8<-- [end:plot]

    # --8<-- [start:test_once]
    last = copy.deepcopy(model.state_dict())
    model.load_state_dict(best["state"])
    test_loss = evaluate(model, x[test], y[test])
    print(f"test loss of epoch {best['epoch']}: {test_loss:.2f}")
    # --8<-- [end:test_once]

    # --8<-- [start:reference]
    model.load_state_dict(best["state"])
    kept = {
        "state_dict()": model.state_dict(),
        "state_dict().copy()": model.state_dict().copy(),
        "clone": {name: t.clone() for name, t in model.state_dict().items()},
        "deepcopy": copy.deepcopy(model.state_dict()),
    }
    for _ in range(30):
        run_epoch(model, optimizer, x[train], y[train])
    for name, state in kept.items():
        fresh = nn.Linear(60, 1)
        fresh.load_state_dict(state)
        print(f"{name:20} {evaluate(fresh, x[val], y[val]):.2f}")
    # --8<-- [end:reference]

    # --8<-- [start:previous]
    for name in ("previous epoch", "best so far"):
        reference, saved = float("inf"), None
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < reference:
                saved = epoch
            if name == "previous epoch" or loss < reference:
                reference = loss
        print(f"{name:14} epoch {saved}, validation loss {val_losses[saved - 1]:.2f}")
    # --8<-- [end:previous]

    # --8<-- [start:luck]
    torch.manual_seed(0)
    tries = torch.stack([guess(200, 200) for _ in range(50)])  # (tries, guessers)
    on_test = tries.max(1).values
    on_new = torch.cat([guess(1, 200) for _ in range(50)])
    print(f"best of 200: {on_test.mean():.2f}, on new labels: {on_new.mean():.2f}")
    # --8<-- [end:luck]

    # --8<-- [start:plot_luck]
    fig, ax = plt.subplots()
    scores, chosen = tries[0], on_test[0].item()
    edges = torch.arange(0.3825, 0.63, 0.015).tolist()
    ax.hist(scores.tolist(), edges, color="C5", alpha=0.6)
    ax.axvline(chosen, color="C4")
    ax.axvline(on_new[0].item(), color="C2")
    ax.annotate("chosen", (chosen + 0.004, 42), color="C4")
    ax.annotate("on new labels", (on_new[0].item() - 0.004, 42), color="C2", ha="right")
    ax.set(xlabel="test accuracy", ylabel="guessers", ylim=(0, 46));
    # --8<-- [end:plot_luck]

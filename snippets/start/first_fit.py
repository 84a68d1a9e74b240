"""A first model in ten lines: learn the price list of a car park from three receipts.

    python -m snippets.start.first_fit
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:fit]
def fit(hours, fee, lr=0.1, num_epochs=200, seed=0):
    """Train as above and keep a record: hours, fee (n, 1) -> model, list of losses."""
    torch.manual_seed(seed)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(num_epochs):
        loss = nn.functional.mse_loss(model(hours), fee)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses
# --8<-- [end:fit]


if __name__ == "__main__":
    torch.manual_seed(0)

    # --8<-- [start:data]
    hours = torch.tensor([[1.0], [2.0], [3.0]])
    fee = torch.tensor([[3.0], [5.0], [7.0]])
    # --8<-- [end:data]

    # --8<-- [start:model]
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    # --8<-- [end:model]

    # --8<-- [start:loop]
    for epoch in range(200):
        loss = nn.functional.mse_loss(model(hours), fee)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # --8<-- [end:loop]

    # --8<-- [start:predict]
    model(torch.tensor([[4.0]]))
    # --8<-- [end:predict]

    # --8<-- [start:learned]
    weight, bias = model.weight.item(), model.bias.item()
    print(f"loss {loss.item():.2e}   fee = {weight:.3f} * hours + {bias:.3f}")
    # --8<-- [end:learned]

    # --8<-- [start:baseline]
    baseline = (fee - fee.mean()).square().mean().item()
    model, losses = fit(hours, fee)
    print(f"baseline {baseline:.2f}   first {losses[0]:.2f}   last {losses[-1]:.2e}")
    # --8<-- [end:baseline]

    # --8<-- [start:plot_loss]
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.semilogy(losses)
    ax.axhline(baseline, color="C5", ls="--")
    ax.annotate("always the mean fee", (198, baseline * 1.4), color="C5", ha="right")
    ax.annotate("training loss", (105, losses[105] * 4), color="C0")
    ax.set(xlabel="epochs", ylabel="loss");
    # --8<-- [end:plot_loss]

    # --8<-- [start:too_fast]
    for lr in (0.01, 0.1, 0.2):
        _, record = fit(hours, fee, lr=lr)
        print(f"lr {lr}: loss after 200 epochs {record[-1]:.2g}")
    # --8<-- [end:too_fast]

    # --8<-- [start:far]
    day = torch.tensor([[24.0]])
    far = model(day).item()
    print(f"24 hours: {far:.2f}")
    # --8<-- [end:far]

"""Saving and loading: state dicts, checkpoints, and what torch.load refuses.

    python -m snippets.workflow.save_load
"""

# --8<-- [start:imports]
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn, optim
# --8<-- [end:imports]


# --8<-- [start:model]
class Net(nn.Module):
    """A small regression network: (n, 4) -> (n, 1)."""

    def __init__(self, num_hidden=16):
        super().__init__()
        self.hidden = nn.Linear(4, num_hidden)
        self.norm = nn.BatchNorm1d(num_hidden)
        self.output = nn.Linear(num_hidden, 1)

    def forward(self, x):
        return self.output(torch.relu(self.norm(self.hidden(x))))
# --8<-- [end:model]


# --8<-- [start:data]
def make_data(n=800, seed=0):
    """x of shape (n, 4) and y of shape (n, 1), with noise of std 0.1."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 4, generator=generator)
    noise = 0.1 * torch.randn(n, 1, generator=generator)
    return x, x[:, :1] * x[:, 1:2] + x[:, 2:3] + noise
# --8<-- [end:data]


# --8<-- [start:fit]
def fit(model, optimizer, x, y, num_epochs, batch_size=200):
    """Train in shuffled batches; returns the mean loss of every epoch."""
    model.train()
    losses = []
    for epoch in range(num_epochs):
        total = 0.0
        for i in torch.randperm(len(x)).split(batch_size):
            loss = nn.functional.mse_loss(model(x[i]), y[i])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(i)
        losses.append(total / len(x))
    return losses
# --8<-- [end:fit]


# --8<-- [start:predict]
def predict(model, x):
    """Predictions (n, 1) in evaluation mode, without a graph."""
    model.eval()
    with torch.inference_mode():
        return model(x)
# --8<-- [end:predict]


# --8<-- [start:checkpoint]
def save_checkpoint(path, model, optimizer, epoch):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "rng": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
# --8<-- [end:checkpoint]


# --8<-- [start:resume]
def resume(path, skip="nothing"):
    """Model, optimizer and epoch as they were; skip: "optimizer" or "rng"."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    model = Net()
    model.load_state_dict(checkpoint["model"])
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    if skip != "optimizer":
        optimizer.load_state_dict(checkpoint["optimizer"])
    if skip != "rng":
        torch.set_rng_state(checkpoint["rng"])
    return model, optimizer, checkpoint["epoch"]
# --8<-- [end:resume]


# --8<-- [start:surprise]
class Surprise:
    """Unpickling calls what __reduce__ returns: here print, elsewhere anything."""

    def __reduce__(self):
        return print, ("this line was run by the file",)
# --8<-- [end:surprise]


if __name__ == "__main__":
    # --8<-- [start:train]
    x, y = make_data()
    torch.manual_seed(0)
    model = Net()
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    losses = fit(model, optimizer, x, y, 40)
    for name, tensor in model.state_dict().items():
        print(f"{name:25} {tuple(tensor.shape)}")
    # --8<-- [end:train]

    # --8<-- [start:save]
    folder = Path("models")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "net.pt"
    torch.save(model.state_dict(), path)
    print(path.as_posix(), path.stat().st_size, "bytes")
    # --8<-- [end:save]

    # --8<-- [start:load]
    clone = Net()
    before = torch.equal(predict(clone, x), predict(model, x))
    state = torch.load(path, map_location="cpu", weights_only=True)
    print(clone.load_state_dict(state))
    after = torch.equal(predict(clone, x), predict(model, x))
    print("equal predictions before:", before, "  after:", after)
    # --8<-- [end:load]

    # --8<-- [start:containers]
    a, b = torch.arange(3), torch.ones(2)
    for thing in (a, [a, b], {"a": a, "names": ["x", "y"], "lr": 0.03}):
        torch.save(thing, folder / "thing.pt")
        print(torch.load(folder / "thing.pt", weights_only=True))
    # --8<-- [end:containers]

    # --8<-- [start:half]
    half = folder / "checkpoint.pt"
    torch.manual_seed(0)
    model = Net()
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    losses = fit(model, optimizer, x, y, 40)
    save_checkpoint(half, model, optimizer, epoch=40)
    losses += fit(model, optimizer, x, y, 20)  # uninterrupted | 不中断
    # --8<-- [end:half]

    # --8<-- [start:compare]
    print(f"{'uninterrupted':18} epoch 41 {losses[40]:.6f}   epoch 60 {losses[59]:.6f}")
    runs = {}
    for skip in ("nothing", "rng", "optimizer"):
        model, optimizer, epoch = resume(half, skip)
        runs[skip] = fit(model, optimizer, x, y, 60 - epoch)
        name = "complete" if skip == "nothing" else "without " + skip
        ends = f"epoch 41 {runs[skip][0]:.6f}   epoch 60 {runs[skip][-1]:.6f}"
        print(f"{name:18} {ends}   same: {runs[skip] == losses[40:]}")
    # --8<-- [end:compare]

    # --8<-- [start:refused]
    torch.save(Surprise(), folder / "surprise.pt")
    torch.load(folder / "surprise.pt", weights_only=False)
    # --8<-- [end:refused]

    # --8<-- [start:renamed]
    old = torch.load(path, weights_only=True)
    old["head.weight"] = old.pop("output.weight")  # an older name | 旧名字
    # --8<-- [end:renamed]

    # --8<-- [start:lenient]
    torch.manual_seed(1)
    partial = Net()
    print(partial.load_state_dict(old, strict=False))
    for name, net in (("strict=False", partial), ("complete", clone)):
        error = nn.functional.mse_loss(predict(net, x), y)
        print(f"{name:12} {error:.2f}   variance of y {y.var():.2f}")
    # --8<-- [end:lenient]

    # --8<-- [start:forgotten]
    fresh = Net()
    fresh.load_state_dict(state)  # still in training mode | 还在训练模式
    with torch.inference_mode():
        print("training mode", fresh(x[:3])[:, 0])
    print("eval after it", predict(fresh, x[:3])[:, 0])
    print("right        ", predict(clone, x[:3])[:, 0])
    # --8<-- [end:forgotten]

    # --8<-- [start:plot]
    fig, ax = plt.subplots()
    epochs = range(41, 61)
    ax.plot(range(21, 61), losses[20:], color="C0")
    ax.plot(epochs, runs["nothing"], "o", color="C0", ms=6, mfc="none")
    ax.plot(range(40, 61), losses[39:40] + runs["optimizer"], color="C4")
    ax.axvline(40, color="#59636e", ls="--", lw=1)
    ax.annotate("checkpoint", (39.5, 0.235), color="#59636e", ha="right")
    ax.annotate("without the state of Adam", (43, 0.21), color="C4")
    ax.annotate("uninterrupted", (21, 0.06), color="C0")
    ax.annotate("resumed", (52, 0.05), color="C0")
    ax.set(xlabel="epoch", ylabel="training loss", ylim=(0, 0.25));
    # --8<-- [end:plot]

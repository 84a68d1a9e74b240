"""The data loader: order, number of batches, collation, and training with it.

    python -m snippets.data_loading.dataloader
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, TensorDataset
# --8<-- [end:imports]


# --8<-- [start:order]
def epoch_order(loader):
    """The row numbers of one epoch, batch by batch."""
    return [rows.tolist() for (rows,) in loader]
# --8<-- [end:order]


# --8<-- [start:pad]
def pad(sequences):
    """Fill B sequences up with zeros and stack: (B, longest), lengths (B,)."""
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return pad_sequence(sequences, batch_first=True), lengths
# --8<-- [end:pad]


# --8<-- [start:data]
def make_rides(n, seed):
    """Bike rides: kilometers and climb in 100 m (n, 2), minutes (n, 1); shortest first.

    The noise has a standard deviation of 0.4 minutes per kilometer.
    """
    generator = torch.Generator().manual_seed(seed)
    km = 5 * torch.rand(n, 1, generator=generator).sort(0).values
    climb = 2 * torch.rand(n, 1, generator=generator)
    noise = 0.4 * km * torch.randn(n, 1, generator=generator)
    return torch.cat([km, climb], 1), 2 + 3 * km + 4 * climb + noise
# --8<-- [end:data]


# --8<-- [start:loader]
def make_loader(X, y, batch_size, train=True):
    """Shuffled batches for training, batches in the order of the file for a test."""
    generator = torch.Generator().manual_seed(0)
    pairs = TensorDataset(X, y)
    return DataLoader(pairs, batch_size, shuffle=train, generator=generator)
# --8<-- [end:loader]


# --8<-- [start:evaluate]
def evaluate(model, loader, loss_fn):
    """Mean loss of all samples; loss_fn returns the mean of a batch."""
    model.eval()
    total = count = 0
    with torch.inference_mode():
        for X, y in loader:
            loss = loss_fn(model(X), y).item()
            total += loss * len(X)  # weight by size | 按样本数加权
            count += len(X)
    return total / count
# --8<-- [end:evaluate]


# --8<-- [start:train]
def train_epoch(model, loader, loss_fn, optimizer):
    """One step per batch; returns the mean loss met on the way."""
    model.train()
    total = count = 0
    for X, y in loader:
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(X)
        count += len(X)
    return total / count
# --8<-- [end:train]


# --8<-- [start:predict]
def predict(model, loader):
    """Predictions (n, 1) in the order in which the loader delivers."""
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(X) for X, y in loader])
# --8<-- [end:predict]


# --8<-- [start:draw]
def draw_steps():
    """Data, model, loss with optimizer, and the two loops that use them."""
    fig, ax = plt.subplots(figsize=(6.4, 4.3))
    ax.set(xlim=(0, 10), ylim=(0, 6.8))
    ax.axis("off")

    def box(left, bottom, width, height, color, name="", what=""):
        size = {"fc": "#ffffff", "ec": color, "lw": 1.6}
        ax.add_patch(plt.Rectangle((left, bottom), width, height, **size))
        middle, center = left + width / 2, bottom + height / 2
        style = {"ha": "center", "va": "center", "fontsize": 12}
        ax.text(middle, center + (0.28 if what else 0), name, **style)
        ax.text(middle, center - 0.28, what, color="#59636e", **style)

    box(0.1, 5.4, 3, 1.3, "C0", "1 prepare data", "data loader")
    box(3.5, 5.4, 3, 1.3, "C2", "2 build model", "layer")
    box(6.9, 5.4, 3, 1.3, "C3", "3 loss function", "optimizer")
    box(0.1, 0.1, 9.8, 4.5, "C1")
    box(0.4, 1.3, 9.2, 2.1, "C0")
    box(7.2, 0.3, 2.4, 0.75, "C1", "evaluate")
    ax.text(0.4, 4.0, "4 train model", fontsize=12, va="center")
    ax.text(0.4, 0.68, "for every epoch", color="C1", fontsize=12, va="center")
    ax.text(0.6, 3.02, "for every batch", color="C0", fontsize=12, va="center")
    for k, name in enumerate(("forward", "loss", "backward", "update")):
        box(0.6 + 2.25 * k, 1.5, 1.95, 0.95, "#59636e", name)
    arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": "#59636e"}
    arrow |= {"shrinkA": 0, "shrinkB": 0}
    for k in range(3):
        right = 2.55 + 2.25 * k
        ax.annotate("", (right + 0.3, 1.97), (right, 1.97), arrowprops=arrow)
        middle = 1.6 + 3.4 * k
        ax.annotate("", (middle, 4.6), (middle, 5.4), arrowprops=arrow)
# --8<-- [end:draw]


if __name__ == "__main__":
    # --8<-- [start:shuffle_seed]
    rows = TensorDataset(torch.arange(10))
    for attempt in range(2):
        generator = torch.Generator().manual_seed(0)
        loader = DataLoader(rows, batch_size=4, shuffle=True, generator=generator)
        for epoch in range(2):
            print(f"attempt {attempt}, epoch {epoch}:", epoch_order(loader))
    # --8<-- [end:shuffle_seed]

    # --8<-- [start:drop_last]
    for batch_size in (4, 5, 16):
        for drop_last in (False, True):
            loader = DataLoader(rows, batch_size=batch_size, drop_last=drop_last)
            sizes = [len(batch) for batch in epoch_order(loader)]
            print(f"{batch_size:2} {drop_last!s:5}  {len(loader)} batches {sizes}")
    # --8<-- [end:drop_last]

    # --8<-- [start:dicts]
    people = [
        {"scores": torch.tensor([1.5, 0.3]), "age": 31, "height": 1.72, "name": "Li"},
        {"scores": torch.tensor([0.2, 0.9]), "age": 45, "height": 1.65, "name": "Ann"},
    ]
    batch = next(iter(DataLoader(people, batch_size=2)))
    for key, value in batch.items():
        print(f"{key:7}", value)
    # --8<-- [end:dicts]

    # --8<-- [start:sentences]
    words = ([7, 2, 9], [4, 1, 1, 8, 3], [5, 6])
    sentences = [torch.tensor(numbers) for numbers in words]
    # --8<-- [end:sentences]

    # --8<-- [start:padded]
    batch, lengths = next(iter(DataLoader(sentences, batch_size=3, collate_fn=pad)))
    print(batch, lengths, sep="\n")
    # --8<-- [end:padded]

    # --8<-- [start:prepare]
    X_train, y_train = make_rides(1005, seed=0)
    X_test, y_test = make_rides(205, seed=1)
    train_loader = make_loader(X_train, y_train, 50)
    test_loader = make_loader(X_test, y_test, 50, train=False)
    for X, y in test_loader:
        print(tuple(X.shape), tuple(y.shape), end="  ")
    # --8<-- [end:prepare]

    # --8<-- [start:run]
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)

    train_losses, test_losses = [], []
    for epoch in range(10):
        train_losses.append(train_epoch(model, train_loader, loss_fn, optimizer))
        test_losses.append(evaluate(model, test_loader, loss_fn))
    baseline = loss_fn(y_train.mean().expand(len(y_test), 1), y_test).item()
    print(f"test {test_losses[-1]:.2f}   predicting the mean {baseline:.2f}")
    # --8<-- [end:run]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    epochs = range(1, len(train_losses) + 1)
    ax.semilogy(epochs, train_losses, "o-", color="C0")
    ax.semilogy(epochs, test_losses, "o-", color="C1")
    ax.axhline(baseline, color="C5", ls="--")
    ax.text(10, baseline * 1.12, "predicting the mean", color="C5", ha="right")
    ax.text(1.2, train_losses[0], "training loss", color="C0", va="center")
    ax.text(0.8, 1.6, "test loss", color="C1", va="center")
    ax.minorticks_off()
    ax.set_yticks((2, 5, 10, 20), ("2", "5", "10", "20"))
    ax.set(xlabel="epoch", ylabel="loss", ylim=(1.2, 36));
    # --8<-- [end:plot]

    # --8<-- [start:means]
    pairs = [(loss_fn(model(X), y).item(), len(X)) for X, y in test_loader]
    for loss, size in pairs:
        print(f"{size:3} samples, mean loss {loss:.2f}")
    of_means = sum(loss for loss, size in pairs) / len(pairs)
    weighted = sum(loss * size for loss, size in pairs) / len(X_test)
    at_once = loss_fn(model(X_test), y_test).item()
    print(f"of means {of_means:.3f}  weighted {weighted:.3f}  at once {at_once:.3f}")
    # --8<-- [end:means]

    # --8<-- [start:mixed]
    results = {}
    for name, train in {"in order": False, "shuffled": True}.items():
        loader = make_loader(X_test, y_test, 50, train)
        inside = evaluate(model, loader, loss_fn)
        outside = loss_fn(predict(model, loader), y_test).item()
        results[name] = inside, outside
        print(f"{name}: in the loop {inside:.2f}   against y_test {outside:.2f}")
    # --8<-- [end:mixed]

    draw_steps()

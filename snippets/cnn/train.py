"""A small convolutional network against a multilayer perceptron, on images of 28x28.

    python -m snippets.cnn.train
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn
# --8<-- [end:imports]

from snippets.common.images import dataset_name, load_images


# --8<-- [start:cnn]
class CNN(nn.Module):
    """Convolutions, pooling, a linear layer: (N, 1, 28, 28) to logits (N, 10)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 10, kernel_size=5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(10, 20, kernel_size=5),
            nn.MaxPool2d(2),
            nn.ReLU(),
        )
        self.head = nn.Linear(320, 10)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))  # (N, 20, 4, 4) -> (N, 320)
# --8<-- [end:cnn]


# --8<-- [start:mlp]
def make_mlp():
    """Three linear layers: (N, 1, 28, 28) to logits (N, 10)."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def count_parameters(net):
    return sum(p.numel() for p in net.parameters())
# --8<-- [end:mlp]


# --8<-- [start:train]
def train(net, X, y, X_val, y_val, num_epochs, lr=0.003, batch_size=32):
    """Fit with Adam; returns mean loss and validation accuracy, one each per epoch."""
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    losses, accuracies = [], []
    for epoch in range(num_epochs):
        optimizer.param_groups[0]["lr"] = lr * (1 - epoch / num_epochs)
        net.train()
        total = 0.0
        for batch in torch.randperm(len(X)).split(batch_size):
            loss = F.cross_entropy(net(X[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(X))
        accuracies.append(accuracy(net, X_val, y_val))
    return losses, accuracies
# --8<-- [end:train]


# --8<-- [start:evaluate]
def predict(net, X):
    """Predicted classes (N,) for images (N, 1, 28, 28), in evaluation mode."""
    net.eval()
    with torch.inference_mode():
        return torch.cat([net(part).argmax(1) for part in X.split(1000)])


def accuracy(net, X, y):
    return (predict(net, X) == y).float().mean().item()
# --8<-- [end:evaluate]


# --8<-- [start:check]
def check(flat_features):
    for channels, expected in ((20, 320), (88, 1408), (32, 512)):
        first, second = nn.Conv2d(1, 10, 5), nn.Conv2d(10, channels, 5)
        features = nn.Sequential(first, nn.MaxPool2d(2), second, nn.MaxPool2d(2))
        assert flat_features(features, 28) == expected
    assert flat_features(nn.Conv2d(1, 7, 3), 12) == 700
    print("correct")
# --8<-- [end:check]


# --8<-- [start:solution]
def flat_features(features, size):
    """How many numbers `features` makes of one image (1, size, size)."""
    with torch.inference_mode():
        return features(torch.zeros(1, 1, size, size)).flatten(1).shape[1]
# --8<-- [end:solution]


if __name__ == "__main__":
    # --8<-- [start:data]
    X_train, y_train, X_test, y_test = load_images()
    DATASET = dataset_name()
    torch.manual_seed(0)
    order = torch.randperm(len(X_train))
    val, fit = order.tensor_split([len(X_train) // 6])
    X, y, X_val, y_val = X_train[fit], y_train[fit], X_train[val], y_train[val]
    mean, std = X.mean(), X.std()
    X, X_val, X_test = (X - mean) / std, (X_val - mean) / std, (X_test - mean) / std
    base_rate = (y_val == y.mode().values).float().mean().item()
    print(f"{len(X)} to fit, {len(X_val)} to validate, {len(X_test)} to test")
    print(f"values {X.min():.2f} to {X.max():.2f}, base rate {base_rate:.2%}")
    # --8<-- [end:data]

    # --8<-- [start:walk]
    torch.manual_seed(0)
    cnn, x = CNN(), X[:1]
    shapes = [tuple(x.shape[1:])]
    for layer in [*cnn.features, nn.Flatten(), cnn.head]:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
        print(f"{type(layer).__name__:<10} {tuple(x.shape)}")
    # --8<-- [end:walk]

    # --8<-- [start:plot_walk]
    def draw_stack(ax, center, shape):
        channels, side = (shape[0], shape[-1]) if len(shape) == 3 else (1, 0)
        width, height = (side / 14, side / 14) if side else (0.22, shape[0] ** 0.5 / 9)
        for k in reversed(range(min(channels, 4))):
            corner = (center[0] - width / 2 + 0.1 * k, center[1] - height / 2 + 0.1 * k)
            color = "C1" if not side else "C0"
            for look in ({"fc": "#ffffff"}, {"fc": color, "alpha": 0.3}):
                ax.add_patch(plt.Rectangle(corner, width, height, lw=0, **look))
            ax.add_patch(plt.Rectangle(corner, width, height, fill=False, ec=color))
        ax.text(center[0], center[1] - 1.5, "×".join(map(str, shape)), ha="center")

    fig, ax = plt.subplots(figsize=(6.4, 4.4))
    stages = [shapes[i] for i in (0, 1, 2, 4, 5, 7, 8)]
    places = [(1.2, 4.5), (4.6, 4.5), (8, 4.5)]
    places += [(1.2, 0.5), (4.3, 0.5), (6.9, 0.5), (9, 0.5)]
    names = ["convolution", "max pooling", "convolution"]
    names += ["max pooling", "flattening", "linear layer"]
    for (x0, y0), stage in zip(places, stages):
        draw_stack(ax, (x0, y0), stage)
    arrow = {"arrowstyle": "->", "color": "#59636e", "lw": 1.5}
    for (x0, y0), (x1, y1), name in zip(places, places[1:], names):
        if y0 == y1:
            ends = (x1 - 0.33 * (x1 - x0), y0), (x0 + 0.42 * (x1 - x0), y0)
            label = ((x0 + x1) / 2, y0 + (1.5 if y0 > 2 else 0.4))
        else:  # from the end of the first row to the start of the second
            ends = (x1 + 1, y1 + 1.2), (x0 - 1, y0 - 1.9)
            label = ((x0 + x1) / 2, 2.6)
        ax.annotate("", *ends, arrowprops=arrow)
        ax.text(*label, name, ha="center", color="#59636e")
    ax.set(xlim=(-0.1, 9.9), ylim=(-1.4, 6.6))
    ax.axis("off");
    # --8<-- [end:plot_walk]

    # --8<-- [start:run]
    num_epochs = 10 if len(X) < 10_000 else 3
    nets, history = {}, {}
    for name, make in {"MLP": make_mlp, "CNN": CNN}.items():
        torch.manual_seed(0)
        nets[name] = make()
        history[name] = train(nets[name], X, y, X_val, y_val, num_epochs)
        losses, accuracies = history[name]
        print(f"{name}: loss {losses[-1]:.3f}, validation {accuracies[-1]:.2%}")
    # --8<-- [end:run]

    # --8<-- [start:plot_run]
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2))
    epochs = range(1, num_epochs + 1)
    room = 0.03 * num_epochs
    looks = {"MLP": ("C0", ("bottom", "top")), "CNN": ("C1", ("top", "bottom"))}
    for name, (color, places) in looks.items():
        for ax, curve, place in zip(axes, history[name], places):
            ax.plot(epochs, curve, "o-", color=color)
            ax.text(num_epochs + room, curve[-1], name, color=color, va=place)
    axes[1].axhline(base_rate, color="C5", ls="--")
    axes[1].text(1, base_rate + 0.02, "base rate", color="C5")
    for ax, title in zip(axes, ("training loss", "validation accuracy")):
        ax.set(title=title, xlabel="epochs", xlim=(0.8, num_epochs + 6 * room))
        ax.xaxis.get_major_locator().set_params(integer=True)
    axes[0].set_ylim(-0.08 * max(history["MLP"][0]))
    axes[1].set_ylim(0, 1.08);
    # --8<-- [end:plot_run]

    # --8<-- [start:test]
    hits = {name: predict(net, X_test) == y_test for name, net in nets.items()}
    test_acc = {name: hit.float().mean().item() for name, hit in hits.items()}
    errors = {name: (~hit).sum().item() for name, hit in hits.items()}
    for name in nets:
        print(f"{name}: {test_acc[name]:.2%} right, {errors[name]} wrong")
    only_cnn = (hits["CNN"] & ~hits["MLP"]).sum().item()
    only_mlp = (hits["MLP"] & ~hits["CNN"]).sum().item()
    print(f"right in the CNN alone: {only_cnn}, in the MLP alone: {only_mlp}")
    # --8<-- [end:test]

    # --8<-- [start:shift]
    background = X_test.min().item()
    shifted = F.pad(X_test, (3, 0), value=background)[..., :28]  # 3 pixels to the right
    for name, net in nets.items():
        print(f"{name}: {accuracy(net, shifted, y_test):.2%} right after the shift")
    # --8<-- [end:shift]

    # --8<-- [start:plot_wrong]
    wrong = (~hits["CNN"]).nonzero().flatten()[:8]
    predicted = predict(nets["CNN"], X_test[wrong])
    fig, axes = plt.subplots(2, 4, figsize=(6.4, 4.4))
    for ax, i, label in zip(axes.flat, wrong, predicted):
        ax.imshow(X_test[i, 0].numpy(), cmap="gray")
        look = {"ha": "center", "fontsize": 9.5, "transform": ax.transAxes}
        ax.text(0.5, 1.15, f"true class {y_test[i]}", **look)
        ax.text(0.5, 1.03, f"predicted class {label}", **look)
    for ax in axes.flat:
        ax.axis("off")
    # --8<-- [end:plot_wrong]

    # --8<-- [start:plot_maps]
    with torch.inference_mode():
        maps = nets["CNN"].features[0](X_test[:1])[0]  # (10, 24, 24)
    fig, axes = plt.subplots(3, 4, figsize=(6.4, 5.2))
    for ax in axes.flat:
        ax.axis("off")
    axes[0, 0].imshow(X_test[0, 0].numpy(), cmap="gray")
    axes[0, 0].set_title("input")
    for k, ax in enumerate(axes.flat[1:11]):
        ax.imshow(maps[k].numpy(), cmap="cividis")
        ax.set_title(f"channel {k}")
    # --8<-- [end:plot_maps]

    # --8<-- [start:device]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = CNN().to(device)
    logits = model(X_test[:5].to(device))
    logits.shape
    # --8<-- [end:device]

    # --8<-- [start:view]
    larger = torch.rand(16, 1, 32, 32)
    features = nets["CNN"].features(larger)  # (16, 20, 5, 5)
    print(features.view(-1, 320).shape, features.flatten(1).shape)
    # --8<-- [end:view]

    # --8<-- [start:dropout]
    cnn = nets["CNN"]
    dropping = nn.Sequential(cnn.features, nn.Flatten(), nn.Dropout(0.5), cnn.head)
    for mode in (True, False):
        dropping.train(mode)
        with torch.inference_mode():
            first, second = dropping(X_val).argmax(1), dropping(X_val).argmax(1)
        print(f"training={mode}: two passes differ on {(first != second).sum()} images")
    # --8<-- [end:dropout]

    # --8<-- [start:coins]
    torch.manual_seed(0)
    labels, fresh = torch.randint(2, (2, 200))
    guesses = torch.randint(2, (200, 200))  # (classifiers, samples)
    scores = (guesses == labels).float().mean(1)
    best = scores.argmax()
    fresh_score = (guesses[best] == fresh).float().mean()
    print(f"best of 200: {scores[best]:.1%}, on fresh labels: {fresh_score:.1%}")
    # --8<-- [end:coins]

"""What deep learning is: four ways to read a digit, from rules to learned layers.

    python -m snippets.start.landscape
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from sklearn.svm import SVC
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:box]
def box(ax, x, y, text, width=1.2, height=0.5, color="#59636e"):
    """Draw a tinted box centered on (x, y) with text in it."""
    corner = (x - width / 2, y - height / 2)
    patch = plt.Rectangle(corner, width, height, ec=color, fc=(color, 0.15), lw=1.2)
    ax.add_patch(patch)
    ax.text(x, y, text, ha="center", va="center", fontsize=9.5)


def arrow(ax, start, end, color="#59636e"):
    """Draw an arrow between two points of the drawing."""
    style = {"arrowstyle": "->", "color": color, "lw": 1.2}
    ax.annotate("", end, start, arrowprops=style)
# --8<-- [end:box]


# --8<-- [start:load]
def load():
    """X_train (n, 8, 8) from 0 to 1, y_train (n,), and the same for the test."""
    digits = load_digits()
    X = torch.tensor(digits.images, dtype=torch.float32) / 16
    y = torch.tensor(digits.target)
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    train, test = order.tensor_split([len(X) * 3 // 4])
    return X[train], y[train], X[test], y[test]
# --8<-- [end:load]


# --8<-- [start:rules]
def by_rules(image):
    """Digit of one image (8, 8), by rules of thumb about where its ink lies."""
    upper_left, upper_right = image[1:4, 1:3].mean(), image[1:4, 5:7].mean()
    lower_left, middle = image[4:7, 1:3].mean(), image[3:5, 3:5].mean()
    if middle < 0.25:
        return 0
    if upper_right < 0.1:
        return 6 if lower_left > 0.3 else 5
    if image[7, 2:6].mean() < 0.45:
        return 4 if image[0, 2:6].mean() < 0.45 else 7
    if middle > 0.75:
        return 8 if upper_left > 0.3 else 1
    if lower_left < 0.15:
        return 9 if upper_left > 0.35 else 3
    return 2 if image[7, 5:].mean() > 0.3 else 5
# --8<-- [end:rules]


# --8<-- [start:describe]
def describe(X):
    """Eight hand-made features of each image: (n, 8, 8) -> (n, 8)."""
    features = [
        X,  # ink in all | 全图墨量
        X[:, :4],  # ink in the upper half | 上半部墨量
        X[:, :, :4],  # ink in the left half | 左半部墨量
        X[:, 3:5, 3:5],  # ink in the middle | 中央墨量
        (X - X.flip(2)).abs(),  # unlike its mirror image | 左右不对称
        (X - X.flip(1)).abs(),  # unlike itself upside down | 上下不对称
        (X[:, :, 1:] - X[:, :, :-1]).abs(),  # edges from left to right | 横向变化
        (X[:, 1:] - X[:, :-1]).abs(),  # edges from top to bottom | 纵向变化
    ]
    return torch.stack([feature.mean((1, 2)) for feature in features], 1)
# --8<-- [end:describe]


# --8<-- [start:train]
def train(model, X, target, loss_fn, lr, steps=300):
    """Change the numbers in the model until its loss is small; returns the loss."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for step in range(steps):
        loss = loss_fn(model(X), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


@torch.inference_mode()
def accuracy(model, X, y):
    """Share of the rows of X whose highest score belongs to the right digit."""
    return (model(X).argmax(1) == y).float().mean().item()


def standardize(x, like):
    """Shift and scale the columns of x as `like` needs it for mean 0 and std 1."""
    return (x - like.mean(0)) / like.std(0)
# --8<-- [end:train]


# --8<-- [start:encoder]
def make_encoder():
    """64 pixels -> 8 numbers."""
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))


def learn_code(pixels):
    """Train an encoder without labels: its 8 numbers must suffice to redraw the image.

    Returns the encoder and the autoencoder that contains it.
    """
    encoder = make_encoder()
    decoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))
    autoencoder = nn.Sequential(encoder, decoder)
    train(autoencoder, pixels, pixels, nn.MSELoss(), lr=0.01)
    return encoder, autoencoder
# --8<-- [end:encoder]


# --8<-- [start:shift]
def shift(X):
    """Move images (n, 8, 8) one pixel to the right; what leaves enters on the left."""
    return X.roll(1, dims=2)
# --8<-- [end:shift]


if __name__ == "__main__":
    # --8<-- [start:plot_sets]
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    fields = {
        "artificial intelligence": "a chess program that searches",
        "machine learning": "logistic regression",
        "representation learning": "a shallow autoencoder",
        "deep learning": "a convolutional network",
    }
    for k, (field, example) in enumerate(fields.items()):
        left, right, low, high = 0.2 * k, 6.4 - 0.2 * k, 0.12 * k, 3.0 - 0.6 * k
        shape = plt.Rectangle((left, low), right - left, high - low)
        shape.set(facecolor="#ffffff", edgecolor=f"C{k}", lw=1.5)
        ax.add_patch(shape)
        ax.text(left + 0.15, high - 0.3, field, color=f"C{k}", va="center")
        ax.text(right - 0.15, high - 0.3, example, ha="right", va="center", fontsize=9)
    ax.set(xlim=(-0.03, 6.43), ylim=(-0.03, 3.03))
    ax.axis("off");
    # --8<-- [end:plot_sets]

    # --8<-- [start:plot_ways]
    fig, ax = plt.subplots(figsize=(6.4, 4.4))
    ways = {
        "rule-based system": ["hand-written rules"],
        "classic machine learning": ["hand-made features", "mapping"],
        "representation learning": ["learned features", "mapping"],
        "deep learning": ["simple features", "abstract features", "mapping"],
    }
    for y, (way, stages) in zip((4.5, 3.3, 2.1, 0.7), ways.items()):
        ax.text(0, y + 0.34, way, va="bottom", fontsize=10.5)
        box(ax, 0.4, y, "input", 0.8)
        box(ax, 6.0, y, "output", 0.8)
        wide = (4.55 - 0.25 * len(stages)) / len(stages)
        for k, stage in enumerate(stages):
            x = 1.05 + wide / 2 + k * (wide + 0.25)
            box(ax, x, y, stage, wide, color="C1" if "hand" in stage else "C0")
            arrow(ax, (x - wide / 2 - 0.25, y), (x - wide / 2, y))
        arrow(ax, (5.35, y), (5.6, y))
    marks = {"without labels": (1.05, 3.075, 2.1), "with labels": (3.325, 5.35, 2.1)}
    marks["trained end to end"] = (1.05, 5.35, 0.7)
    for text, (left, right, y) in marks.items():
        ax.plot([left, right], [y - 0.34] * 2, color="C0", lw=1.2)
        ax.text((left + right) / 2, y - 0.4, text, color="C0", ha="center", va="top")
    ax.text(6.4, 4.84, "made by hand", color="C1", ha="right", va="bottom")
    ax.text(6.4, 3.64, "learned from data", color="C0", ha="right", va="bottom")
    ax.set(xlim=(-0.02, 6.42), ylim=(-0.02, 5.15))
    ax.axis("off");
    # --8<-- [end:plot_ways]

    # --8<-- [start:data]
    X_train, y_train, X_test, y_test = load()
    base_rate = (y_test == y_train.mode().values).float().mean().item()
    print("to train", tuple(X_train.shape), " to test", tuple(X_test.shape))
    print(f"always guessing {y_train.mode().values}: {base_rate:.1%} right")
    # --8<-- [end:data]

    # --8<-- [start:plot_data]
    fig, ax = plt.subplots(figsize=(6.4, 1.0))
    examples = [X_train[y_train == digit][0] for digit in range(10)]
    ax.imshow(torch.cat(examples, 1).numpy(), cmap="gray")
    ax.axis("off");
    # --8<-- [end:plot_data]

    # --8<-- [start:run_rules]
    guesses = torch.tensor([by_rules(image) for image in X_test])
    scores = {"hand-written rules": (guesses == y_test).float().mean().item()}
    print(f"{scores['hand-written rules']:.1%}")
    # --8<-- [end:run_rules]

    # --8<-- [start:run_features]
    torch.manual_seed(0)
    F_train = standardize(describe(X_train), like=describe(X_train))
    F_test = standardize(describe(X_test), like=describe(X_train))
    mapping = nn.Linear(8, 10)
    train(mapping, F_train, y_train, nn.CrossEntropyLoss(), lr=0.05)
    scores["hand-made features"] = accuracy(mapping, F_test, y_test)
    print(f"{scores['hand-made features']:.1%}")
    # --8<-- [end:run_features]

    # --8<-- [start:run_code]
    P_train, P_test = X_train.flatten(1), X_test.flatten(1)  # raw pixels | 原始像素
    encoder, autoencoder = learn_code(P_train)
    redraw_error = (autoencoder(P_test) - P_test).square().mean().item()
    mean_error = (P_train.mean(0) - P_test).square().mean().item()
    C_train, C_test = encoder(P_train).detach(), encoder(P_test).detach()
    C_train, C_test = standardize(C_train, C_train), standardize(C_test, C_train)
    mapping = nn.Linear(8, 10)
    train(mapping, C_train, y_train, nn.CrossEntropyLoss(), lr=0.05)
    scores["learned features"] = accuracy(mapping, C_test, y_test)
    print(f"{scores['learned features']:.1%}")
    # --8<-- [end:run_code]

    # --8<-- [start:run_deep]
    network = nn.Sequential(make_encoder(), nn.Linear(8, 10))
    train(network, P_train, y_train, nn.CrossEntropyLoss(), lr=0.01)
    scores["trained end to end"] = accuracy(network, P_test, y_test)
    print(f"{scores['trained end to end']:.1%}")
    # --8<-- [end:run_deep]

    # --8<-- [start:plot_scores]
    fig, ax = plt.subplots(figsize=(6.4, 2.7))
    names, values = list(scores), list(scores.values())
    ax.barh(names, values, color=["C1", "C1", "C0", "C0"], height=0.6)
    for k, value in enumerate(values):
        ax.annotate(f"{value:.0%}", (value + 0.015, k), va="center")
    ax.axvline(base_rate, color="#59636e", ls="--", lw=1.2)
    ax.annotate("base rate", (base_rate + 0.015, 3.65), color="#59636e", va="center")
    ax.set(xlim=(0, 1.1), xlabel="test accuracy", xticks=[0, 0.2, 0.4, 0.6, 0.8, 1])
    ax.set_ylim(3.95, -0.5)
    ax.grid(visible=False, axis="y")
    # --8<-- [end:plot_scores]

    # --8<-- [start:svm]
    svm_features = SVC().fit(F_train, y_train).score(F_test, y_test)
    svm = SVC().fit(P_train, y_train)
    svm_pixels = svm.score(P_test, y_test)
    print(f"hand-made features {svm_features:.1%}   raw pixels {svm_pixels:.1%}")
    # --8<-- [end:svm]

    # --8<-- [start:shifted]
    S_test = shift(X_test).flatten(1)
    svm_shifted = svm.score(S_test, y_test)
    network_shifted = accuracy(network, S_test, y_test)
    print(f"moved by one pixel: SVM {svm_shifted:.1%}   network {network_shifted:.1%}")
    # --8<-- [end:shifted]

    # --8<-- [start:plot_history]
    events = [
        (1943, "neuron as a logic unit", "C0"),
        (1958, "perceptron", "C0"),
        (1959, "cells that respond to edges", "C0"),
        (1969, "limits of the perceptron", "C2"),
        (1970, "reverse-mode differentiation", "C2"),
        (1980, "neocognitron", "C1"),
        (1986, "backpropagation", "C2"),
        (1989, "convolutional network reads digits", "C1"),
        (1995, "support vector machine", "C2"),
        (2012, "deep network wins an image contest", "C1"),
        (2015, "residual network", "C1"),
        (2017, "transformer", "C1"),
    ]
    fig, ax = plt.subplots(figsize=(5.2, 4.4))
    lanes = {"C0": 0, "C2": 1, "C1": 2}
    x, y = [lanes[color] for _, _, color in events], range(len(events))
    ax.plot(x, y, color="#d1d9e0", lw=1.5, zorder=1)
    for k, (year, event, color) in enumerate(events):
        ax.plot(lanes[color], k, "o", color=color, ms=8)
        ax.text(-0.5, k, str(year), ha="right", va="center")
        ax.text(2.6, k, event, color=color, va="center")
    for text, color in zip(("neuroscience", "mathematics", "engineering"), lanes):
        ax.text(3.1 * lanes[color] - 1.3, -1.4, text, color=color, weight="bold")
    ax.set(xlim=(-1.4, 8.2), ylim=(len(events) - 0.4, -1.9))
    ax.axis("off");
    # --8<-- [end:plot_history]

    # --8<-- [start:derivative]
    w = torch.tensor(1.0, requires_grad=True)
    ((2 * w - 4) ** 2).backward()
    h = 0.001
    difference = ((2 * (1 + h) - 4) ** 2 - (2 * (1 - h) - 4) ** 2) / (2 * h)
    print(f"backpropagation {w.grad.item():.4f}   finite difference {difference:.4f}")
    # --8<-- [end:derivative]

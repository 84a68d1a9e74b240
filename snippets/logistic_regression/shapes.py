"""A batch through a binary classifier: 5 x 6 in, 5 x 1 out, and the shape of targets.

    python -m snippets.logistic_regression.shapes
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import torch
from torch import nn
# --8<-- [end:imports]


# --8<-- [start:data]
names = ["fox", "hen", "carp", "dolphin", "platypus"]
features = ["hair", "feathers", "eggs", "milk", "fins", "legs"]
X = torch.tensor(
    [
        [1.0, 0.0, 0.0, 1.0, 0.0, 4.0],
        [0.0, 1.0, 1.0, 0.0, 0.0, 2.0],
        [0.0, 0.0, 1.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0, 1.0, 0.0],
        [1.0, 0.0, 1.0, 1.0, 0.0, 4.0],
    ]
)
mammal = torch.tensor([1, 0, 0, 1, 1])
# --8<-- [end:data]


# --8<-- [start:model]
def make_model():
    """Six features to one logit: (n, 6) -> (n, 4) -> (n, 1)."""
    return nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 1))
# --8<-- [end:model]


# --8<-- [start:by_hand]
def set_by_hand(model):
    """Four neurons that people can read, one row of the first weight for each."""
    first = torch.tensor(
        [
            [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],  # hair, milk | 毛发、哺乳
            [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],  # feathers, eggs | 羽毛、产卵
            [0.0, 0.0, 0.0, -1.0, 1.0, 0.0],  # fins, no milk | 有鳍、不哺乳
            [0.0, 0.0, 0.0, 0.0, 0.0, 1.0],  # legs beyond two | 两条以外的腿
        ]
    )
    with torch.no_grad():
        model[0].weight.copy_(first)
        model[0].bias.copy_(torch.tensor([0.0, 0.0, 0.0, -2.0]))
        model[2].weight.copy_(torch.tensor([[1.0, -1.0, -1.0, 0.5]]))
        model[2].bias.fill_(-1.2)
    return model
# --8<-- [end:by_hand]


# --8<-- [start:best_threshold]
def best_threshold(cost_missed, cost_false):
    """Saying yes is cheaper on average for every probability above this one."""
    return cost_false / (cost_false + cost_missed)
# --8<-- [end:best_threshold]


# --8<-- [start:draw]
def draw_grid(ax, left, values, color, form="g", width=1.0):
    """Values of shape (rows, columns) as squares; returns the right edge."""
    for i, row in enumerate(values.tolist()):
        for j, value in enumerate(row):
            corner = (left + j * width, -i - 1)
            ax.add_patch(plt.Rectangle(corner, width, 1, fc="#ffffff", ec=color))
            x = left + (j + 0.5) * width
            ax.text(x, -i - 0.5, f"{value:{form}}", ha="center", va="center")
    return left + len(values[0]) * width


def draw_shapes(X, h, p):
    """Features (5, 6), hidden layer (5, 4), probabilities (5, 1) and classes."""
    fig, ax = plt.subplots(figsize=(5.6, 3.5))
    ax.axis("off")
    ax.set(xlim=(-2.5, 16.6), ylim=(-6.8, 2.6))
    middle = {"ha": "center", "va": "center"}
    for i, name in enumerate(names):
        ax.text(-0.2, -i - 0.5, name, ha="right", va="center")
    for j, name in enumerate(features):
        ax.text(0.8 * (j + 0.5), 0.15, name, ha="center", va="bottom", rotation=90)
    right_x = draw_grid(ax, 0, X, "C0", width=0.8)
    right_h = draw_grid(ax, 6.1, h, "C5", width=0.8)
    right_p = draw_grid(ax, 10.7, p, "C1", form=".2f", width=1.7)
    for left, right in ((right_x, 6.1), (right_h, 10.7), (right_p, 13.7)):
        arrow = {"arrowstyle": "->", "color": "#59636e", "lw": 1.4}
        ax.annotate("", (right - 0.05, -2.5), (left + 0.1, -2.5), arrowprops=arrow)
    for i, value in enumerate(p.flatten().tolist()):
        ax.text(13.9, -i - 0.5, "mammal" if value > 0.5 else "other", va="center")
    shapes = ((2.4, X, "features"), (7.7, h, "hidden layer"), (11.55, p, "probability"))
    for x, values, name in shapes:
        ax.text(x, -5.6, name, **middle)
        ax.text(x, -6.4, str(tuple(values.shape)), color="#59636e", **middle)
    ax.text(15, -5.6, "class", **middle)
    ax.text(15, -6.4, "p > 0.5", color="#59636e", **middle)
# --8<-- [end:draw]


# --8<-- [start:check]
def check(model):
    generator = torch.Generator().manual_seed(0)
    for n in (1, 5):
        p = model(torch.randn(n, 8, generator=generator))
        assert p.shape == (n, 1), f"{n} rows in, {tuple(p.shape)} out"
        assert p.min() > 0 and p.max() < 1, "not a probability"
    assert sum(q.numel() for q in model.parameters()) == 9, "more than one layer?"
# --8<-- [end:check]


if __name__ == "__main__":
    # --8<-- [start:show_data]
    X.shape, X.dtype, mammal.shape, mammal.dtype
    # --8<-- [end:show_data]

    # --8<-- [start:show_model]
    torch.manual_seed(0)
    model = make_model()
    for name, param in model.named_parameters():
        print(name, tuple(param.shape))
    # --8<-- [end:show_model]

    # --8<-- [start:forward]
    logits = model(X)
    print(logits.shape)
    torch.sigmoid(logits)
    # --8<-- [end:forward]

    # --8<-- [start:readable]
    set_by_hand(model)
    with torch.inference_mode():
        h = model[:2](X)  # Linear(6, 4) and ReLU | Linear(6, 4) 与 ReLU
        p = torch.sigmoid(model(X))
    print(h.shape, p.shape)
    h
    # --8<-- [end:readable]

    # --8<-- [start:plot]
    draw_shapes(X, h, p);
    # --8<-- [end:plot]

    # --8<-- [start:read]
    classes = (p > 0.5).int()
    for name, prob, c, truth in zip(names, p, classes, mammal):
        print(f"{name:9} {prob.item():.2f}  class {c.item()}  truth {truth.item()}")
    # --8<-- [end:read]

    # --8<-- [start:costs]
    for cost_missed in (1, 4, 40):
        threshold = best_threshold(cost_missed, 1)
        called = [name for name, prob in zip(names, p) if prob > threshold]
        print(f"cost {cost_missed:2} : 1   threshold {threshold:.3f}  ", *called)
    # --8<-- [end:costs]

    loss_fn = nn.BCEWithLogitsLoss()
    # --8<-- [start:cure]
    y = mammal.unsqueeze(1).float()
    print(y.shape, y.dtype)
    loss_fn(model(X), y)
    # --8<-- [end:cure]

    # --8<-- [start:silent]
    hits = (p > 0.5) == mammal
    right = (p > 0.5) == (y == 1)
    print(hits.shape, f"accuracy {hits.float().mean():.2f}")
    print(right.shape, f"accuracy {right.float().mean():.2f}")
    # --8<-- [end:silent]

    # --8<-- [start:squeeze]
    for n in (5, 1):
        z = model(X[:n])
        print(n, tuple(z.squeeze(1).shape), tuple(z.squeeze().shape))
    # --8<-- [end:squeeze]

    # --8<-- [start:collapse]
    torch.manual_seed(0)
    two = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 1))
    w = two[1].weight @ two[0].weight
    b = two[1].weight @ two[0].bias + two[1].bias
    print(w.shape, torch.allclose(two(X), X @ w.T + b, atol=1e-6))
    # --8<-- [end:collapse]

    # --8<-- [start:solution]
    torch.manual_seed(0)
    answer = nn.Sequential(nn.Linear(8, 1), nn.Sigmoid())
    check(answer)
    x = torch.tensor([[2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0]])
    p_one = answer(x)
    print(p_one.shape, p_one.item())
    # --8<-- [end:solution]

    # --8<-- [start:follow_up]
    on_logits = answer[:1]
    y_one = torch.ones(1, 1)
    on_p, on_z = nn.BCELoss(), nn.BCEWithLogitsLoss()
    print(f"on the probability {on_p(answer(x), y_one).item():.5f}")
    print(f"on the logit       {on_z(on_logits(x), y_one).item():.5f}")
    print(torch.equal(torch.sigmoid(on_logits(x)), p_one))
    # --8<-- [end:follow_up]

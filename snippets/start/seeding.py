"""Seeds and threads: what can be repeated, and what a seed does not promise.

    python -m snippets.start.seeding
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import torch
# --8<-- [end:imports]


# --8<-- [start:orders]
def orders(num_epochs, reseed):
    """Order of six samples in each epoch; with reseed, the seed is set in the loop."""
    torch.manual_seed(0)
    rows = []
    for epoch in range(num_epochs):
        if reseed:
            torch.manual_seed(0)
        rows.append(torch.randperm(6).tolist())
    return rows
# --8<-- [end:orders]


# --8<-- [start:luck]
def coin_score(seed, n=50):
    """Share of n coin tosses that are guessed right by tossing another coin."""
    generator = torch.Generator().manual_seed(seed)
    tosses, guesses = torch.randint(0, 2, (2, n), generator=generator)
    return (tosses == guesses).float().mean().item()
# --8<-- [end:luck]


# --8<-- [start:parts]
def sum_in_parts(x, parts):
    """Sum of x (n,) as several threads form it: one sum per part, then their sum."""
    return torch.stack([part.sum() for part in x.chunk(parts)]).sum()
# --8<-- [end:parts]


if __name__ == "__main__":
    # --8<-- [start:no_seed]
    a, b = torch.rand(4), torch.rand(4)
    print("equal:", torch.equal(a, b))
    # --8<-- [end:no_seed]

    # --8<-- [start:seed_once]
    torch.manual_seed(42)
    c, d = torch.rand(4), torch.rand(4)
    print("c", c)
    print("d", d)
    print("equal:", torch.equal(c, d))
    # --8<-- [end:seed_once]

    # --8<-- [start:reseed]
    torch.manual_seed(42)
    e = torch.rand(4)
    torch.manual_seed(42)
    f = torch.rand(4)
    print("e and f:", torch.equal(e, f), "  c and e:", torch.equal(c, e))
    # --8<-- [end:reseed]

    # --8<-- [start:plot_stream]
    fig, ax = plt.subplots(figsize=(6.4, 2.3))
    rows = {"seeded once": torch.cat([c, d]), "seeded again": torch.cat([e, f])}
    for y, (name, numbers) in zip((1.3, 0), rows.items()):
        ax.text(-0.2, y + 0.4, name, ha="right", va="center")
        for k, number in enumerate(numbers.tolist()):
            color = "C1" if y and k > 3 else "C0"
            tile = plt.Rectangle((k, y), 1, 0.8, fc=(color, 0.2), ec="#59636e", lw=0.8)
            ax.add_patch(tile)
            ax.text(k + 0.5, y + 0.4, f"{number:.2f}", ha="center", va="center")
    for x, y in ((0, 1.3), (0, 0), (4, 0)):
        ax.plot([x, x], [y - 0.12, y + 0.92], color="C4", lw=2.5)
    ax.text(0, 2.3, "manual_seed", color="C4", va="bottom", ha="center")
    ax.set(xlim=(-2.7, 8.1), ylim=(-0.2, 2.7))
    ax.axis("off");
    # --8<-- [end:plot_stream]

    # --8<-- [start:generator]
    ours = torch.Generator().manual_seed(42)
    first = torch.rand(4, generator=ours)
    torch.rand(1000)  # someone else draws | 别处的代码也在取数
    torch.manual_seed(7)
    second = torch.rand(4, generator=ours)
    print(torch.equal(first, c), torch.equal(second, d))
    # --8<-- [end:generator]

    # --8<-- [start:other_streams]
    torch.manual_seed(42)
    x = np.random.rand()
    torch.manual_seed(42)
    print("equal:", x == np.random.rand())
    rng = np.random.default_rng(42)  # a generator of NumPy's own | NumPy 自己的生成器
    print(rng.random(2) == np.random.default_rng(42).random(2))
    # --8<-- [end:other_streams]

    # --8<-- [start:shifted]
    torch.manual_seed(42)
    torch.rand(1)  # a new line of code | 新加的一行
    moved = torch.rand(4)
    print(moved, torch.equal(moved[:3], c[1:]))
    # --8<-- [end:shifted]

    # --8<-- [start:lucky]
    scores = [coin_score(seed) for seed in range(200)]
    best = max(range(200), key=scores.__getitem__)
    print(f"mean {np.mean(scores):.1%}   seed {best}: {scores[best]:.1%}")
    # --8<-- [end:lucky]

    # --8<-- [start:plot_luck]
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    values, counts = np.unique(scores, return_counts=True)
    ax.bar(values, counts, width=0.016)
    ax.axvline(0.5, color="C5", ls="--")
    ax.annotate("chance level", (0.505, counts.max() + 3), color="C5")
    spot = (scores[best], counts[-1] + 0.5)
    arrow = {"arrowstyle": "->", "color": "C4"}
    text = (scores[best], 12)
    ax.annotate(f"seed {best}", spot, text, color="C4", ha="center", arrowprops=arrow)
    ax.set(xlabel="accuracy", ylabel="number of seeds", ylim=(0, counts.max() + 7));
    # --8<-- [end:plot_luck]

    # --8<-- [start:order]
    print((0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3))
    # --8<-- [end:order]

    # --8<-- [start:chunks]
    numbers = torch.rand(1_000_000, generator=torch.Generator().manual_seed(0))
    for parts in (1, 2, 3, 8):
        print(parts, sum_in_parts(numbers, parts).item())
    exact = numbers.double().sum().item()
    print(f"in float64 {exact:.5f}")
    # --8<-- [end:chunks]

    # --8<-- [start:threads]
    before = torch.get_num_threads()
    for threads in (1, 2, 4):
        torch.set_num_threads(threads)
        print(threads, numbers.sum().item())
    torch.set_num_threads(before)  # as it was | 恢复原状
    # --8<-- [end:threads]

    # --8<-- [start:loop]
    print("seed in the loop    ", orders(3, reseed=True))
    print("seed before the loop", orders(3, reseed=False))
    # --8<-- [end:loop]
